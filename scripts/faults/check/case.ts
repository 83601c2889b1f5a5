import { type IntentRecord } from '../../../pipeline/store/store';
import { type Answered, type Called, type HistoryEvent, type Received, type Unanswered } from '../history';
import { type Org } from '../orgs';

/** Everything that is known about one intent, from outside and from the store. */
export interface Case {
  readonly intentId: string;
  readonly org: Org;
  readonly calls: readonly CaseCall[];
  /** Requests that reached the webhook, in the order in which they came. */
  readonly sends: readonly CaseSend[];
  /** What the store held at the end. */
  readonly record: IntentRecord | undefined;
}

/** A call, and how it ended for its client. */
export interface CaseCall extends Pick<Called, 'atMs' | 'life'> {
  /** Absent if the run is over without it. */
  readonly end: Answered | Unanswered | undefined;
}

/** A request, and when its webhook had done with it: never if that was to hang. */
export interface CaseSend extends Received {
  readonly repliedMs: number | undefined;
}

/** What a run leaves to be judged. */
export interface Evidence {
  readonly intents: readonly { readonly intentId: string; readonly org: Org }[];
  readonly events: readonly HistoryEvent[];
  readonly records: readonly IntentRecord[];
}

/** Puts together what belongs to each intent. */
export function casesOf({ intents, events, records }: Evidence): Case[] {
  const called: Called[] = [];
  const ends = new Map<number, Answered | Unanswered>();
  const sends: Received[] = [];
  const replies = new Map<string, number>();
  for (const event of events) {
    switch (event.kind) {
      case 'called':
        called.push(event);
        break;
      case 'received':
        sends.push(event);
        break;
      case 'replied':
        replies.set(`${event.intentId} ${event.send}`, event.atMs);
        break;
      case 'injected':
        break;
      case 'answered':
      case 'left':
      case 'cut':
      case 'unreachable':
      case 'in_vain':
      case 'turned_away':
        ends.set(event.call, event);
    }
  }
  const callsOf = Map.groupBy(called, ({ intentId }) => intentId);
  const sendsOf = Map.groupBy(sends, ({ intentId }) => intentId);
  const recordOf = new Map(records.map((record) => [record.key.intentId, record]));
  return intents.map(({ intentId, org }) => ({
    intentId,
    org,
    calls: (callsOf.get(intentId) ?? []).map(({ atMs, life, call }) => ({ atMs, life, end: ends.get(call) })),
    sends: (sendsOf.get(intentId) ?? []).map((sent) => ({
      ...sent,
      repliedMs: replies.get(`${intentId} ${sent.send}`),
    })),
    record: recordOf.get(intentId),
  }));
}
