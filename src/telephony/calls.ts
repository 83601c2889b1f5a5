import type { WebSocket } from 'ws';
import { defaultDeadlineMs, type IntentStore } from '../../pipeline';
import { endings, PhoneClient, type Session } from '../../relay';
import type { Logger } from '../log';
import type { PhoneMetrics } from '../metrics/phones';
import type { Place } from '../quota/places';
import type { Sessions } from '../sessions';
import type { Team } from '../workers/team';
import { type CallControlOptions, PhoneControl } from './call-control';
import type { ApiRequest, CarrierApi } from './carrier-api';
import type { Line } from './line';
import { phoneLimitsOf } from './phone-limits';
import { releasedAfter } from './released-after';
import { streamTicket, ticketMs } from './stream-ticket';

/** The calls of this process: those that were announced and those that are on. */
export interface Calls {
  /**
   * Opens the session of a call whose stream is to come, so that upstream is ready when it does. A session whose stream never
   * comes ends by itself.
   *
   * @param place what the session holds
   * @returns whether there is a session now.
   */
  announce(line: Line, callId: string, place: Place): boolean;
  /** Whether a call waits for its stream in this process. */
  isAwaited(line: Line, callId: string): boolean;
  /** Whether a call has its stream in this process. */
  isOn(line: Line, callId: string): boolean;
  /**
   * Gives a call its stream, in the tick in which it opened; one that was announced elsewhere gets its session now.
   *
   * @param place for that session; undefined where one was awaiting the stream when this was judged
   */
  attach(line: Line, callId: string, stream: WebSocket, place: Place | undefined): void;
  /** Tells a carrier that takes commands what to do with a call that rings; what comes of it is logged and counted. */
  command(line: Line, callId: string, request: ApiRequest): void;
  /** Resolves when nothing is being asked of a carrier any more. */
  idle(): Promise<void>;
}

/** What calls are made with. */
export interface CallsOptions {
  readonly sessions: Pick<Sessions, 'openPhone'>;
  readonly api: CarrierApi;
  /** Where it is known which calls have had their stream, in every process. */
  readonly store: Pick<IntentStore, 'redeem'>;
  /** The other workers of this machine: a session that waits for a stream which came to one of them ends. */
  readonly team: Pick<Team, 'tellTaken' | 'onTaken'> | undefined;
  readonly metrics: PhoneMetrics;
  readonly log: Logger;
}

/** Milliseconds a carrier has to take a command about a call that rings. */
export const commandMs = 5_000;

export function createCalls({ sessions, api, store, team, metrics, log }: CallsOptions): Calls {
  const awaited = new Map<string, OpenCall>();
  const on = new Map<string, PhoneClient>();
  const asking = new Set<Promise<void>>();

  const open = (line: Line, callId: string, place: Place): OpenCall | undefined => {
    const fields = fieldsOf(line, callId);
    const phone = new PhoneClient({
      dialect: line.dialect,
      format: line.format,
      admit: (start) => line.streamsHaveOwnIds === true || start.callId === callId,
      limits: phoneLimitsOf(line.org.limits),
      meter: metrics.meterOf(line.carrier),
    });
    const control = controlOver(line, callId, {
      heard: () => phone.heard(),
      endSession: () => session?.end('call_ended'),
    });
    const side = releasedAfter(phone.open, (cause) => {
      const outlives = line.outlivesStream === true;
      const cameHere = on.get(keyOf(line, callId)) === phone;
      const leaving =
        outlives && !cameHere
          ? hasNoStream(line, callId).then((isSilent) => control.sessionEnded(isSilent))
          : control.sessionEnded(outlives || cause === 'call_ended');
      if (leaving !== undefined) track(leaving);
      return leaving;
    });
    const { carrier, format } = line;
    const session = sessions.openPhone({ carrier, open: side, format, control, fields }, line.org, place);
    if (session === undefined) return undefined;
    const noteEnd = metrics.callStarted(line.carrier);
    void session.ended.then(({ cause }) => noteEnd(cause));
    void session.ended.then(() => {
      const key = keyOf(line, callId);
      if (awaited.get(key)?.phone === phone) awaited.delete(key);
      if (on.get(key) === phone) on.delete(key);
    });
    return { phone, session };
  };

  const controlOver = (line: Line, callId: string, part: Pick<CallControlOptions, 'heard' | 'endSession'>) =>
    new PhoneControl({
      ...part,
      line,
      callId,
      api,
      toolMs: line.org.webhook?.deadlineMs ?? defaultDeadlineMs,
      log: log.child({ ...fieldsOf(line, callId), orgId: line.org.id }),
      observe: (action, outcome) => metrics.asked(line.carrier, action, outcome),
    });

  /** The session of a stream could not be started: its call is left as at the end of a session, and then the stream closed. */
  const turnAway = (line: Line, callId: string, stream: WebSocket) => {
    const cause = 'internal_error';
    stream.on('error', () => undefined);
    const control = controlOver(line, callId, { heard: () => Promise.resolve(), endSession: () => undefined });
    const leaving = control.sessionEnded(line.outlivesStream === true) ?? Promise.resolve();
    track(leaving.finally(() => stream.close(endings[cause].closeCode, cause)));
  };

  /** Whether a call whose stream never came here has none anywhere, and will get none; where nobody knows, nobody is cut off. */
  const hasNoStream = (line: Line, callId: string): Promise<boolean> =>
    store.redeem(streamTicket(line, callId), ticketMs(line)).catch(() => false);

  const command = async (line: Line, callId: string, request: ApiRequest) => {
    const saysOver: Line['saysOver'] = (answer) => line.saysOver(answer);
    const outcome = await api.change(request, saysOver, AbortSignal.timeout(commandMs));
    metrics.asked(line.carrier, 'answer', outcome.kind);
    if (outcome.kind === 'done') return;
    const fields = { carrier: line.carrier, orgId: line.org.id, phoneCallId: callId };
    const code = outcome.kind === 'over' ? 'over' : outcome.code;
    log.warn({ ...fields, code }, 'Carrier did not take a command about a call that rings');
  };

  const track = (work: Promise<void>) => {
    asking.add(work);
    void work.finally(() => asking.delete(work));
  };

  team?.onTaken((key) => awaited.get(key)?.session.end('carrier_no_start'));

  return {
    isAwaited: (line, callId) => awaited.has(keyOf(line, callId)),

    isOn: (line, callId) => on.has(keyOf(line, callId)),

    announce(line, callId, place) {
      const call = open(line, callId, place);
      if (call !== undefined) awaited.set(keyOf(line, callId), call);
      return call !== undefined;
    },

    attach(line, callId, stream, place) {
      const key = keyOf(line, callId);
      const waiting = awaited.get(key);
      awaited.delete(key);
      if (waiting === undefined) team?.tellTaken(key);
      else place?.leave();
      const call = waiting ?? (place && open(line, callId, place));
      if (call === undefined) {
        turnAway(line, callId, stream);
        return;
      }
      on.set(key, call.phone);
      call.phone.attach(stream);
    },

    command: (line, callId, request) => track(command(line, callId, request)),

    async idle() {
      await Promise.all(asking);
    },
  };
}

/** A call that has its session. */
interface OpenCall {
  readonly phone: PhoneClient;
  readonly session: Session;
}

const keyOf = ({ carrier, org }: Line, callId: string) => `${carrier} ${org.id} ${callId}`;

const fieldsOf = ({ carrier }: Line, callId: string) => ({ carrier, phoneCallId: callId });
