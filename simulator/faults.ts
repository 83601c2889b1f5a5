/**
 * What a simulator does wrong on purpose. Every field may be changed while it runs: handshakes look at `handshake`, and
 * open sessions at the rest, each time they act.
 */
export interface Faults {
  /** Instead of a session: an HTTP answer with OpenAI's error body, silence, or a connection cut before any answer. */
  handshake?: HandshakeFault | undefined;
  /** Sessions close after they sent this many events. */
  closeAfterEvents?: { count: number; code: number; reason?: string } | undefined;
  /** `session.update` is never answered, or always refused. */
  sessionUpdate?: 'ignore' | 'refuse' | undefined;
  /** The next `times` valid `response.create`s are refused as if a response were active, naming the event or not. */
  refuseResponseCreate?: { times: number; echoEventId: boolean } | undefined;
  /** Every event is sent this much later, in order. */
  delayMs?: number | undefined;
  /** After this many sent events a session's connection stays open and nothing comes or goes, not even a pong. */
  halfOpenAfterEvents?: number | undefined;
}

export type HandshakeFault =
  | 'hang'
  | 'drop'
  | {
      readonly status: 400 | 401 | 403 | 404 | 429 | 500 | 502 | 503 | 504;
      readonly code?: string;
      readonly message?: string;
      /** Seconds, as the `Retry-After` header. */
      readonly retryAfter?: number;
    };
