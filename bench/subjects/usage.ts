/** What a process has used since it started, and what it holds now. */
export interface Usage {
  /** CPU time of all its threads, user and system, in microseconds. */
  readonly cpuUs: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** Buffers and the like outside the heap. */
  readonly externalBytes: number;
  /** Open files and sockets; NaN where the system does not tell. */
  readonly descriptors: number;
}
