import { orgOfTag, type RedisKeys, tagOf } from './keys';
import { type Operation } from './link';

/** Which orgs may have records: more than really have some does no harm. */
export class KnownOrgs {
  readonly #keys: RedisKeys;
  readonly #added = new Set<string>();

  constructor(keys: RedisKeys) {
    this.#keys = keys;
  }

  /** To be done before the first record of an org is written; asks the server once per org and process. */
  async add({ send }: Operation, orgId: string): Promise<void> {
    const tag = tagOf(orgId);
    if (this.#added.has(tag)) return;
    await send(this.#keys.orgs, ['SADD', this.#keys.orgs, tag]);
    this.#added.add(tag);
  }

  /** All of them, sorted. Adds those of this process again, should the server have forgotten some with a crash. */
  async all({ send }: Operation): Promise<string[]> {
    const [tags] = await Promise.all([
      send(this.#keys.orgs, ['SMEMBERS', this.#keys.orgs]),
      ...(this.#added.size > 0 ? [send(this.#keys.orgs, ['SADD', this.#keys.orgs, ...this.#added])] : []),
    ]);
    const stored = [...strings(tags), ...this.#added];
    return [...new Set(stored)].map(orgOfTag).sort();
  }
}

/** The members of a set, which is a list or a set by the version of the protocol. */
function strings(reply: unknown): string[] {
  // SMEMBERS answers with strings.
  return [...(reply as Iterable<string>)];
}
