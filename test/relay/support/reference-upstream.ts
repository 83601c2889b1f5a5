import assert from 'node:assert';
import { type Parsed } from './effect-lines';
import * as make from './upstream-events';

/** How this upstream differs from the common one. */
export interface Quirks {
  /** `create_response` of its turn detection. */
  readonly respondsByItself: boolean;
  /** Errors name the event they are about. */
  readonly echoesEventIds: boolean;
  /** A refusal may be sent before the `response.created` of the response in the way. */
  readonly refusalsOvertake: boolean;
  /** `arguments.done` carries the tool's name. */
  readonly namesTools: boolean;
  /** Function calls get their own `response.output_item.done`. */
  readonly endsCalls: boolean;
  /** Calls tools even with `tool_choice: "none"`. */
  readonly disobeys: boolean;
}

/** What a response will consist of. */
export interface Plan {
  readonly items: readonly ('message' | 'call')[];
  /** All items begin before the first of them ends. */
  readonly overlapping: boolean;
  readonly status: 'completed' | 'failed' | 'incomplete';
}

/** A function call as this upstream knows it. */
export interface KnownCall {
  readonly id: string;
  readonly responseId: string;
  /** The call may run: its item, or where that says nothing its response, was completed. */
  isComplete: boolean;
  /** Made although the response was to call no tool. */
  readonly forbidden: boolean;
  outputs: number;
  answeredAt: number;
}

/** A response as this upstream knows it. */
export interface KnownResponse {
  readonly id: string;
  readonly askedBy: 'client' | 'relay' | 'server';
  readonly inConversation: boolean;
  readonly beganAt: number;
  readonly forbidsTools: boolean;
  readonly calls: KnownCall[];
  readonly messages: string[];
  status: string;
  reason: string | null;
}

interface Running {
  readonly response: KnownResponse;
  /** What is still to be sent; each member sends some events. */
  readonly ahead: (() => void)[];
  readonly open: Map<string, { readonly item: 'message' | 'call'; readonly index: number }>;
  readonly output: object[];
  readonly endStatus: Plan['status'];
}

const firstPlan: Plan = { items: ['message'], overlapping: false, status: 'completed' };

/**
 * A Realtime API without a socket, a model or time: it answers events as the protocol reference says (sections 2, 4
 * and 5), and what it says by itself happens when a test tells it to.
 */
export class ReferenceUpstream {
  /** What was sent and has not arrived yet. */
  readonly outbox: object[] = [];
  /** The default conversation, in order. */
  conversation: { readonly id: string; readonly isVisible: boolean }[] = [];
  readonly responses: KnownResponse[] = [];
  readonly calls = new Map<string, KnownCall>();
  isSpeaking = false;
  /** The automatic response to the user's turn has not begun yet. */
  isDue = false;
  /** Counts what has happened. */
  now = 0;
  private active: Running | null = null;
  private readonly aside: Running[] = [];
  private serial = 0;

  constructor(
    private readonly quirks: Quirks,
    private readonly plans: Plan[],
  ) {}

  get isResponding(): boolean {
    return this.active !== null || this.aside.length > 0;
  }

  /** Takes an event of the relay. */
  receive(event: Parsed): void {
    this.now += 1;
    const id = typeof event['event_id'] === 'string' ? event['event_id'] : null;
    switch (event.type) {
      case 'response.create':
        return this.create(event, id);
      case 'response.cancel':
        if (this.active === null) return this.send(make.errorAbout('response_cancel_not_active', this.echo(id)));
        return this.cutOff('client_cancelled');
      case 'conversation.item.create':
        return this.createItem(event, id);
      case 'conversation.item.delete':
        return this.deleteItem(String(event['item_id']), id);
      default:
        assert.fail(`Upstream does not expect ${event.type}`);
    }
  }

  /** The next events of the response in progress. */
  advance(): void {
    this.now += 1;
    this.active?.ahead.shift()?.();
  }

  /** The next events of the oldest response out of band. */
  advanceAside(): void {
    this.now += 1;
    this.aside[0]?.ahead.shift()?.();
  }

