import { type FailureStatus } from './tool-result';

/** What a tool may say instead of success. `invalid` and the rest are decided before a tool runs. */
const toolFailureStatuses = [
  'not_sent',
  'rejected',
  'unknown',
  'not_configured',
  'unavailable',
  'unavailable_now',
] as const satisfies readonly FailureStatus[];

export type ToolFailureStatus = (typeof toolFailureStatuses)[number];

/** Facts for the record; none of them is told to the model. */
export interface FailureEvidence {
  /** A stable word for what happened, such as `refused`. */
  readonly code?: string;
  readonly httpStatus?: number;
  readonly remoteId?: string;
  /** The bytes that may have arrived, kept with `unknown` so that they can be sent again. */
  readonly body?: string;
}

/**
 * Thrown by a tool that did not succeed. The status decides what the model is told and whether a repeat may run:
 *
 * - `not_sent`, `unavailable`, `not_configured`, `unavailable_now`: provably nothing happened; a repeat runs.
 * - `rejected`: refused for good, nothing happened; a repeat within 60 s gets the same answer.
 * - `unknown`: it may have happened; a repeat gets the same answer and runs nothing.
 */
export class ToolFailure extends Error {
  readonly code = 'tool_failure';
  override readonly name = 'ToolFailure';

  /** `reason` is a sentence for the model: plain, and without anything secret. Default: that of the status. */
  constructor(
    readonly status: ToolFailureStatus,
    readonly reason?: string,
    readonly evidence: FailureEvidence = {},
    options?: ErrorOptions,
  ) {
    super(reason ?? `The tool ended as ${status}.`, options);
  }
}

/** Whether a tool threw a `ToolFailure`. Told by its code, because a config file may bring a copy of the class. */
export function isToolFailure(error: unknown): error is ToolFailure {
  if (typeof error !== 'object' || error === null) return false;
  const { code, status, reason, evidence }: Partial<Record<keyof ToolFailure, unknown>> = error;
  return (
    code === 'tool_failure' &&
    toolFailureStatuses.some((known) => known === status) &&
    (reason === undefined || typeof reason === 'string') &&
    typeof evidence === 'object' &&
    evidence !== null
  );
}
