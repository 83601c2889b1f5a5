/** The bounds of one session. Every one has its default in `defaultSessionLimits`. */
export interface SessionLimits {
  /** Largest message taken from the client, in bytes; the socket must be opened with the same `maxPayload`. */
  readonly maxMessageBytes: number;
  /** Largest message taken from upstream, in bytes: a retrieved item may carry megabytes of audio. */
  readonly upstreamMessageBytes: number;
  /** Client messages a second; the allowance holds two seconds' worth, so a short burst passes. */
  readonly messagesPerSecond: number;
  /** Longest life of a session, in milliseconds; the API ends its own after 60 minutes. */
  readonly sessionMaxMs: number;
  /** Longest time without any message from the client, in milliseconds. */
  readonly idleMs: number;
  /** Longest time from the start of the session until upstream has taken its configuration, in milliseconds. */
  readonly upstreamConnectMs: number;
  /** Client bytes held until then; at the limit the client's socket is no longer read. */
  readonly heldBytes: number;
  /** Unsent bytes towards one side at which the other side is no longer read. */
  readonly bufferHighBytes: number;
  /** Unsent bytes towards one side at which the session ends. */
  readonly bufferMaxBytes: number;
  /** Longest time one side may leave the other unread, in milliseconds. */
  readonly slowClientMs: number;
  /** Time between pings on both legs, in milliseconds. */
  readonly pingMs: number;
  /** Silence of a peer, pongs included, after which it counts as gone, in milliseconds. */
  readonly deadPeerMs: number;
  /** Follow-up responses the relay asks for within one user turn before it forbids tools. */
  readonly roundsPerTurn: number;
  /** Client creates that may wait for the active response; a further one is refused as upstream would refuse it. */
  readonly waitingCreates: number;
  /** Longest a tool may take before the relay answers the model in its place, in milliseconds. */
  readonly toolMs: number;
  /** Largest tool output given to the model, in bytes. */
  readonly toolOutputBytes: number;
  /** Longest wait for a goodbye to be spoken, and then for it to be heard, in milliseconds each. */
  readonly goodbyeMs: number;
}

/** The defaults, as documented in docs/protocol.md. */
export const defaultSessionLimits: SessionLimits = {
  maxMessageBytes: 1_048_576,
  upstreamMessageBytes: 33_554_432,
  messagesPerSecond: 200,
  sessionMaxMs: 3_600_000,
  idleMs: 600_000,
  upstreamConnectMs: 10_000,
  heldBytes: 1_048_576,
  bufferHighBytes: 262_144,
  bufferMaxBytes: 1_048_576,
  slowClientMs: 10_000,
  pingMs: 10_000,
  deadPeerMs: 30_000,
  roundsPerTurn: 8,
  waitingCreates: 8,
  toolMs: 30_000,
  toolOutputBytes: 16_384,
  goodbyeMs: 15_000,
};