  startSpeech(interrupts: boolean): void {
    if (this.isSpeaking) return;
    this.now += 1;
    this.isSpeaking = true;
    this.isDue = false;
    this.send(make.speechStarted(this.id('item')));
    if (interrupts && this.active !== null) this.cutOff('turn_detected');
  }

  stopSpeech(): void {
    if (!this.isSpeaking) return;
    this.now += 1;
    this.isSpeaking = false;
    const item = this.id('item');
    this.send(make.speechStopped(item), make.committed(this.conversation.at(-1)?.id ?? null, item));
    this.show(make.userItem(item));
    this.isDue = this.quirks.respondsByItself;
  }

  /** The automatic response begins, unless another is in its way. */
  respond(): void {
    if (!this.isDue) return;
    this.now += 1;
    this.isDue = false;
    if (this.active === null) this.begin('server', true, false);
  }

  private create(event: Parsed, id: string | null): void {
    const request = objectOf(event['response']);
    const askedBy = id?.startsWith('rly_cc_') === true ? 'client' : 'relay';
    const forbidsTools = request['tool_choice'] === 'none';
    if (request['conversation'] === 'none') {
      assert(forbidsTools, 'a response out of band may not call tools');
      return this.begin('client', false, true);
    }
    assert(id?.startsWith('rly_') === true, 'every create has an id of the relay');
    if (this.active === null) return this.begin(askedBy, true, forbidsTools);
    const refusal = make.activeResponseError(this.echo(id));
    const beginning = this.outbox.findIndex((sent) => isCreated(sent, this.active?.response.id));
    if (this.quirks.refusalsOvertake && beginning !== -1) this.outbox.splice(beginning, 0, refusal);
    else this.send(refusal);
  }

  private begin(askedBy: KnownResponse['askedBy'], inConversation: boolean, forbidsTools: boolean): void {
    const plan = this.plans.shift() ?? firstPlan;
    const response: KnownResponse = {
      id: this.id('resp'),
      askedBy,
      inConversation,
      beganAt: this.now,
      forbidsTools,
      calls: [],
      messages: [],
      status: 'in_progress',
      reason: null,
    };
    this.responses.push(response);
    const running: Running = { response, ahead: [], open: new Map(), output: [], endStatus: plan.status };
    const mayCall = inConversation && (!forbidsTools || this.quirks.disobeys);
    const items = plan.items.filter((item) => item === 'message' || mayCall);
    const named = items.map((item, index) => ({ item, index, id: this.id(item === 'call' ? 'call' : 'item') }));
    const begins = named.map((each) => () => this.beginItem(running, each.item, each.index, each.id));
    const ends = named.map((each) => () => this.endItem(running, each.id, plan.status === 'completed'));
    const both = named.flatMap((_, index) => [begins[index], ends[index]]).filter((action) => action !== undefined);
    running.ahead.push(...(plan.overlapping ? [...begins, ...ends] : both), () => this.end(running));
    this.send(make.responseCreated(response.id, inConversation ? {} : { conversation_id: null }));
    if (inConversation) this.active = running;
    else this.aside.push(running);
  }

  private beginItem(running: Running, item: 'message' | 'call', index: number, id: string): void {
    const { response } = running;
    running.open.set(id, { item, index });
    const begun = { status: 'in_progress', arguments: '' };
    const shown = item === 'call' ? make.callItem(id, begun) : make.messageItem(id);
    this.send(make.outputItemAdded(response.id, index, shown));
    if (response.inConversation) this.place(shown, item === 'message');
    if (item === 'message') {
      response.messages.push(id);
      this.send(make.partAdded(response.id, index, id), make.audioDelta(response.id, index, id));
      return;
    }
    const forbidden = response.forbidsTools;
    const call = { id, responseId: response.id, isComplete: false, forbidden, outputs: 0, answeredAt: 0 };
    response.calls.push(call);
    this.calls.set(id, call);
    this.send(make.argumentsDelta(response.id, index, id));
  }

