import { type Usage } from './usage';

/** Something that stands between voice clients and upstream, and can be measured. */
export interface Subject {
  /** As the tables call it. */
  readonly name: string;
  /** Starts it in a process of its own, before the upstream at this `ws:` URL. */
  start(upstreamUrl: string, heap?: HeapSettings): Promise<RunningSubject>;
}

/** For a subject written for Node. */
export interface HeapSettings {
  /**
   * Largest half of the young generation, in MiB; Node's own default is tens of them. It fills once, however many sessions
   * there are, so who counts the memory of a session keeps it small.
   */
  readonly youngMiB: number;
}

export interface RunningSubject {
  /** Where clients connect, `ws:`. */
  readonly url: string;
  /** Asks the process itself; `afterGc` collects garbage first, which takes a while. */
  usage(afterGc?: boolean): Promise<Usage>;
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>;
}
