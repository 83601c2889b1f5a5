import type { PhoneCall } from '../../simulator/carriers';
import type { Manner } from '../player/model';
import { playPhoneCall } from '../player/phone-session';
import { phoneTurns } from '../player/phone-turns';
import type { Script } from '../player/script';
import type { OpenSession } from './runner';

/** A carrier at which calls can be made, as the stand-ins of `simulator/carriers` are. */
export interface Telephone {
  /** All calls so far. */
  readonly calls: PhoneCall[];
  call(options: { readonly to: string; readonly maxEvents: number }): PhoneCall;
}

/** Of so many calls the carrier still knows after they ended: it may be asked about them. */
const rememberedCalls = 100;

/** Of so many events of a call somebody may still ask. */
const maxEvents = 500;

/** Sessions that are phone calls to a number. */
export function phoneSessions(
  scripts: readonly Script[],
  { expect, patienceMs }: Pick<Manner, 'expect' | 'patienceMs'>,
  telephone: Telephone,
  to: string,
): OpenSession {
  const plays = scripts.map((script) => ({
    turns: phoneTurns(script),
    endsByServer: script.steps.some((step) => step.kind === 'end' && step.by === 'server'),
    expect,
    patienceMs,
  }));
  return (nth, listener, dueMs) => {
    const play = plays[nth % plays.length];
    if (play === undefined) throw new Error('There is no script to play.');
    const call = telephone.call({ to, maxEvents });
    return playPhoneCall(
      play,
      call,
      {
        ...listener,
        ended(outcome) {
          forgetOldest(telephone.calls);
          listener.ended(outcome);
        },
      },
      dueMs,
    );
  };
}

function forgetOldest(calls: PhoneCall[]): void {
  const over = calls.filter(({ ending }) => ending !== undefined);
  for (const call of over.slice(0, -rememberedCalls)) calls.splice(calls.indexOf(call), 1);
}
