import { type FailureStatus } from './tool-result';

/** What a failure means, in words the model can speak. */
export interface Advice {
  readonly error: string;
  /** What the model should do now. */
  readonly advice: string;
  /** Whether the same call may be made again. */
  readonly shouldRetry: boolean;
}

/** The one table of failures. */
export function adviceFor(status: FailureStatus): Advice {
  return table[status];
}

const table: Readonly<Record<FailureStatus, Advice>> = {
  not_sent: {
    error: 'The request could not be delivered, and nothing was sent.',
    advice: 'Tell the user that it has not been done, and offer to try once more.',
    shouldRetry: true,
  },
  unavailable: {
    error: 'The request could not be recorded safely, so nothing was sent.',
    advice: 'Tell the user that it has not been done, and offer to try again in a moment.',
    shouldRetry: true,
  },
  unknown: {
    error: 'It is not known whether the request went through.',
    advice:
      'It may have been done, so do not try it again. Tell the user that it is not confirmed and that somebody will check it.',
    shouldRetry: false,
  },
  rejected: {
    error: 'The request was refused.',
    advice: 'Do not try it again as it is. Tell the user that it could not be done.',
    shouldRetry: false,
  },
  in_progress: {
    error: 'The same request is still being carried out.',
    advice: 'Do not send it again. Tell the user that it is under way and not confirmed yet.',
    shouldRetry: false,
  },
  conflict: {
    error: 'The same request was already made with other details.',
    advice: 'Do not try it again. Tell the user that the earlier request stands, and ask what should be changed.',
    shouldRetry: false,
  },
  unknown_tool: {
    error: 'There is no such tool.',
    advice: 'Tell the user that this cannot be done here.',
    shouldRetry: false,
  },
  not_configured: {
    error: 'Nothing is set up to carry out this request.',
    advice: 'Tell the user that this cannot be done here at present.',
    shouldRetry: false,
  },
  unavailable_now: {
    error: 'This is switched off at the moment.',
    advice: 'Tell the user that it has not been done and cannot be done right now.',
    shouldRetry: false,
  },
};
