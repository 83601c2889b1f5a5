import assert from 'node:assert';
import { defaultSessionLimits } from '../../../relay';
import { type Effect, type SessionEvent, type SessionState, type TimerName } from '../../../relay/model';
import { start, step } from '../../../relay/step';
import { parse, type Parsed } from './effect-lines';
import { ReferenceUpstream, type KnownResponse, type Plan, type Quirks } from './reference-upstream';
import { event, manualSession, session } from './upstream-events';
import { WatchingClient } from './watching-client';

/** Anything that may happen next, in any order. */
export type Action =
  | { readonly kind: 'to-relay' | 'to-upstream'; readonly count: number }
  | { readonly kind: 'advance'; readonly count: number }
  | { readonly kind: 'advance-aside' | 'create' | 'create-aside' | 'cancel' | 'say' }
  /** The user starts to speak, or stops. */
  | { readonly kind: 'speech'; readonly interrupts: boolean }
  /** The automatic response begins, if one is due. */
  | { readonly kind: 'respond' }
  | { readonly kind: 'tool'; readonly pick: number; readonly end: 'answer' | 'fail' | 'time-out' }
  | { readonly kind: 'wait-over' }
  | { readonly kind: 'say-behind' | 'delete'; readonly pick: number };

/**
 * A relay between a reference upstream and a watching client, with messages under way in both directions. Every rule
 * that can be judged at the moment it is broken is asserted there; `judge` asserts the rest once all is quiet.
 */
export class World {
  readonly upstream: ReferenceUpstream;
  readonly client = new WatchingClient();
  readonly transcript: string[] = [];
  private state: SessionState;
  private readonly inbox: Parsed[] = [];
  private readonly running: string[] = [];
  private readonly ran = new Set<string>();
  private readonly timers = new Set<TimerName>();
  private readonly asked: string[] = [];
  private readonly cancelledAt: number[] = [];
  private serial = 0;
  /** What the relay can know: its create without an answer, the response in progress. */
  private unanswered: string | null = null;
  private inProgress: string | null = null;
  /** Messages to upstream that were under way when a response began. */
  private wereOvertaken = 0;
  /** Follow-ups asked for in the user's turn. */
  private followUps = 0;

  constructor(
    quirks: Quirks,
    plans: readonly Plan[],
    /** Nothing stays under way: every message arrives before the next thing happens. */
    private readonly isInstant: boolean,
    private readonly roundsPerTurn: number,
  ) {
    this.upstream = new ReferenceUpstream(quirks, [...plans]);
    const first = start({ config: { type: 'realtime' }, limits: { ...defaultSessionLimits, roundsPerTurn } });
    this.state = first.state;
    const opened = quirks.respondsByItself ? session() : manualSession();
    this.fromUpstream(event('session.created', { session: opened }));
    this.inbox.length = 0;
    this.fromUpstream(event('session.updated', { session: opened }));
  }

  act(action: Action): void {
    this.transcript.push(JSON.stringify(action));
    this.perform(action);
    if (this.isInstant) this.deliverAll();
  }

  /** Lets everything that has begun come to its end. */
  settle(): void {
    for (let turns = 0; turns < 200; turns++) {
      this.deliverAll();
      if (this.upstream.isSpeaking) this.act({ kind: 'speech', interrupts: false });
      else if (this.upstream.isDue) this.act({ kind: 'respond' });
      else if (this.upstream.isResponding) {
        this.upstream.advance();
        this.upstream.advanceAside();
      } else if (this.running.length > 0) this.act({ kind: 'tool', pick: 0, end: 'answer' });
      else if (this.timers.has('automatic-response')) this.act({ kind: 'wait-over' });
      else return;
    }
    assert.fail('the session comes to rest');
  }

  /** Asserts what must hold once all is quiet. */
  judge(): void {
    const { calls, responses, conversation } = this.upstream;
    for (const call of calls.values()) {
      assert.strictEqual(call.outputs, call.isComplete ? 1 : 0, `${call.id} is answered if it was completed`);
    }
    const visible = conversation.filter(({ isVisible }) => isVisible).map(({ id }) => id);
    assert.deepStrictEqual(this.client.history, visible, 'the client sees the conversation in order');
    for (const response of responses) assert(this.isSpokenFor(response), `somebody speaks for ${response.id}`);
    for (const response of responses) {
      if (response.askedBy === 'client') assert(this.isShownToEnd(response), `${response.id} ends for the client`);
      if (response.messages.length > 0) assert(this.isShown(response), `${response.id} is shown`);
    }
    for (const [id, { isDone }] of this.client.responses) assert(isDone, `${id} ends`);
    const refused = this.asked.filter((id) => this.client.refused.includes(id)).length;
    const begun = responses.filter(({ askedBy }) => askedBy === 'client').length;
    assert.strictEqual(begun + refused, this.asked.length, 'every create of the client is answered');
  }

