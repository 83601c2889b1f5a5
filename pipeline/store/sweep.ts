import { type Command, type ExpireAnswer } from './command';
import { type IntentKey, type IntentRecord } from './record';
import { type Sweep, type SweepReport } from './store';

/**
 * Lets time do its work on records that may be due, until the limit is reached.
 *
 * @param candidates records to look at; those that turn out not to be due do not count
 * @param apply runs the command on the store and says what it did
 */
export function sweepRecords(
  candidates: Iterable<Pick<IntentRecord, 'key'>>,
  { retentionMs, limit }: Sweep,
  apply: (command: Command<'expire'>) => ExpireAnswer,
): SweepReport {
  const unknown: IntentKey[] = [];
  const expired: IntentKey[] = [];
  const due: SweepReport['due'][number][] = [];
  let released = 0;
  let removed = 0;
  const report = (more: boolean): SweepReport => ({ unknown, released, expired, due, removed, more });
  for (const { key } of candidates) {
    if (unknown.length + expired.length + released + removed >= limit) return report(true);
    const answer = apply({ type: 'expire', key, retentionMs });
    switch (answer.kind) {
      case 'unknown':
        unknown.push(key);
        break;
      case 'expired':
        expired.push(key);
        break;
      case 'due':
        if (due.length < limit) due.push(answer.record);
        break;
      case 'released':
        released += 1;
        break;
      case 'removed':
        removed += 1;
        break;
      case 'kept':
        break;
    }
  }
  return report(false);
}
