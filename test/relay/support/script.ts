import { defaultSessionLimits, type FunctionOutput, type SessionLimits } from '../../../relay';
import { type Effect, type SessionEvent, type SessionState, type TimerName } from '../../../relay/model';
import { start, step } from '../../../relay/step';
import { describeEffect, parse, type Parsed } from './effect-lines';
import { event, session } from './upstream-events';

/** A script is over when everything that came out has been expected. */
const scripts: Script[] = [];

/** For `afterEach`: fails when something came out that no test looked at. */
export function expectNothingUnread(): void {
  for (const script of scripts.splice(0)) script.expect();
}

interface ScriptOptions {
  readonly config?: object;
  readonly limits?: Partial<SessionLimits>;
  readonly clientConfirmsHeard?: boolean;
  readonly tellsActivity?: boolean;
}

/** A session without sockets, fed event by event; what comes out is expected line by line. */
export class Script {
  state: SessionState;
  nowMs = 0;
  /** Timers that run, with what they were set to. */
  readonly timers = new Map<TimerName, number>();
  readonly sentToClient: Parsed[] = [];
  /** The same as bytes: a frame that passes as it came is the very one that was fed. */
  readonly framesToClient: (Buffer | string)[] = [];
  readonly framesUpstream: (Buffer | string)[] = [];
  readonly sentUpstream: Parsed[] = [];
  readonly prepared: string[] = [];
  readonly logs: string[] = [];
  readonly limitsReached: string[] = [];
  private readonly transcript: string[] = [];
  private unread: string[] = [];

  constructor(options: ScriptOptions = {}) {
    const limits = { ...defaultSessionLimits, ...options.limits };
    const { clientConfirmsHeard = false, tellsActivity = false } = options;
    const config = { type: 'realtime', ...options.config };
    const first = start({ config, limits, clientConfirmsHeard, tellsActivity });
    this.state = first.state;
    first.effects.forEach((effect) => this.perform(effect));
    scripts.push(this);
  }

  /** A session that is configured; what its opening sent is taken as read. */
  static open(options: ScriptOptions & { readonly session?: object } = {}): Script {
    const script = new Script(options);
    script.upstream(event('session.created', { session: session() }));
    script.upstream(event('session.updated', { session: options.session ?? session() }));
    script.forget();
    return script;
  }

  /** Upstream says something; a string or Buffer is sent as it stands. */
  upstream(...events: readonly (object | string)[]): this {
    for (const each of events) this.feed({ kind: 'upstream.frame', frame: frameOf(each) }, `upstream > ${name(each)}`);
    return this;
  }

  /** The client says something. */
  client(...events: readonly (object | string | Buffer)[]): this {
    for (const each of events) {
      this.feed({ kind: 'client.frame', frame: frameOf(each), isBinary: false }, `client > ${name(each)}`);
    }
    return this;
  }

  answer(callId: string, output: string, more: Omit<FunctionOutput, 'output'> = {}): this {
    return this.feed({ kind: 'tool.answered', callId, output: { output, ...more } }, `tool > ${callId} ${output}`);
  }

  fail(callId: string): this {
    return this.feed({ kind: 'tool.failed', callId }, `tool > ${callId} fails`);
  }

  /** A timer fires; one that does not run cannot. */
  fire(timer: TimerName): this {
    const afterMs = this.timers.get(timer);
    if (afterMs === undefined)
      throw new Error(`The timer ${timer} does not run: ${[...this.timers.keys()].join(', ')}`);
    this.timers.delete(timer);
    this.nowMs += afterMs;
    return this.feed({ kind: 'timer', timer }, `timer > ${timer}`);
  }

  feed(sessionEvent: SessionEvent, line: string = `session > ${sessionEvent.kind}`): this {
    this.transcript.push(line);
    const next = step(this.state, sessionEvent, this.nowMs);
    this.state = next.state;
    next.effects.forEach((effect) => this.perform(effect));
    return this;
  }

  /** What came out since the last look must be exactly this; a failure shows both scripts from the beginning. */
  expect(...lines: readonly string[]): this {
    const before = this.transcript.slice(0, this.transcript.length - this.unreadInputs);
    const inputs = this.transcript.slice(before.length);
    const both = (outputs: readonly string[]) => [...before, ...inputs, ...outputs.map((line) => `    ${line}`)];
    const [came, expected] = [both(this.unread).join('\n'), both(lines).join('\n')];
    this.transcript.push(...this.unread.map((line) => `    ${line}`));
    this.forget();
    expect(came).toBe(expected);
    return this;
  }

  /** What came out since the last look, taken as read. */
  takeUnread(): readonly string[] {
    const lines = this.unread;
    this.forget();
    return lines;
  }

  /** Takes what came out as read. */
  forget(): this {
    this.unread = [];
    this.readTo = this.transcript.length;
    return this;
  }

  private readTo = 0;

  private get unreadInputs(): number {
    return this.transcript.length - this.readTo;
  }

  private perform(effect: Effect): void {
    switch (effect.kind) {
      case 'timer.set':
        this.timers.set(effect.timer, effect.afterMs);
        return;
      case 'timer.clear':
        this.timers.delete(effect.timer);
        return;
      case 'tool.prepare':
        this.prepared.push(`${effect.call.callId} ${effect.call.name} ${effect.call.arguments}`);
        return;
      case 'limit.reached':
        this.limitsReached.push(effect.limit);
        return;
      case 'log':
        this.logs.push(`${effect.message} ${JSON.stringify(effect.fields)}`);
        return;
      case 'send.client':
        this.sentToClient.push(parse(effect.data));
        this.framesToClient.push(effect.data);
        break;
      case 'send.upstream':
        this.sentUpstream.push(parse(effect.data));
        this.framesUpstream.push(effect.data);
        break;
      default:
    }
    this.unread.push(describeEffect(effect));
  }
}

function frameOf(value: object | string): Buffer {
  if (Buffer.isBuffer(value)) return value;
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

function name(value: object | string): string {
  if (typeof value === 'string' || Buffer.isBuffer(value)) return String(value).slice(0, 80);
  return 'type' in value ? String(value.type) : JSON.stringify(value).slice(0, 80);
}