  private perform(action: Action): void {
    switch (action.kind) {
      case 'to-relay':
        for (let count = 0; count < action.count; count++) this.deliverToRelay();
        return;
      case 'to-upstream':
        for (let count = 0; count < action.count; count++) this.deliverToUpstream();
        return;
      case 'advance':
        for (let count = 0; count < action.count; count++) this.upstream.advance();
        return;
      case 'advance-aside':
        return this.upstream.advanceAside();
      case 'speech':
        if (this.upstream.isSpeaking) return this.upstream.stopSpeech();
        return this.upstream.startSpeech(action.interrupts);
      case 'respond':
        // A message is never under way for longer than a response takes: at most one response can have begun unseen.
        if (this.isLagging) this.deliverAll();
        this.wereOvertaken = this.inbox.length;
        return this.upstream.respond();
      case 'create':
        return this.fromClient({ type: 'response.create', event_id: this.ask() });
      case 'create-aside':
        return this.fromClient({ type: 'response.create', event_id: this.ask(), response: { conversation: 'none' } });
      case 'cancel':
        this.cancelledAt.push(this.upstream.now);
        return this.fromClient({ type: 'response.cancel' });
      case 'say':
        this.followUps = 0;
        return this.fromClient({ type: 'conversation.item.create', item: typed });
      case 'say-behind': {
        const previous = this.picked(this.client.history, action.pick);
        if (previous === undefined) return;
        this.followUps = 0;
        return this.fromClient({ type: 'conversation.item.create', previous_item_id: previous, item: typed });
      }
      case 'delete': {
        const item = this.picked(this.client.history, action.pick);
        if (item !== undefined) this.fromClient({ type: 'conversation.item.delete', item_id: item });
        return;
      }
      case 'tool': {
        const callId = this.picked(this.running, action.pick);
        if (callId === undefined) return;
        if (action.end === 'time-out') return this.feed({ kind: 'timer', timer: `tool:${callId}` });
        this.running.splice(this.running.indexOf(callId), 1);
        if (action.end === 'fail') return this.feed({ kind: 'tool.failed', callId });
        return this.feed({ kind: 'tool.answered', callId, output: { output: '{"ok":true}' } });
      }
      case 'wait-over':
        if (this.timers.delete('automatic-response')) this.feed({ kind: 'timer', timer: 'automatic-response' });
    }
  }

  private get isLagging(): boolean {
    const hasEnded = this.upstream.outbox.some((sent) => typeOf(sent) === 'response.done');
    return hasEnded || this.wereOvertaken > 0;
  }

  private ask(): string {
    this.serial += 1;
    const id = `ask_${this.serial}`;
    this.asked.push(id);
    return id;
  }

  private picked(from: readonly string[], pick: number): string | undefined {
    return from[pick % Math.max(1, from.length)];
  }

  private deliverAll(): void {
    while (this.inbox.length > 0 || this.upstream.outbox.length > 0) {
      this.deliverToUpstream();
      this.deliverToRelay();
    }
  }

  private deliverToUpstream(): void {
    const next = this.inbox.shift();
    if (next === undefined) return;
    this.wereOvertaken = Math.max(0, this.wereOvertaken - 1);
    this.transcript.push(`  upstream takes ${JSON.stringify(next)}`);
    const before = this.upstream.responses.length;
    this.upstream.receive(next);
    const begun = this.upstream.responses[before];
    if (this.isInstant && begun?.askedBy === 'relay') this.checkOwed(begun);
  }

  private deliverToRelay(): void {
    const next = this.upstream.outbox.shift();
    if (next === undefined) return;
    this.transcript.push(`  relay takes ${JSON.stringify(next).slice(0, 160)}`);
    this.note(parse(JSON.stringify(next)));
    this.fromUpstream(next);
  }

  private fromUpstream(next: object): void {
    this.feed({ kind: 'upstream.frame', frame: Buffer.from(JSON.stringify(next)) });
  }

  private fromClient(next: object): void {
    this.feed({ kind: 'client.frame', frame: Buffer.from(JSON.stringify(next)), isBinary: false });
  }

  private feed(happened: SessionEvent): void {
    const { state, effects } = step(this.state, happened, this.upstream.now);
    this.state = state;
    effects.forEach((effect) => this.carryOut(effect));
  }

