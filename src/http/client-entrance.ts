import type { IncomingMessage } from 'node:http';
import type { Gate } from '../auth';
import type { OrgConfig } from '../config';
import { admitOrg } from './admission';
import { type Refusal, refusal } from './refusal';

/** What it is made with. */
export interface ClientEntranceOptions {
  readonly gate: Gate;
  /** Whether the org may open one more session. */
  readonly hasRoom: (org: OrgConfig) => boolean;
}

/** Judges who wants to open a session as a Realtime client: on whose behalf it may, or why not. */
export type ClientEntrance = (request: IncomingMessage) => Promise<OrgConfig | Refusal>;

export function createClientEntrance({ gate, hasRoom }: ClientEntranceOptions): ClientEntrance {
  return async (request) => {
    const admission = await admitOrg(gate, request, ['key', 'client_token', 'this_machine']);
    if (admission.kind === 'refused') return admission.refusal;
    return hasRoom(admission.org) ? admission.org : refusal.tooManySessions();
  };
}
