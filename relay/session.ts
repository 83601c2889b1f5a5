import { type WebSocket } from 'ws';
import { Calls } from './calls';
import { type ClientSide, type OpenClientSide } from './client-side';
import { IdleWatch } from './idle-watch';
import { InTurn } from './in-turn';
import { type SessionLimits } from './limits';
import { type Effect, type SessionEvent, type SessionState, type TimerName } from './model';
import { endings, type EndCause } from './protocol/close';
import { realtimeClient } from './realtime-client';
import { type SessionLog } from './session-log';
import { errorCode, isProtocolError } from './socket-errors';
import { ending, start, step, type Step } from './step';
import { type SessionTap, tapped } from './tap';
import { Timers } from './timers';
import { type ToolRunner } from './tool-runner';
import { connectUpstream, onConnectFailure, type UpstreamTarget } from './upstream';
import { UpstreamLeg } from './upstream-leg';
import { wholeMs } from './whole-ms';

/** What a session counts as it goes; every member is called often and must be cheap. */
export interface SessionMeter {
  /** One message was sent to a side, with its size. */
  sent(to: 'client' | 'upstream', bytes: number): void;
  /** A limit was reached that does not end the session. */
  limitReached(limit: keyof SessionLimits): void;
}

/** What one session is made of. */
export interface SessionOptions {
  /** Names the session in logs. */
  readonly id: string;
  /**
   * The client's socket, open, or a gateway's side. The session owns it from here on; hand a socket over in the tick in
   * which it opened.
   */
  readonly client: WebSocket | OpenClientSide;
  /** Where the model is. */
  readonly upstream: UpstreamTarget;
  /** The `session` object of the relay's `session.update`: `type`, instructions, tools, audio (protocol reference, section 3). */
  readonly config: Readonly<Record<string, unknown>>;
  /** Runs this session's function calls. */
  readonly tools: ToolRunner;
  readonly limits: SessionLimits;
  /** The client is told while tools run, and no more of them. Default false. */
  readonly tellsActivity?: boolean;
  readonly log: SessionLog;
  readonly meter?: SessionMeter;
  /** Sees what the client says and is sent. */
  readonly tap?: SessionTap;
}

/** How and when a session ended. */
export interface Ending {
  readonly cause: EndCause;
  /** From the start of the session, in milliseconds. */
  readonly durationMs: number;
}

/** A running session. */
export interface Session {
  readonly id: string;
  /** Asks the session to end at its next quiet moment: no response, no tool, nobody speaking. */
  drain(): void;
  /** Ends the session at once. A second end is ignored. */
  end(cause: EndCause): void;
  /** Resolves once, when both sockets have been told; never rejects. */
  readonly ended: Promise<Ending>;
}

/**
 * Starts a session: connects upstream, configures it, and relays until one named cause ends it.
 *
 * @throws Where no connection upstream can even be tried: its URL or key cannot stand in a request.
 */
export function startSession(options: SessionOptions): Session {
  return new RunningSession(options);
}

/** What has a part in every message stands in fields; the way of a message leads through few objects (see `FastLane`). */
class RunningSession extends InTurn<SessionEvent> implements Session {
  readonly id: string;
  readonly ended: Promise<Ending>;
  private state: SessionState;
  private readonly down: ClientSide;
  private readonly up: UpstreamLeg;
  private readonly meter: SessionMeter | undefined;
  private readonly log: SessionLog;
  private readonly startedAtMs = wholeMs();
  private readonly timers = new Timers<TimerName>((timer) => this.dispatch({ kind: 'timer', timer }));
  private readonly idle: IdleWatch;
  private readonly calls: Calls;
  private readonly resolveEnded: (ending: Ending) => void;

