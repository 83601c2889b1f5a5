import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { CallControl } from '../pipeline';
import {
  type CarrierFormat,
  type EndCause,
  type OpenClientSide,
  type Session,
  startSession,
  type ToolRunner,
  turnAway,
  type UpstreamTarget,
  withCallAudio,
} from '../relay';
import type { OrgConfig } from './config';
import type { Logger } from './log';
import type { Metrics } from './metrics';
import type { Place } from './quota/places';
import type { Recordings, SessionRecording } from './recordings';

/** The sessions that are open in this process. */
export interface Sessions {
  /**
   * Starts a session on an open socket. Where that fails, the client is told, and nobody else is touched.
   *
   * @param place held as long as the session lasts
   */
  open(client: WebSocket, org: OrgConfig, place: Place, wishes?: ClientWishes): void;
  /** Starts a session of a phone call; undefined where that fails, and nobody else is touched. */
  openPhone(phone: Phone, org: OrgConfig, place: Place): Session | undefined;
  /** How many are open. */
  readonly count: number;
  /** Lets each end at its next quiet moment; resolves when all have ended. None may be opened any more. */
  drain(): Promise<void>;
  /** Ends all at once. */
  endAll(cause: EndCause): void;
}

/** What a client asks for as it connects, in the query of the address. */
export interface ClientWishes {
  /** To be told while tools run (`activity=1`). */
  readonly activity: boolean;
}

/** A phone call as the client of a session. */
export interface Phone {
  /** The carrier's name. */
  readonly carrier: string;
  readonly open: OpenClientSide;
  /** What it is heard and spoken in. */
  readonly format: CarrierFormat;
  readonly control: CallControl;
  /** What every log line of the session names beside session and org. */
  readonly fields: Readonly<Record<string, string>>;
}

/** What sessions are made with. */
export interface SessionsOptions {
  readonly upstream: UpstreamTarget;
  /** The `session` object for a session of this org that starts now. */
  readonly configFor: (org: OrgConfig) => Readonly<Record<string, unknown>>;
  /** What runs the tools of one session. */
  readonly toolsFor: (org: OrgConfig, sessionId: string, callControl?: CallControl) => ToolRunner;
  /** Left out, nothing is recorded. */
  readonly recordings?: Pick<Recordings, 'begin'>;
  readonly metrics: Pick<Metrics, 'sessionStarted' | 'meter'>;
  readonly log: Logger;
}

export function createSessions({ upstream, configFor, toolsFor, recordings, metrics, log }: SessionsOptions): Sessions {
  const open = new Map<Session, Promise<void>>();

  const start = (
    client: WebSocket | OpenClientSide,
    org: OrgConfig,
    place: Place,
    { phone, activity = false }: { readonly phone?: Phone } & Partial<ClientWishes>,
  ): Session | undefined => {
    const id = `rs_${randomUUID()}`;
    const sessionLog = log.child({ sessionId: id, orgId: org.id, ...phone?.fields });
    let session: Session;
    let recording: SessionRecording | undefined;
    try {
      const ofOrg = configFor(org);
      const config = phone ? withCallAudio(ofOrg, phone.format) : ofOrg;
      recording = recordings?.begin({ id, org, config, carrier: phone?.carrier, log: sessionLog });
      session = startSession({
        id,
        client,
        upstream,
        config,
        tools: toolsFor(org, id, phone?.control),
        limits: org.limits,
        tellsActivity: activity,
        log: sessionLog,
        meter: metrics.meter,
        ...(recording && { tap: recording.tap }),
      });
    } catch (error) {
      sessionLog.error({ err: error }, 'Session could not be started');
      recording?.end('internal_error');
      place.leave();
      return undefined;
    }
    const noteEnd = metrics.sessionStarted(org.id);
    const ended = session.ended.then((ending) => {
      open.delete(session);
      place.leave();
      noteEnd(ending);
      recording?.end(ending.cause);
    });
    open.set(session, ended);
    return session;
  };

  return {
    open(client, org, place, wishes) {
      if (start(client, org, place, { ...wishes }) === undefined) turnAway(client, 'internal_error');
    },

    openPhone: (phone, org, place) => start(phone.open, org, place, { phone }),

    get count() {
      return open.size;
    },

    async drain() {
      for (const session of open.keys()) session.drain();
      await Promise.all(open.values());
    },

    endAll(cause) {
      for (const session of open.keys()) session.end(cause);
    },
  };
}
