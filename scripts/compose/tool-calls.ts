import { z } from 'zod';
import { outcomeOf, type ToolOutcome, toolResultSchema } from '../../pipeline';
import type { Simulator } from '../../simulator';

/** A tool call as upstream knows it. */
export interface ToolCall {
  /** Whom the appointment was for, which tells bookings apart. */
  readonly email: string;
  /** What it was answered; undefined where no answer came. */
  outcome: ToolOutcome | undefined;
}

const madeSchema = z.object({
  type: z.literal('response.output_item.done'),
  item: z.object({
    type: z.literal('function_call'),
    status: z.literal('completed'),
    call_id: z.string(),
    arguments: z.string(),
  }),
});

const answeredSchema = z.object({
  type: z.literal('conversation.item.create'),
  item: z.object({ type: z.literal('function_call_output'), call_id: z.string(), output: z.string() }),
});

const argumentsSchema = z.object({ attendee_email: z.string() });

/** Every tool call that upstream made, in any session, and what came of it. */
export class ToolCalls {
  readonly #calls = new Map<string, ToolCall>();

  constructor(simulator: Simulator) {
    void this.#watchAll(simulator);
  }

  get all(): readonly ToolCall[] {
    return [...this.#calls.values()];
  }

  async #watchAll(simulator: Simulator): Promise<void> {
    for (let index = 0; ; index++) void this.#watch(await simulator.session(index));
  }

  async #watch(session: Awaited<ReturnType<Simulator['session']>>): Promise<void> {
    const isOfTools = ({ event }: { readonly event: unknown }) =>
      madeSchema.safeParse(event).success || answeredSchema.safeParse(event).success;
    let after = -1;
    for (;;) {
      // Rejects when the session ends.
      const entry = await session.waitFor(isOfTools, { after, timeoutMs: dayMs }).catch(() => undefined);
      if (entry === undefined) return;
      after = entry.index;
      this.#take(entry.event);
    }
  }

  #take(event: unknown): void {
    const made = madeSchema.safeParse(event).data?.item;
    if (made !== undefined) {
      const { attendee_email: email } = argumentsSchema.parse(JSON.parse(made.arguments));
      this.#calls.set(made.call_id, { email, outcome: undefined });
    }
    const answered = answeredSchema.safeParse(event).data?.item;
    const call = answered && this.#calls.get(answered.call_id);
    if (call !== undefined) call.outcome = outcomeOf(toolResultSchema.parse(JSON.parse(answered?.output ?? '')));
  }
}

/** Longer than any session. */
const dayMs = 86_400_000;
