import type { IncomingMessage } from 'node:http';
import type { Gate } from '../auth';
import type { OrgConfig } from '../config';
import { admitOrg } from './admission';
import type { Place } from '../quota/places';
import type { Refusal } from './refusal';
import type { SessionDoor } from './session-door';

/** What it is made with. */
export interface ClientEntranceOptions {
  readonly gate: Gate;
  readonly door: SessionDoor;
}

/** A client that may open a session. */
export interface AdmittedClient {
  /** On whose behalf. */
  readonly org: OrgConfig;
  /** What its session will hold; to be given back where none is opened. */
  readonly place: Place;
}

/** Judges who wants to open a session as a Realtime client: who it is, or why it may not. */
export type ClientEntrance = (request: IncomingMessage) => Promise<AdmittedClient | Refusal>;

export function createClientEntrance({ gate, door }: ClientEntranceOptions): ClientEntrance {
  return async (request) => {
    const admission = await admitOrg(gate, request, ['key', 'client_token', 'this_machine']);
    if (admission.kind === 'refused') return admission.refusal;
    const { org } = admission;
    const place = await door(org);
    return 'status' in place ? place : { org, place };
  };
}
