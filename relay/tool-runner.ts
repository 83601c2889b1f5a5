/** A function call of the model as the relay hands it over; nothing in it comes from the client. */
export interface FunctionCall {
  /** The model's id of the call, unique in its conversation. */
  readonly callId: string;
  /** Name of the tool the model asked for; not checked by the relay. */
  readonly name: string;
  /** The argument text as the model wrote it: meant to be JSON, not guaranteed to be (protocol reference, section 3.4). */
  readonly arguments: string;
}

/** What a tool answers. */
export interface FunctionOutput {
  /** The text the model gets as `function_call_output.output`; replaced by a failure notice above `toolOutputBytes`. */
  readonly output: string;
  /** True when the session is to end once the model's goodbye has been heard. Default false. */
  readonly endSession?: boolean;
}

/** A call whose arguments have been read and judged, and whose effect has not begun. */
export interface PreparedCall {
  /**
   * Runs the call. Called at most once, and only for a call the model completed; a call that was cut off is dropped
   * without it. A rejection becomes an output saying that the tool failed.
   */
  execute(): Promise<FunctionOutput>;
}

/**
 * Runs one session's tools. The relay calls `prepare` as soon as the arguments are complete, so that parsing and
 * validation overlap with the end of the model's response; `prepare` must not block and must have no effect that a
 * cut-off call would have to undo.
 */
export interface ToolRunner {
  prepare(call: FunctionCall): PreparedCall;
}
