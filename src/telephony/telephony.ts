import type { FastifyInstance } from 'fastify';
import type { IntentStore } from '../../pipeline';
import type { RelayConfig } from '../config';
import type { SessionDoor } from '../http/session-door';
import type { Entrance } from '../http/upgrade';
import type { Logger } from '../log';
import type { Metrics } from '../metrics';
import type { Sessions } from '../sessions';
import type { Team } from '../workers/team';
import { createCalls } from './calls';
import { createCarrierApi } from './carrier-api';
import { asterisk } from './carriers/asterisk';
import { dialplanEntrance } from './dialplan-entrance';
import { mediaEntrance } from './media-entrance';
import { createMediaTokens } from './media-token';
import { carriers, createSwitchboard } from './switchboard';
import { addVoiceRoutes } from './voice-routes';

/** Phone calls: their webhooks, their media, and power over them. */
export interface Telephony {
  addRoutes(app: FastifyInstance): void;
  readonly entrance: Entrance;
  /** Resolves when nothing is being asked of a carrier any more. */
  idle(): Promise<void>;
  /** Cuts the connections to carriers. */
  close(): Promise<void>;
}

/** What telephony is made with. */
export interface TelephonyOptions {
  readonly config: Pick<RelayConfig, 'orgs' | 'listen' | 'tokenSecret'>;
  readonly sessions: Pick<Sessions, 'openPhone'>;
  readonly door: SessionDoor;
  readonly store: Pick<IntentStore, 'redeem'>;
  /** The other workers of this machine, if there are any. */
  readonly team: Pick<Team, 'tellTaken' | 'onTaken'> | undefined;
  readonly metrics: Metrics;
  readonly isDraining: () => boolean;
  readonly log: Logger;
}

/** Where no org has a phone number, undefined: then there is nothing at the addresses of telephony. */
export function createTelephony(options: TelephonyOptions): Telephony | undefined {
  const { config, sessions, door, store, team, metrics, isDraining } = options;
  const { publicUrl } = config.listen;
  const switchboard = createSwitchboard(config.orgs, publicUrl);
  const lines = config.orgs.flatMap((org) => asterisk.lineOf(org) ?? []);
  if (switchboard.isEmpty && lines.length === 0) return undefined;
  const log = options.log.child({ part: 'telephony' });
  const api = createCarrierApi();
  const tokens = createMediaTokens(config.tokenSecret);
  const calls = createCalls({ sessions, api, store, team, metrics: metrics.phones, log });
  const announced = mediaEntrance({ switchboard, calls, door, tokens, store, log });
  const unannounced = dialplanEntrance({ carrier: asterisk.name, lines, calls, door, store, log });
  return {
    addRoutes(app) {
      if (publicUrl === undefined || switchboard.isEmpty) return;
      const asked = { carriers, switchboard, calls, door, tokens, store, publicUrl };
      addVoiceRoutes(app, { ...asked, isDraining, metrics, log });
    },
    entrance: { judge: (request) => announced.judge(request) ?? unannounced.judge(request) },
    idle: () => calls.idle(),
    close: () => api.close(),
  };
}
