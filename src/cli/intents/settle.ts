import pLimit from 'p-limit';
import type { OperatorAction } from '../../../pipeline';
import type { IntentJson } from '../../intents/intent-json';
import { type IntentDesk, type IntentName, nameOf } from './desk';

/** Intents that are worked on at a time. */
const atOnce = 8;

/** What became of one. */
export type Settled = 'done' | 'already' | 'failed' | 'left';

/** What became of one intent, and that in words. */
export interface SettledIntent {
  readonly became: Settled;
  readonly line: string;
}

/** Does one thing about one intent. */
export async function settleOne(
  desk: IntentDesk,
  action: OperatorAction,
  name: IntentName,
  fence?: number,
): Promise<SettledIntent> {
  const reply = await desk.change(action, name, fence);
  const prefix = `${name.org} ${name.tool} ${name.id}`;
  if (reply.kind === 'refused') return { became: 'failed', line: `${prefix}: ${reply.message}` };
  const { changed, intent } = reply.value;
  const { state, outcome } = intent;
  if (!wanted[action].includes(state)) {
    return {
      became: 'failed',
      line: `${prefix}: tried, but it is ${state} (${outcome?.code ?? 'without an outcome'}).`,
    };
  }
  return { became: changed ? 'done' : 'already', line: `${prefix}: ${state}${changed ? '' : ' already'}` };
}

const wanted: Readonly<Record<OperatorAction, readonly IntentJson['state'][]>> = {
  confirm: ['CONFIRMED'],
  reject: ['REJECTED', 'FAILED_LATER'],
  resend: ['ACCEPTED', 'CONFIRMED'],
};

/**
 * Does one thing about many intents, some at a time, each under the fence at which it was found.
 *
 * @param signal Aborted, what is under way is finished and nothing more begun.
 * @param told Called after each.
 */
export async function settleMany(
  desk: IntentDesk,
  action: OperatorAction,
  intents: readonly IntentJson[],
  { signal, told }: { readonly signal: AbortSignal; readonly told: (one: SettledIntent) => void },
): Promise<Readonly<Record<Settled, number>>> {
  const counts = { done: 0, already: 0, failed: 0, left: 0 };
  const inTurn = pLimit(atOnce);
  const settle = async (intent: IntentJson) => {
    if (signal.aborted) {
      counts.left += 1;
      return;
    }
    const one = await settleOne(desk, action, nameOf(intent), intent.fence);
    counts[one.became] += 1;
    told(one);
  };
  await Promise.all(intents.map((intent) => inTurn(() => settle(intent))));
  return counts;
}
