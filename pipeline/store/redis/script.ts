import { createHash } from 'node:crypto';

/** A Lua script, which the server is asked to run by its hash. */
export interface Script {
  readonly text: string;
  /** SHA-1 in hex, as Redis names scripts. */
  readonly hash: string;
}

export function script(text: string): Script {
  return { text, hash: createHash('sha1').update(text).digest('hex') };
}
