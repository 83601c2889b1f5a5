import { type Usage } from '../../bench/subjects/usage';
import { type Told } from './crowd';

/** What the relay held at one moment, garbage collected. */
export interface Look extends Usage {
  /** That had ended by then. */
  readonly sessions: number;
}

export interface Finding {
  readonly name: string;
  readonly told: string;
  readonly isFine: boolean;
}

interface Course {
  readonly before: Look;
  readonly during: readonly Look[];
  readonly after: Look;
  readonly told: Told;
  readonly webhooks: number;
}

/** What may lie between the second third and the last, as a share: what people happen to be saying differs. */
const growth = 0.05;

/** Connections to the webhook and the like that are kept for the next one. */
const keptDescriptors = 20;

/** Whether everything adds up. */
export function judge({ before, during, after, told, webhooks }: Course): readonly Finding[] {
  const third = Math.floor(during.length / 3);
  const flat = (name: string, of: (look: Look) => number): Finding => {
    const [middle, last] = [during.slice(third, -third), during.slice(-third)].map((looks) => median(looks.map(of)));
    const isFine = (last ?? NaN) <= (middle ?? NaN) * (1 + growth);
    return { name: `${name}, second third and last`, told: `${mib(middle)} and ${mib(last)}`, isFine };
  };
  return [
    { name: 'sessions', told: `${told.ended} ended, ${told.lost} lost`, isFine: told.lost === 0 && told.ended > 0 },
    { name: 'tool calls', told: `${told.toolCalls}, webhooks ${webhooks}`, isFine: told.toolCalls === webhooks },
    flat('heap', ({ heapBytes }) => heapBytes),
    flat('memory of the process', ({ rssBytes }) => rssBytes),
    {
      name: 'descriptors before and after',
      told: `${before.descriptors} and ${after.descriptors}; at most ${Math.max(...during.map((look) => look.descriptors))}`,
      isFine: after.descriptors <= before.descriptors + keptDescriptors,
    },
    {
      name: 'heap before and after',
      told: `${mib(before.heapBytes)} and ${mib(after.heapBytes)}`,
      isFine: true,
    },
  ];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function mib(bytes = NaN): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
