/** What a tool call of an org may take up. Settings `limits.<name>`, or `orgs.<id>.limits.<name>`. */
export interface PipelineLimits {
  /** Longest arguments of a call, in bytes of their JSON text. */
  readonly toolArgumentBytes: number;
  /** Deepest nesting of the arguments; the outermost object is level 1. */
  readonly toolArgumentDepth: number;
  /** Longest answer to the model, in bytes of its JSON text. */
  readonly toolOutputBytes: number;
}

/** The limits unless set otherwise. */
export const defaultPipelineLimits: PipelineLimits = {
  toolArgumentBytes: 16_384,
  toolArgumentDepth: 16,
  toolOutputBytes: 16_384,
};
