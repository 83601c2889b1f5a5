/** A strict stand-in for the OpenAI Realtime API over WebSocket; see `simulator/README.md`. */
export { type Simulator, startSimulator } from './server';
export type { SimulatorOptions } from './options';
export type { Closing, SocketSession } from './socket-session';
export type { CredentialPlace, DialectName } from './dialect';
export type { Faults, HandshakeFault } from './faults';
export type { JournalEntry, Match, WaitOptions } from './journal';
export { DEFAULT_PACE, type Pace } from './pace';
export type { ParsedScenario, Scenario } from './scenario/schema';
export { loadScenario, parseScenario, ScenarioError, SHIPPED_SCENARIOS } from './scenario/load';
export type { AudioFormat, SessionObject } from './protocol/session-object';
export type { AnyEvent } from './protocol/wire';
export { codecOf, type Codec } from './audio/format';
export { speak, type SpokenDelta } from './speech/voice';
