/** Why something did not work. Stable; made to be matched on. */
export type CallErrorCode = keyof typeof explanations;

/** Something a page can show. `message` is a plain English sentence for people. */
export class CallError extends Error {
  override readonly name = 'CallError';

  constructor(
    readonly code: CallErrorCode,
    /** A closer name where there is one: the ending of the session, or the code of the relay's refusal (docs/protocol.md). */
    readonly detail?: string,
    options?: ErrorOptions,
  ) {
    super(explanations[code], options);
  }
}

/** What each code says to people. */
export const explanations = {
  /** The page is not served over https (or from this machine), so browsers give it no audio. Ends the call. */
  insecure_context: 'Voice needs a secure page: open it over https.',
  /** The browser has no AudioWorklet or no WebSocket. Ends the call. */
  unsupported_browser: 'This browser cannot hold a voice call.',
  /** The audio worklet could not be loaded, or not in time; mostly a content security policy, see `workletUrl`. Ends the call. */
  audio_unavailable: 'The audio of this page could not be started.',
  /**
   * The browser plays nothing before the user has touched the page, or during another call of the same phone; it begins at the
   * next click or key. The call goes on.
   */
  playback_blocked: 'Click anywhere to hear the assistant.',
  /** The user or a policy has said no. The call goes on in writing. */
  microphone_refused: 'The microphone was not allowed. Allow it in the browser, or type.',
  /** There is none, or not the one asked for. The call goes on in writing. */
  microphone_missing: 'No microphone was found. Connect one, or type.',
  /** It is there and cannot be opened; mostly another program has it. The call goes on in writing. */
  microphone_failed: 'The microphone could not be started. Another program may be using it.',
  /** It was unplugged, or its permission withdrawn. The call goes on in writing. */
  microphone_lost: 'The microphone was disconnected.',
  /** The browser cannot choose the speaker, or there is no such one. The call goes on. */
  speaker_failed: 'The speaker could not be chosen.',
  /** The function `token` has thrown, or gave none. Ends the call. */
  token_unavailable: 'This page could not get permission for a call.',
  /** The relay no longer takes the token. Ends the call. */
  token_expired: 'The permission for this call has expired. Reload the page.',
  /** The relay does not know the token. Ends the call. */
  token_refused: 'The relay does not accept the permission for this call.',
  /** The org's `allowedOrigins` do not name this page. Ends the call. */
  origin_refused: 'Calls are not allowed from this page.',
  /** Too many sessions, too many connections, a restart, or a busy voice service. Ends the call after the last try. */
  relay_busy: 'The service is busy. Please try again in a moment.',
  /** No connection could be made. Ends the call after the last try. */
  relay_unreachable: 'The service cannot be reached. Check the connection to the internet.',
  /** A conversation was cut off and none could be begun again. Ends the call. */
  connection_lost: 'The connection was lost.',
  /** The relay has ended the session; `detail` names the ending. Ends the call. */
  session_ended: 'The session has ended.',
  /** The relay refused one message of this call, or an answer failed; `detail` names why. The call goes on. */
  request_refused: 'Something went wrong with the last request.',
} as const;