  constructor({ id, client, upstream, config, tools, limits, tellsActivity = false, log, meter, tap }: SessionOptions) {
    super();
    const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<Ending>();
    this.id = id;
    this.ended = ended;
    this.resolveEnded = resolveEnded;
    this.log = log;
    this.meter = meter;
    const report = (event: SessionEvent) => this.dispatch(event);

    const socket = connectUpstream(upstream, limits);
    onConnectFailure(socket, (failure) => report({ kind: 'upstream.failed', failure }));
    socket.on('error', (error) => {
      this.guarded(() => log.debug({ code: errorCode(error) }, 'Upstream socket error'));
      if (isProtocolError(error)) report({ kind: 'end', cause: 'upstream_protocol_error' });
    });

    const openClient = typeof client === 'function' ? client : realtimeClient(client);
    const openDown = tap ? tapped(openClient, tap) : openClient;
    this.down = openDown({ limits, log, report, onPressure: (isHigh) => this.relieve(this.up, isHigh) });
    this.up = new UpstreamLeg(socket, { limits, report, onPressure: (isHigh) => this.relieve(this.down, isHigh) });
    this.idle = new IdleWatch(
      limits.idleMs,
      () => this.down.lastMessage,
      () => report({ kind: 'end', cause: 'idle' }),
    );
    this.calls = new Calls(tools, report, (callId, error) =>
      this.guarded(() => log.error({ callId, err: error }, 'Tool failed')),
    );

    const first = start({ config, limits, clientConfirmsHeard: this.down.confirmsHeard, tellsActivity });
    this.state = first.state;
    for (const effect of first.effects) this.perform(effect);
    this.guarded(() => log.info({}, 'Session started'));
  }

  drain(): void {
    this.dispatch({ kind: 'drain' });
  }

  end(cause: EndCause): void {
    this.dispatch({ kind: 'end', cause });
  }

  /** Every event passes here, one at a time. */
  protected override handle(event: SessionEvent): void {
    const { state, effects } = this.safeStep(event);
    this.state = state;
    for (const effect of effects) this.perform(effect);
  }

  private safeStep(event: SessionEvent): Step {
    try {
      return step(this.state, event, wholeMs() - this.startedAtMs);
    } catch (error) {
      this.tellFault(error, event.kind);
      // Not by one more step: the state may be what is broken.
      return ending('internal_error');
    }
  }

  private perform(effect: Effect): void {
    try {
      this.carryOut(effect);
    } catch (error) {
      this.fail(error);
    }
  }

  private carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'send.client':
        this.down.send(effect.data);
        return this.meter?.sent('client', effect.data.length);
      case 'send.upstream':
        this.up.send(effect.data);
        return this.meter?.sent('upstream', effect.data.length);
      case 'limit.reached':
        return this.meter?.limitReached(effect.limit);
      case 'client.pause':
        return this.down.pause('opening');
      case 'client.resume':
        return this.down.resume('opening');
      case 'tool.prepare':
        return this.calls.prepare(effect.call);
      case 'tool.run':
        return this.calls.run(effect.call);
      case 'tool.drop':
        return this.calls.drop(effect.callId);
      case 'timer.set':
        return this.timers.set(effect.timer, effect.afterMs);
      case 'timer.clear':
        return this.timers.clear(effect.timer);
      case 'log':
        return this.log[effect.level](effect.fields, effect.message);
      case 'end':
        return this.release(effect.cause);
    }
  }

  /** While one side reads too slowly, the other is not read. */
  private relieve(other: Pick<ClientSide, 'pause' | 'resume'>, isHigh: boolean): void {
    if (!isHigh) return other.resume('pressure');
    this.meter?.limitReached('bufferHighBytes');
    other.pause('pressure');
  }

  private release(cause: EndCause): void {
    this.timers.clearAll();
    this.idle.stop();
    this.down.release(endings[cause].closeCode, cause);
    this.up.release(1000, '');
    const durationMs = wholeMs() - this.startedAtMs;
    this.resolveEnded({ cause, durationMs });
    this.log.info({ cause, durationMs }, 'Session ended');
  }

  /** A fault of the log, the meter or anything else an effect touches ends this session by name, and no other. */
  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.tellFault(error);
    this.dispatch({ kind: 'end', cause: 'internal_error' });
  }

  private tellFault(error: unknown, event?: SessionEvent['kind']): void {
    try {
      this.log.error({ err: error, event }, 'Session failed');
    } catch {
      // The log itself is what fails; the session's ending will be counted all the same.
    }
  }
}
