import { Conversation, type Entry } from '../conversation';
import type { TurnContext } from '../model/model';
import { obeyToolChoice } from '../model/tool-choice';
import * as events from '../protocol/events';
import { type Refusal, refuse } from '../protocol/refusal';
import type { FunctionTool } from '../protocol/session-object';
import type { Stage } from '../stage';
import { toEntry } from '../items';
import { paramsFault, type ResponseParams } from '../validate/response-create';
import { perform } from './perform';
import type { ResponseEnd } from './response-writer';
import { ResponseWriter } from './response-writer';
import { RunningResponse } from './running';
import { inputTokens, NO_TOKENS, type Tokens } from './usage';

/** A made-up account: tokens a minute, as seen in captures. */
const RATE_LIMIT_TOKENS = 15_000_000;

/** Who hears of a response that ended in the default conversation. */
type EndListener = (end: ResponseEnd, spokenMs: number) => void;

/** The responses of a session: at most one in the default conversation, any number beside it (protocol reference, section 4.4). */
export class Responses {
  private current: RunningResponse | undefined;
  private readonly outOfBand = new Map<string, RunningResponse>();
  private readonly listeners: EndListener[] = [];
  private automaticWaits = false;
  private lastInput: Tokens = NO_TOKENS;
  private refusalsLeft: { of: object; times: number } | undefined;

  constructor(private readonly stage: Stage) {}

  get isActive(): boolean {
    return this.current !== undefined;
  }

  onEnd(listener: EndListener): void {
    this.listeners.push(listener);
  }

  /** Starts a response a client asked for, or says why not. */
  create(params: ResponseParams): Refusal | undefined {
    const { stage } = this;
    const refusal =
      this.activeFault(params) ??
      paramsFault(params, stage.settings, {
        hasSpoken: stage.hasSpoken,
        hasItem: (id) => stage.conversation.has(id),
        dialect: stage.dialect,
      }) ??
      this.demandedRefusal();
    if (refusal === undefined) this.start(params);
    return refusal;
  }

  /** Starts the response that the end of a user's turn asks for by itself. */
  automatic(): void {
    if (this.current === undefined) {
      this.start({});
      return;
    }
    switch (this.stage.quirks.automatic_response_while_active) {
      case 'error': {
        this.stage.reportError(activeResponse(this.current.id), null);
        return;
      }
      case 'after':
        this.automaticWaits = true;
        return;
      case 'skip':
        return;
    }
  }

  /** Answers `response.cancel`: without an id it means the one in the default conversation. */
  cancel(responseId: string | undefined): Refusal | undefined {
    const target =
      responseId === undefined || responseId === this.current?.id ? this.current : this.outOfBand.get(responseId);
    if (target === undefined) {
      return refuse('response_cancel_not_active', 'Cancellation failed: no active response found');
    }
    target.end({ status: 'cancelled', reason: 'client_cancelled' });
    return undefined;
  }

  /** The user started to speak over the response. */
  interrupt(): void {
    this.current?.end({ status: 'cancelled', reason: 'turn_detected' });
  }

  /** Tells waiting responses what happened. */
  notice(happening: { readonly event: string } | 'release'): void {
    for (const response of this.running()) response.notice(happening);
  }

  /** The connection is gone. */
  abandon(): void {
    for (const response of this.running()) response.abandon();
    this.current = undefined;
    this.outOfBand.clear();
  }

  private running(): RunningResponse[] {
    return [...(this.current === undefined ? [] : [this.current]), ...this.outOfBand.values()];
  }

  private activeFault(params: ResponseParams): Refusal | undefined {
    if (this.current === undefined || params.conversation === 'none') return undefined;
    return activeResponse(this.current.id);
  }

  /** Counts the refusals a test demanded down without touching its own object. */
  private demandedRefusal(): Refusal | undefined {
    const demand = this.stage.faults().refuseResponseCreate;
    if (demand === undefined) return undefined;
    if (this.refusalsLeft?.of !== demand) this.refusalsLeft = { of: demand, times: demand.times };
    if (this.refusalsLeft.times <= 0) return undefined;
    this.refusalsLeft.times -= 1;
    return activeResponse('resp_of_a_simulated_fault');
  }

  private start(params: ResponseParams): void {
    const { stage } = this;
    const isOutOfBand = params.conversation === 'none';
    const context = contextOf(stage, params);
    const input = inputTokens(context.entries, context.instructions, context.tools);
    const plan = obeyToolChoice(stage.model.respond(context), context);
    const writer = new ResponseWriter({
      ids: stage.ids,
      emit: (body) => stage.emit(body),
      session: stage.settings,
      params,
      conversation: isOutOfBand ? undefined : { id: stage.conversationId, items: stage.conversation },
      input,
      cached: this.lastInput,
    });
    this.lastInput = input;
    const performance = perform(plan, writer, {
      emit: (event) => stage.emitRaw(event),
      reportError: (refusal) => stage.reportError(refusal, null),
      close: (code, reason) => stage.close(code, reason),
      drop: () => stage.drop(),
    });
    const response = new RunningResponse(writer, performance, stage.pace, (end) => this.ended(response, end));
    if (isOutOfBand) this.outOfBand.set(response.id, response);
    else this.current = response;
    void response.run();
  }

  private ended(response: RunningResponse, end: ResponseEnd): void {
    const { stage } = this;
    const { writer } = response;
    if (writer.spokenMs > 0) stage.hasSpoken = true;
    if (stage.quirks.rate_limits && stage.dialect.hasRateLimits) {
      stage.emit(events.rateLimitsUpdated(RATE_LIMIT_TOKENS, RATE_LIMIT_TOKENS - writer.tokens));
    }
    if (this.outOfBand.delete(response.id)) return;
    this.current = undefined;
    for (const listener of this.listeners) listener(end, writer.spokenMs);
    if (this.automaticWaits) {
      this.automaticWaits = false;
      this.start({});
    }
  }
}

/** The error of protocol reference, section 4.4, word for word. */
function activeResponse(id: string): Refusal {
  return refuse(
    'conversation_already_has_active_response',
    `Conversation already has an active response in progress: ${id}. Wait until the response is finished before creating a new one.`,
  );
}

/** What the model gets to see: the conversation as it is now, or the `input` asked for instead. */
function contextOf(stage: Stage, params: ResponseParams): TurnContext {
  const { settings, conversation } = stage;
  const tools = params.tools ?? settings.tools;
  return {
    entries: params.input === undefined ? conversation.snapshot() : inputEntries(stage, params.input),
    instructions: params.instructions ?? settings.instructions,
    tools: tools.filter((tool): tool is FunctionTool => tool.type === 'function'),
    toolChoice: params.tool_choice ?? settings.tool_choice,
    now: stage.now(),
  };
}

function inputEntries(stage: Stage, input: NonNullable<ResponseParams['input']>): Entry[] {
  const context = new Conversation();
  for (const element of input) {
    const entry =
      element.type === 'item_reference'
        ? stage.conversation.find(element.id)
        : toEntry(element, stage.ids, stage.hearing);
    if (entry !== undefined) context.insert(entry);
  }
  return context.snapshot();
}
