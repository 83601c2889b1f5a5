/** One call of a tool, as it comes from the model or over HTTP. */
export interface ToolCall extends CallIds {
  readonly orgId: string;
  readonly toolName: string;
  /** An object, or a JSON string of one; anything else is answered `invalid`. */
  readonly toolArgs: unknown;
  /** Present where the call can be transferred or hung up. */
  readonly callControl?: CallControl;
}

/** What a call belongs to. */
export interface CallIds {
  /** The model's or the HTTP client's id for this call. */
  readonly callId?: string;
  /** The relay's session. Absent over HTTP. */
  readonly sessionId?: string;
}

/** Power over the telephone call behind a session. */
export interface CallControl {
  /** Hands the caller to a human. Resolves when that worked; rejects when it did not. */
  transfer(signal: AbortSignal): Promise<void>;
  /** Ends the call. */
  hangUp(): Promise<void>;
}