  private carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'send.client': {
        const text = effect.data.toString();
        assert(!/secret|function|rly_out/.test(text), `nothing hidden is shown: ${text}`);
        this.transcript.push(`    client sees ${text.slice(0, 160)}`);
        return this.client.see(parse(text));
      }
      case 'send.upstream':
        return this.send(parse(effect.data));
      case 'tool.run': {
        const { callId, name } = effect.call;
        this.transcript.push(`    relay runs ${callId}`);
        assert.strictEqual(name, 'secret_tool');
        assert(!this.ran.has(callId), `${callId} runs once`);
        const known = this.upstream.calls.get(callId);
        assert(known?.isComplete === true, `${callId} was completed`);
        assert(!this.isInstant || !known.forbidden, `${callId} was allowed`);
        this.ran.add(callId);
        this.running.push(callId);
        return;
      }
      case 'timer.set':
        this.timers.add(effect.timer);
        return;
      case 'timer.clear':
        this.timers.delete(effect.timer);
        return;
      case 'end':
        return assert.fail(`the session does not end (${effect.cause})`);
      default:
    }
  }

  private send(sent: Parsed): void {
    this.transcript.push(`    relay sends ${JSON.stringify(sent)}`);
    this.inbox.push(sent);
    if (this.upstream.outbox.some((under) => typeOf(under) === 'response.created')) {
      this.wereOvertaken = this.inbox.length;
    }
    if (sent.type !== 'response.create' || objectOf(sent['response'])['conversation'] === 'none') return;
    assert.strictEqual(this.unanswered, null, 'no create follows one without an answer');
    assert.strictEqual(this.inProgress, null, 'no create is sent while a response is in progress');
    this.unanswered = String(sent['event_id']);
    this.countRound(objectOf(sent['response'])['tool_choice'], String(sent['event_id']).startsWith('rly_rc_'));
  }

  /** Tools are forbidden in the last response the relay may ask for in a turn, and only there. */
  private countRound(toolChoice: unknown, isFollowUp: boolean): void {
    this.followUps = isFollowUp ? this.followUps + 1 : 0;
    if (!isFollowUp || !this.isInstant) return;
    assert.strictEqual(toolChoice, this.followUps >= this.roundsPerTurn ? 'none' : 'auto', 'rounds end');
  }

  /** Learns what the relay can learn from an event. */
  private note(received: Parsed): void {
    const response = objectOf(received['response']);
    if (received.type === 'error') {
      const { code, event_id: about } = objectOf(received['error']);
      const isRefusal = code === 'conversation_already_has_active_response';
      if (isRefusal && (about === this.unanswered || about === null)) this.unanswered = null;
      if (isRefusal) this.followUps = Math.max(0, this.followUps - 1);
    }
    if (received.type === 'input_audio_buffer.speech_stopped') this.followUps = 0;
    if (response['conversation_id'] === null) return;
    if (received.type === 'response.created') {
      this.inProgress = String(response['id']);
      this.unanswered = null;
    }
    if (received.type === 'response.done') this.inProgress = null;
  }

  /** A response the relay asked for speaks for outputs nobody has spoken for. */
  private checkOwed(begun: KnownResponse): void {
    assert(!this.upstream.isSpeaking, 'nobody is interrupted');
    const owed = this.upstream.responses.some((response) => {
      const last = lastAnswer(response);
      return last !== null && !this.wasCancelled(response) && !this.isHeardSince(last, begun);
    });
    assert(owed, `${begun.id} has something to speak for`);
  }

  private isSpokenFor(response: KnownResponse): boolean {
    const last = lastAnswer(response);
    if (last === null || response.forbidsTools || this.wasCancelled(response)) return true;
    return this.isHeardSince(last);
  }

  private isHeardSince(moment: number, except?: KnownResponse): boolean {
    return this.upstream.responses.some(
      (response) => response !== except && response.inConversation && response.beganAt > moment,
    );
  }

  private wasCancelled(response: KnownResponse): boolean {
    return response.reason === 'client_cancelled' || this.cancelledAt.some((moment) => moment >= response.beganAt);
  }

  private isShown(response: KnownResponse): boolean {
    return this.client.responses.has(response.id);
  }

  /** It was shown, or another came in its place. */
  private isShownToEnd(response: KnownResponse): boolean {
    if (this.isShown(response)) return true;
    const later = this.upstream.responses.filter((other) => other.beganAt > response.beganAt && this.isShown(other));
    // While a refusal is under way, an automatic response may be taken for the follow-up and shown as such.
    const inItsPlace = later.filter(({ askedBy }) => askedBy === 'relay' || !this.isInstant);
    return response.messages.length === 0 && inItsPlace.length > 0;
  }
}

const typed = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] };

/** When the last output of a response's calls came; null without calls that were completed and answered. */
function lastAnswer({ calls }: KnownResponse): number | null {
  const runnable = calls.filter(({ isComplete }) => isComplete);
  if (runnable.length === 0 || runnable.some(({ outputs }) => outputs === 0)) return null;
  return Math.max(...runnable.map(({ answeredAt }) => answeredAt));
}

function typeOf(event: object): unknown {
  return 'type' in event ? event.type : undefined;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
