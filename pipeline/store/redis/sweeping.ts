import { type ExpireAnswer } from '../command';
import { keyText, overAtMs } from '../record';
import { type Sweep, type SweepReport } from '../store';
import { sweepRecords } from '../sweep';
import { type Due, findDue, type FoundDue } from './due';
import { failureOf } from './failure';
import { type RedisKeys } from './keys';
import { type KnownOrgs } from './known-orgs';
import { type Operation, type RedisLink } from './link';
import { type RecordWriter } from './record-writer';

/** What a sweep works with. */
export interface Sweeping {
  readonly link: RedisLink;
  readonly keys: RedisKeys;
  readonly orgs: KnownOrgs;
  readonly writer: RecordWriter;
}

/** Every process sweeps: of several that see the same record one moves it, and the others find it moved. */
export async function sweepRedis(sweeping: Sweeping, sweep: Sweep): Promise<SweepReport> {
  const { over, toTry } = await findBoth(sweeping, sweep.limit);
  // What is over as well has its turn among those that are: changed in between, it would exceed the limit.
  const touched = [...over.due, ...toTry.due.filter((each) => !isOver(each, sweeping.writer))];

  const answers = await expireAll(sweeping, touched, sweep.retentionMs);
  // All of it has been done by now, so all of it is told.
  const told = { ...sweep, limit: touched.length };
  const report = sweepRecords(touched, told, ({ key }) => answers.get(keyText(key)) ?? { kind: 'kept' });
  return { ...report, more: !over.isAll };
}

function isOver({ key, seen: { record } }: Due, writer: RecordWriter): boolean {
  const atMs = record && overAtMs(record);
  return atMs !== undefined && atMs <= writer.nowMs(key.orgId);
}

function findBoth(
  { link, keys, orgs, writer }: Sweeping,
  limit: number,
): Promise<{ readonly over: FoundDue; readonly toTry: FoundDue }> {
  return link.operation(async (operation) => {
    const known = await orgs.all(operation);
    await Promise.all(known.map((orgId) => writer.askTime(operation, orgId)));
    const search = { orgs: known, nowMs: (orgId: string) => writer.nowMs(orgId), limit };
    const [over, toTry] = await Promise.all([
      findDue(operation, keys, { kind: 'over', ...search }),
      findDue(operation, keys, { kind: 'try', ...search }),
    ]);
    return { over, toTry };
  });
}

/** What could not be done is left to the next sweep, unless nothing could. */
async function expireAll(
  sweeping: Sweeping,
  due: readonly Due[],
  retentionMs: number,
): Promise<Map<string, ExpireAnswer>> {
  const answers = new Map<string, ExpireAnswer>();
  const failures: unknown[] = [];
  const expireOne = async (each: Due): Promise<void> => {
    try {
      const answer = await sweeping.link.operation((operation) => expire(sweeping, operation, each, retentionMs));
      answers.set(keyText(each.key), answer);
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(due.map(expireOne));
  if (answers.size === 0 && failures.length > 0) throw failureOf(failures[0]);
  return answers;
}

async function expire(
  { writer }: Sweeping,
  operation: Operation,
  { key, seen }: Due,
  retentionMs: number,
): Promise<ExpireAnswer> {
  if (seen.record !== undefined) return writer.apply(operation, { type: 'expire', key, retentionMs }, seen);
  await writer.forget(operation, key);
  return { kind: 'kept' };
}
