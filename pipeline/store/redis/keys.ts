import { type IntentKey, type IntentState } from '../record';

/**
 * The names of the store's keys.
 *
 * Whatever belongs to one org holds its tag in braces, so that a cluster keeps it on one node and a script can change a
 * record and its indexes together:
 *
 *     relay:{org_1}:intent:["create_appointment","0123456789abcdef"]   the record, as JSON; also a channel: it has moved
 *     relay:{org_1}:over                                                 members whose record time will change, by `overAtMs`
 *     relay:{org_1}:try                                                  members to be sent again by themselves, by `tryAtMs`
 *     relay:{org_1}:in:ACCEPTED                                          members in that state by `updatedAtMs`
 *     relay:orgs                                                         tags of orgs that may have records
 *     relay:ticket:<hash>                                                a ticket that was used up
 */
export class RedisKeys {
  readonly orgs: string;
  /** Written to see whether the server can be written to. */
  readonly probe: string;
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
    this.orgs = `${prefix}:orgs`;
    this.probe = `${prefix}:probe`;
  }

  record(key: IntentKey): string {
    return `${this.#ofOrg(key.orgId)}:intent:${memberOf(key)}`;
  }

  due(orgId: string, kind: DueKind): string {
    return `${this.#ofOrg(orgId)}:${kind}`;
  }

  inState(orgId: string, state: IntentState): string {
    return `${this.#ofOrg(orgId)}:in:${state}`;
  }

  ticket(hash: string): string {
    return `${this.#prefix}:ticket:${hash}`;
  }

  #ofOrg(orgId: string): string {
    return `${this.#prefix}:{${tagOf(orgId)}}`;
  }
}

/** The two indexes by time. What is to be tried stays due until somebody does; it must not hide what is over. What is deferred stands in both. */
export type DueKind = 'over' | 'try';

/** What stands for an intent in the indexes of its org. */
export function memberOf({ tool, intentId }: IntentKey): string {
  return JSON.stringify([tool, intentId]);
}

export function keyOfMember(orgId: string, member: string): IntentKey {
  // Written by `memberOf` and by nobody else.
  const [tool, intentId] = JSON.parse(member) as [string, string];
  return { orgId, tool, intentId };
}

/** The org in characters that may stand in braces; usually the org's id itself. Different orgs have different tags. */
export function tagOf(orgId: string): string {
  // JSON writes down what is no Unicode, which the percent-encoding refuses. An empty tag would be no tag to a cluster.
  return encodeURIComponent(JSON.stringify(orgId).slice(1, -1)) || emptyTag;
}

export function orgOfTag(tag: string): string {
  // Written by `tagOf` and by nobody else.
  return tag === emptyTag ? '' : (JSON.parse(`"${decodeURIComponent(tag)}"`) as string);
}

const emptyTag = '%';

/** What a cluster places a key by; keys of no org go by one name. */
export function laneOf(key: string): string {
  return /\{([^}]+)\}/.exec(key)?.[1] ?? '';
}
