import { type ToolOutcome } from '../../../pipeline';
import { type Meaning, playFacts } from '../plays';
import { type Case } from './case';
import { type Circumstances } from './circumstances';
import { doubtOf, mustBeUnknown } from './doubt';

/** What must never be, in words, and how to see it in a case: what speaks against it, or undefined. */
interface RuleFacts {
  readonly words: string;
  readonly broken: (one: Case, circumstances: Circumstances) => string | undefined;
}

export type Rule = keyof typeof rules;

export const rules = {
  delivered_twice: { words: 'delivered twice', broken: deliveredTwice },
  other_body: { words: 'sent with another body than before', broken: otherBody },
  lost: { words: 'answered to a caller, and not in the store', broken: lost },
  no_end: { words: 'in none of the states an intent may end in', broken: noEnd },
  not_as_met: { words: 'on record otherwise than its webhook met it', broken: notAsMet },
  needless_doubt: { words: 'in doubt, and nothing ambiguous happened to it', broken: needlessDoubt },
  no_doubt: { words: 'not in doubt, although something ambiguous happened to it', broken: noDoubt },
  unanswered: { words: 'a caller that stayed, and whose relay lived, was not answered', broken: unanswered },
  success_denied: { words: 'told as a success, and on record as something else', broken: successDenied },
  success_twice: { words: 'told twice as done just now', broken: successTwice },
  not_nothing: { words: 'told as not sent, and sent in the same call', broken: notNothing },
  deferral_dropped: { words: 'told as deferred, and dropped', broken: deferralDropped },
} satisfies Record<string, RuleFacts>;

/** How long a refusal stands, in milliseconds (docs/architecture.md): a call that comes later may do it again. */
const refusalStandsMs = 60_000;

function deliveredTwice({ org, sends }: Case): string | undefined {
  const done = sends.filter(({ did }) => did).length;
  if (done > 1) return `carried out ${done} times`;
  if (org === 'org_deduplicates') return undefined;
  const first = sends.findIndex((send) => meaning(send) === 'taken' || meaning(send) === 'doubtful');
  const more = first === -1 ? 0 : sends.length - 1 - first;
  return more === 0 ? undefined : `${more} more requests after one that may have been carried out`;
}

function otherBody({ sends }: Case): string | undefined {
  const hashes = new Set(sends.flatMap(({ bodyHash }) => bodyHash ?? []));
  return hashes.size > 1 ? `${hashes.size} bodies` : undefined;
}

function lost({ calls, sends, record }: Case): string | undefined {
  if (record !== undefined) return undefined;
  const told = calls.map(outcomeOf).find((outcome) => outcome !== undefined && leavesRecord.has(outcome));
  if (told !== undefined) return `told ${told}`;
  return sends.length > 0 ? `${sends.length} requests` : undefined;
}

/** What can be told only of what is in the store. */
const leavesRecord: ReadonlySet<ToolOutcome> = new Set([
  'success',
  'duplicate',
  'deferred',
  'unknown',
  'rejected',
  'in_progress',
]);

function noEnd({ record }: Case): string | undefined {
  return record?.state === 'RESERVED' || record?.state === 'SENDING' ? `left ${record.state}` : undefined;
}

function notAsMet(one: Case): string | undefined {
  const { org, calls, sends, record } = one;
  // Doubt is judged by rules of its own, and a claim that was left by another.
  if (record === undefined || mustBeUnknown(one)) return undefined;
  const met = sends.map(meaning);
  switch (record.state) {
    case 'RESERVED':
    case 'SENDING':
    case 'UNKNOWN':
      return undefined;
    case 'ACCEPTED':
      return met.includes('taken') ? undefined : 'ACCEPTED, and no request was';
    case 'REJECTED':
      return met.at(-1) === 'refused' ? undefined : 'REJECTED, and no request was';
    case 'NOT_SENT':
    case 'DEFERRED': {
      if (record.state === 'DEFERRED' && org !== 'org_defers') return 'DEFERRED, where nothing may be';
      if (met.includes('taken')) return `${record.state}, and a request was accepted`;
      const refusedMs = sends.find((send) => meaning(send) === 'refused')?.atMs;
      if (refusedMs === undefined) return undefined;
      const isTriedAgain = calls.some(({ atMs }) => atMs >= refusedMs + refusalStandsMs / 2);
      return isTriedAgain ? undefined : `${record.state}, and a request was refused`;
    }
    case 'CONFIRMED':
    case 'FAILED_LATER':
      return `${record.state}, and nobody said so`;
  }
}

