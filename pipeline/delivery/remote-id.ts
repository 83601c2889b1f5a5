import { fromJson, isJsonObject } from '../json';

/** Longest id of a receiver that is kept, in characters. */
const maxRemoteIdCharacters = 128;

/**
 * The receiver's own id for a request, from the body of its answer: Zapier puts it in `id` or `request_id`. The body is
 * text from outside and need not be JSON; undefined where it has no id that is safe to log.
 */
export function remoteIdOf(body: Buffer): string | undefined {
  const answer = fromJson(body.toString('utf8'));
  if (!isJsonObject(answer)) return undefined;
  return [answer['id'], answer['request_id']].find(isPlainId);
}

function isPlainId(id: unknown): id is string {
  return typeof id === 'string' && id.length <= maxRemoteIdCharacters && /^[\w.:-]+$/.test(id);
}
