import { type Scenario } from '../../../simulator';
import { type Closing } from '../../pipeline/support/closing';
import { accept, type Answer } from '../../pipeline/support/webhook-catcher';
import { type Client, record } from '../../simulator/support/client';
import { bearer, orgKey } from '../../src/support/relay';
import { call } from '../../e2e/support/house';
import { demoCall, executeIntent } from '../../e2e/support/intent-request';
import { type RelayProcess } from '../../e2e/support/relay-process';
import { type Site } from '../../e2e/support/site';

/** How many callers do what. */
export const sizes = { booking: 20, listening: 15, silent: 15 } as const;

const names = Array.from({ length: sizes.booking }, (_, index) => `Caller-${String(index).padStart(2, '0')}`);
const appointmentOf = (name: string) => ({ ...demoCall, title: `Demo for ${name}` });

/** Each caller books an appointment of their own; whoever wants a story hears its end when the test allows it. */
export const crowdScenario = {
  name: 'a crowd',
  turns: [
    { when: { tool: 'create_appointment' }, steps: [{ say: 'It is booked.' }] },
    {
      when: { user: 'story' },
      steps: [{ say: 'Once upon a time' }, { wait_for: 'release' as const }, { say: 'The end.' }],
    },
    ...names.map((name) => ({
      when: { user: name },
      steps: [{ call: { name: 'create_appointment', arguments: appointmentOf(name) } }],
    })),
  ],
} satisfies Scenario;

/** A webhook that holds its answers back until it is told otherwise. */
export class HeldAnswers {
  readonly #held: (() => void)[] = [];
  readonly answer: Answer = (response, request) => void this.#held.push(() => accept(response, request));

  release(): void {
    for (const answer of this.#held.splice(0)) answer();
  }
}

export interface Crowd {
  /** Their webhook has been asked and has not answered. */
  readonly booking: readonly Client[];
  /** The model is speaking to them. */
  readonly listening: readonly Client[];
  readonly silent: readonly Client[];
  readonly all: readonly Client[];
}

/** Fifty calls in the middle of something. */
export async function gather(opened: Closing, { hook }: Site, relay: RelayProcess): Promise<Crowd> {
  const url = `${(await relay.url()).replace('http', 'ws')}/v1/realtime`;
  const callers = (count: number) => Promise.all(Array.from({ length: count }, () => call(opened, { url })));
  const crowd = {
    booking: await callers(sizes.booking),
    listening: await callers(sizes.listening),
    silent: await callers(sizes.silent),
  };
  for (const [index, caller] of crowd.booking.entries()) ask(caller, `It is ${names[index] ?? ''}.`);
  for (const caller of crowd.listening) ask(caller, 'Tell me a story.');
  await hook.caught(sizes.booking);
  await Promise.all(crowd.listening.map((caller) => caller.next('response.output_audio_transcript.done')));
  return { ...crowd, all: [...crowd.booking, ...crowd.listening, ...crowd.silent] };
}

/** What each appointment comes to when it is asked for again. */
export async function repeatAll(relay: RelayProcess): Promise<Record<string, unknown>[]> {
  const url = await relay.url();
  const answers = await Promise.all(names.map((name) => executeIntent(url, appointmentOf(name), bearer(orgKey))));
  return answers.map(({ text }) => record(JSON.parse(text)));
}

function ask(caller: Client, words: string): void {
  caller.say(words);
  caller.send({ type: 'response.create' });
}
