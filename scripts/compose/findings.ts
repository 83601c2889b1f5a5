import type { CrowdStory } from './crowd';
import type { Newcomers } from './newcomers';
import type { ToolCall } from './tool-calls';
import type { Delivery } from './webhook';

/** One thing that was looked at, in a line. */
export interface Finding {
  readonly what: string;
  /** The figures. */
  readonly told: string;
  readonly isFine: boolean;
}

/** Whether calls ended as they may, and all who called again or for the first time were let in. */
export function ofCalls(
  when: string,
  { refusals, endings }: Pick<CrowdStory, 'refusals' | 'endings'>,
  newcomers: Newcomers,
  allowedCauses: readonly string[],
): Finding[] {
  const causes = endings.map(({ code, cause }) => (cause === '' ? String(code) : cause));
  const refused = [...refusals, ...newcomers.refusals];
  return [
    {
      what: `${when}: calls end by the causes they may`,
      told: `${causes.length} ended${listed(causes)}`,
      isFine: causes.every((cause) => allowedCauses.includes(cause)),
    },
    {
      what: `${when}: every new call finds a ready relay`,
      told: `${causes.length} called again, ${newcomers.served} new; ${refused.length} refused${listed(refused)}`,
      isFine: refused.length === 0 && newcomers.served > 0,
    },
  ];
}

/** Whether every tool call of upstream came to something: an answer, or where its session ended, a delivery. */
export function ofToolCalls(when: string, calls: readonly ToolCall[], deliveries: readonly Delivery[]): Finding {
  const delivered = new Set(deliveries.map(({ tool_args: args }) => args.attendee_email));
  const unanswered = calls.filter(({ outcome }) => outcome === undefined);
  const lost = unanswered.filter(({ email }) => !delivered.has(email));
  return {
    what: `${when}: no tool call is lost`,
    told: `${calls.length} calls${listed(calls.map(({ outcome }) => outcome ?? 'not answered'))}, ${lost.length} lost`,
    isFine: lost.length === 0 && calls.length > 0,
  };
}

/** Whether nothing was delivered twice, and everything that a caller was told is true. */
export function ofBookings({ bookings }: CrowdStory, deliveries: readonly Delivery[]): Finding[] {
  const times = Map.groupBy(deliveries, ({ tool_args: args }) => args.attendee_email);
  const wanted = new Map(bookings.map(({ email }) => [email, false]));
  for (const { email, isConfirmed } of bookings) if (isConfirmed) wanted.set(email, true);
  const confirmed = [...wanted].filter(([, isConfirmed]) => isConfirmed).map(([email]) => email);
  const open = bookings.filter(({ isConfirmed }) => !isConfirmed);
  const doubled = [...times].filter(([, all]) => all.length > 1);
  const untrue = confirmed.filter((email) => !times.has(email));
  const untold = open.filter(({ answer }) => answer === undefined);
  return [
    {
      what: 'no booking is doubled',
      told: `${wanted.size} bookings asked for ${bookings.reduce((sum, { asked }) => sum + asked, 0)} times, ${deliveries.length} deliveries, ${doubled.length} doubled`,
      isFine: doubled.length === 0 && deliveries.length > 0,
    },
    {
      what: 'no booking is lost',
      told: `${confirmed.length} of ${wanted.size} confirmed, of which ${untrue.length} were never delivered; ${open.length} told to be in doubt, ${untold.length} told nothing`,
      isFine: untrue.length === 0 && untold.length === 0,
    },
  ];
}

/** ` (3 this, 1 that)`, or nothing. */
export function listed(names: readonly string[]): string {
  const counts = [...Map.groupBy(names, (name) => name)].map(([name, all]) => `${all.length} ${name}`);
  return counts.length === 0 ? '' : ` (${counts.join(', ')})`;
}