  private endItem(running: Running, id: string, isComplete: boolean): void {
    const { response, open, output } = running;
    const known = open.get(id);
    assert(known !== undefined);
    open.delete(id);
    const status = isComplete ? 'completed' : 'incomplete';
    const { item, index } = known;
    if (item === 'message') {
      const done = { ...make.messageItem(id, 'Hi.'), status };
      output.push(done);
      this.send(make.partDone(response.id, index, id, 'Hi.'));
      if (response.inConversation) this.send(make.itemDone(null, done));
      this.send(make.outputItemDone(response.id, index, done));
      return;
    }
    const call = this.calls.get(id);
    assert(call !== undefined);
    const done = make.callItem(id, { status });
    output.push(done);
    this.send(make.argumentsDone(response.id, index, id, this.quirks.namesTools ? {} : { name: undefined }));
    this.send(make.itemDone(null, done));
    if (!this.quirks.endsCalls) return;
    call.isComplete = isComplete;
    this.send(make.outputItemDone(response.id, index, done));
  }

  private end(running: Running, status: string = running.endStatus, reason: string | null = null): void {
    const { response, output } = running;
    response.status = status;
    response.reason = reason;
    if (status === 'completed') for (const call of response.calls) call.isComplete = true;
    const details = status === 'completed' ? null : { type: status, reason };
    const place = response.inConversation ? {} : { conversation_id: null };
    this.send(make.responseDone(response.id, output, { status, status_details: details, ...place }), make.rateLimits());
    if (this.active === running) this.active = null;
    else this.aside.splice(this.aside.indexOf(running), 1);
  }

  private cutOff(reason: 'turn_detected' | 'client_cancelled'): void {
    const running = this.active;
    assert(running !== null);
    for (const id of [...running.open.keys()]) this.endItem(running, id, false);
    this.end(running, 'cancelled', reason);
  }

  private createItem(event: Parsed, id: string | null): void {
    const item = objectOf(event['item']);
    if (item['type'] !== 'function_call_output') {
      const previous = event['previous_item_id'];
      const at = this.conversation.findIndex((each) => each.id === previous);
      if (previous !== undefined && at === -1) return this.send(make.errorAbout('invalid_value', this.echo(id)));
      return this.show(make.userItem(this.id('item'), 'Hello'), previous === undefined ? undefined : at);
    }
    const callId = String(item['call_id']);
    const call = this.calls.get(callId);
    assert(call?.isComplete === true, 'only a completed call is answered');
    call.outputs += 1;
    call.answeredAt = this.now;
    assert(call.outputs === 1, 'a call is answered once');
    this.show(make.outputItem(callId));
  }

  private deleteItem(itemId: string, id: string | null): void {
    const isKnown = this.conversation.some((item) => item.id === itemId);
    if (!isKnown) return this.send(make.errorAbout('item_delete_invalid_item_id', this.echo(id)));
    this.conversation = this.conversation.filter((item) => item.id !== itemId);
    this.send(make.event('conversation.item.deleted', { item_id: itemId }));
  }

  /** Adds an item that is final at once. */
  private show(item: { readonly id: string; readonly type: string }, behind?: number): void {
    this.place(item, item.type === 'message', behind);
    this.send(make.itemDone(null, item));
  }

  private place(item: { readonly id: string }, isVisible: boolean, behind = this.conversation.length - 1): void {
    this.send(make.itemAdded(this.conversation[behind]?.id ?? null, item));
    this.conversation.splice(behind + 1, 0, { id: item.id, isVisible });
  }

  private echo(id: string | null): string | null {
    return this.quirks.echoesEventIds ? id : null;
  }

  private id(kind: string): string {
    this.serial += 1;
    return `${kind}_${this.serial}`;
  }

  private send(...events: readonly object[]): void {
    this.outbox.push(...events);
  }
}

function isCreated(event: object, responseId: string | undefined): boolean {
  return 'type' in event && event.type === 'response.created' && objectOf(event, 'response')['id'] === responseId;
}

function objectOf(value: unknown, key?: string): Readonly<Record<string, unknown>> {
  const found: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {};
  return key === undefined ? found : objectOf(found[key]);
}
