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

/** A client that may open a session. */
export interface AdmittedClient {
  /** On whose behalf. */
  readonly org: OrgConfig;
  /** Asked in the tick in which the session is to open, because others may have opened theirs: why it may not after all. */
  readonly obstacle: () => Refusal | undefined;
}

/** Judges who wants to open a session as a Realtime client: who it is, or why it may not. */
export type ClientEntrance = (request: IncomingMessage) => Promise<AdmittedClient | Refusal>;

export function createClientEntrance({ gate, hasRoom }: ClientEntranceOptions): ClientEntrance {
  return async (request) => {
    const admission = await admitOrg(gate, request, ['key', 'client_token', 'this_machine']);
    if (admission.kind === 'refused') return admission.refusal;
    const { org } = admission;
    const obstacle = () => (hasRoom(org) ? undefined : refusal.tooManySessions());
    return obstacle() ?? { org, obstacle };
  };
}
