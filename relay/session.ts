import { type WebSocket } from 'ws';
import { Calls } from './calls';
import { type ClientSide, type OpenClientSide } from './client-side';
import { realtimeClient } from './client-socket';
import { IdleWatch } from './idle-watch';
import { inTurn } from './in-turn';
import { Leg } from './leg';
import { type SessionLimits } from './limits';
import { type Effect, type SessionEvent, type SessionState, type TimerName } from './model';
import { endings, type EndCause } from './protocol/close';
import { type SessionLog } from './session-log';
import { errorCode, isProtocolError } from './socket-errors';
import { ending, start, step, type Step } from './step';
import { type SessionTap, tapped } from './tap';
import { Timers } from './timers';
import { type ToolRunner } from './tool-runner';
import { connectUpstream, onConnectFailure, type UpstreamTarget } from './upstream';

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
  const { id, client, limits, tellsActivity = false, log, meter, tap } = options;
  const startedAtMs = performance.now();
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<Ending>();

  /** Every event passes here, one at a time: what an effect causes waits until the effects before it are done. */
  const dispatch = inTurn<SessionEvent>((event) => {
    const { state: after, effects } = safeStep(event);
    state = after;
    for (const effect of effects) perform(effect);
  });

  const upstream = connectUpstream(options.upstream, limits);
  onConnectFailure(upstream, (failure) => dispatch({ kind: 'upstream.failed', failure }));
  upstream.on('error', (error) => {
    guarded(() => log.debug({ code: errorCode(error) }, 'Upstream socket error'));
    if (isProtocolError(error)) dispatch({ kind: 'end', cause: 'upstream_protocol_error' });
  });

  const openClient = typeof client === 'function' ? client : realtimeClient(client);
  const openDown = tap ? tapped(openClient, tap) : openClient;
  const down: ClientSide = openDown({ limits, log, report: dispatch, onPressure: (isHigh) => relieve(up, isHigh) });
  const up: Leg = new Leg(upstream, limits, {
    onMessage: (frame) => dispatch({ kind: 'upstream.frame', frame }),
    onChatter: () => undefined,
    onClose: (code) => dispatch({ kind: 'upstream.closed', code }),
    onQuiet: () => undefined,
    onStalled: () => dispatch({ kind: 'end', cause: 'upstream_stalled' }),
    onDead: () => dispatch({ kind: 'end', cause: 'upstream_unresponsive' }),
    onPressure: (isHigh) => relieve(down, isHigh),
  });
  const idle = new IdleWatch(
    limits.idleMs,
    () => down.lastMessage,
    () => dispatch({ kind: 'end', cause: 'idle' }),
  );
  const timers = new Timers<TimerName>((timer) => dispatch({ kind: 'timer', timer }));
  const calls = new Calls(options.tools, dispatch, (callId, error) =>
    guarded(() => log.error({ callId, err: error }, 'Tool failed')),
  );

  const first = start({
    config: options.config,
    limits,
    clientConfirmsHeard: down.confirmsHeard,
    tellsActivity,
  });
  let state: SessionState = first.state;
  first.effects.forEach(perform);
  guarded(() => log.info({}, 'Session started'));
  return { id, ended, drain: () => dispatch({ kind: 'drain' }), end: (cause) => dispatch({ kind: 'end', cause }) };

  function safeStep(event: SessionEvent): Step {
    try {
      return step(state, event, performance.now() - startedAtMs);
    } catch (error) {
      tellFault(error, event.kind);
      // Not by one more step: the state may be what is broken.
      return ending('internal_error');
    }
  }

  /** A fault of the log, the meter or anything else an effect touches ends this session by name, and no other. */
  function guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      fail(error);
    }
  }

  function fail(error: unknown): void {
    tellFault(error);
    dispatch({ kind: 'end', cause: 'internal_error' });
  }

  function tellFault(error: unknown, event?: SessionEvent['kind']): void {
    try {
      log.error({ err: error, event }, 'Session failed');
    } catch {
      // The log itself is what fails; the session's ending will be counted all the same.
    }
  }

  /** While one side reads too slowly, the other is not read. */
  function relieve(other: Pick<Leg, 'pause' | 'resume'>, isHigh: boolean): void {
    if (!isHigh) return other.resume('pressure');
    meter?.limitReached('bufferHighBytes');
    other.pause('pressure');
  }

  function perform(effect: Effect): void {
    try {
      carryOut(effect);
    } catch (error) {
      fail(error);
    }
  }

  function carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'send.client':
        down.send(effect.data);
        return meter?.sent('client', effect.data.length);
      case 'send.upstream':
        up.send(effect.data);
        return meter?.sent('upstream', effect.data.length);
      case 'limit.reached':
        return meter?.limitReached(effect.limit);
      case 'client.pause':
        return down.pause('opening');
      case 'client.resume':
        return down.resume('opening');
      case 'tool.prepare':
        return calls.prepare(effect.call);
      case 'tool.run':
        return calls.run(effect.call);
      case 'tool.drop':
        return calls.drop(effect.callId);
      case 'timer.set':
        return timers.set(effect.timer, effect.afterMs);
      case 'timer.clear':
        return timers.clear(effect.timer);
      case 'log':
        return log[effect.level](effect.fields, effect.message);
      case 'end':
        return release(effect.cause);
    }
  }

  function release(cause: EndCause): void {
    timers.clearAll();
    idle.stop();
    down.release(endings[cause].closeCode, cause);
    up.release(1000, '');
    const durationMs = Math.round(performance.now() - startedAtMs);
    resolveEnded({ cause, durationMs });
    log.info({ cause, durationMs }, 'Session ended');
  }
}