function needlessDoubt(one: Case, circumstances: Circumstances): string | undefined {
  if (one.record?.state !== 'UNKNOWN' || doubtOf(one, circumstances) !== undefined) return undefined;
  return `UNKNOWN after ${one.sends.map(({ play }) => playFacts[play].words).join(', ') || 'no request'}`;
}

function noDoubt(one: Case): string | undefined {
  if (!mustBeUnknown(one) || one.record?.state === 'UNKNOWN') return undefined;
  return one.record?.state ?? 'not in the store';
}

function unanswered({ calls }: Case, { deaths }: Circumstances): string | undefined {
  return calls.map(({ life, end }) => faultOfEnd(end, deaths.get(life))).find((fault) => fault !== undefined);
}

function faultOfEnd(end: Case['calls'][number]['end'], killedMs: number | undefined): string | undefined {
  switch (end?.kind) {
    case undefined:
      return 'the call never ended';
    case 'answered':
    case 'left':
    case 'unreachable':
      return undefined;
    case 'cut':
      return killedMs !== undefined && end.atMs >= killedMs ? undefined : 'its connection was cut';
    case 'in_vain':
      return 'waited in vain';
    case 'turned_away':
      return `turned away with status ${end.status}`;
  }
}

function successDenied({ calls, record }: Case): string | undefined {
  const told = calls.map(outcomeOf).find((outcome) => outcome === 'success' || outcome === 'duplicate');
  if (told === undefined || record?.state === 'ACCEPTED') return undefined;
  return `told ${told}, and ${record?.state ?? 'not in the store'}`;
}

function successTwice({ calls }: Case): string | undefined {
  const told = calls.filter((call) => outcomeOf(call) === 'success').length;
  return told > 1 ? `${told} times` : undefined;
}

/** Only calls that were alone at their relay are looked at: what another began meanwhile is not theirs to tell. */
function notNothing({ calls, sends }: Case): string | undefined {
  for (const call of calls) {
    const told = outcomeOf(call);
    const endMs = call.end?.atMs ?? 0;
    if (told !== 'not_sent' && told !== 'unavailable') continue;
    const isAlone = calls.every((other) => {
      return other === call || other.life !== call.life || other.atMs > endMs || (other.end?.atMs ?? 0) < call.atMs;
    });
    const sent = sends.find((send) => {
      const isOfCall = send.life === call.life && send.atMs >= call.atMs && send.atMs <= endMs;
      return isOfCall && (meaning(send) === 'taken' || meaning(send) === 'doubtful');
    });
    if (isAlone && sent !== undefined) return `told ${told}, after ${playFacts[sent.play].words}`;
  }
  return undefined;
}

function deferralDropped({ calls, record }: Case): string | undefined {
  if (!calls.some((call) => outcomeOf(call) === 'deferred') || record?.state !== 'NOT_SENT') return undefined;
  return record.outcome.code === 'deferral_expired' ? undefined : `NOT_SENT, ${record.outcome.code ?? ''}`;
}

const meaning = ({ play }: Case['sends'][number]): Meaning => playFacts[play].means;

const outcomeOf = ({ end }: Case['calls'][number]): ToolOutcome | undefined =>
  end?.kind === 'answered' ? end.outcome : undefined;
