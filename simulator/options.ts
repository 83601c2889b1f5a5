import type { DialectName } from './dialect';
import type { Faults } from './faults';
import type { Pace } from './pace';
import type { Scenario } from './scenario/schema';

/** How a simulator is set up. Everything has a default. */
export interface SimulatorOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Serve `wss` with this certificate and key (PEM). */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The keys that are let in; by default any that is not empty. */
  readonly apiKeys?: readonly string[];
  /**
   * The models that exist, by default all whose name says realtime; in Azure's dialect the deployments, those of
   * transcription models too, by default any.
   */
  readonly models?: readonly string[];
  /** Whose service this stands in for. Default `openai`; `azure` is Azure OpenAI's v1 endpoint. */
  readonly dialect?: DialectName;
  /** What is said and called; without one, and where it says nothing, the rule model decides. */
  readonly scenario?: Scenario;
  /** The words of the next audio turns, before those of the scenario. */
  readonly heard?: readonly string[];
  /** The words of an audio turn nobody gave words to. Default `Hello.` */
  readonly defaultHeard?: string;
  readonly faults?: Faults;
  /** Default: ten times real time after 100 ms of thinking. Tests want `instant`. */
  readonly pace?: Pace;
  /** How long a session may last, in milliseconds. Default 3,600,000 (protocol reference, section 1.4). */
  readonly sessionMaxMs?: number;
  /** How many events of a session are remembered, audio included. Default 5,000; 0 remembers none. */
  readonly journalEntries?: number;
  /** How many sessions are remembered after they closed. Default 1,000. */
  readonly closedSessions?: number;
  /** Makes ids repeatable. */
  readonly seed?: number;
  /** Told what happens, a line each, without any content of the conversation. */
  readonly log?: (line: string) => void;
  /** The clock, for dates without a year and for `expires_at`. */
  readonly now?: () => Date;
}
