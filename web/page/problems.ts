import { type CallError, type CallErrorCode } from '../client';

/** What the page says about an error, and offers. */
export interface Problem {
  readonly title: string;
  /** The way out. */
  readonly advice: string;
  readonly offer?: Offer;
}

/** What a button beside the words does. */
export type Offer = 'microphone' | 'https' | 'reload';

/** Says an error of a call in words. */
export function describe({ code, detail }: Pick<CallError, 'code' | 'detail'>): Problem {
  return (code === 'session_ended' && endings.get(detail ?? '')) || problems[code];
}

/** What the sample voice says cannot be fetched. */
export const noSampleVoice: Problem = {
  title: 'The sample voice cannot be loaded',
  advice: 'See that you are connected, and try again; or type.',
};

const problems: Readonly<Record<CallErrorCode, Problem>> = {
  insecure_context: {
    title: 'This page is not secure',
    advice: 'Browsers allow voice only over https, or on the relay’s own machine at http://localhost.',
    offer: 'https',
  },
  unsupported_browser: {
    title: 'This browser cannot hold a call',
    advice: 'Use a current version of Chrome, Edge, Firefox or Safari.',
  },
  audio_unavailable: {
    title: 'The sound could not be started',
    advice: 'Reload the page. If it happens again, another program may be holding the sound card.',
    offer: 'reload',
  },
  playback_blocked: {
    title: 'The browser keeps the page silent',
    advice: 'Click anywhere, or press a key, to hear the assistant.',
  },
  microphone_refused: {
    title: 'The microphone is not allowed',
    advice: 'Allow it beside the address of this page and try again, or go on in writing.',
    offer: 'microphone',
  },
  microphone_missing: {
    title: 'No microphone was found',
    advice: 'Connect one and try again, or go on in writing.',
    offer: 'microphone',
  },
  microphone_failed: {
    title: 'The microphone does not start',
    advice: 'Another program may be using it: close that and try again, or go on in writing.',
    offer: 'microphone',
  },
  microphone_lost: {
    title: 'The microphone was disconnected',
    advice: 'Connect it and try again, or go on in writing.',
    offer: 'microphone',
  },
  speaker_failed: {
    title: 'That speaker cannot be used',
    advice: 'The assistant goes on where it was heard before. Choose another one.',
  },
  token_unavailable: {
    title: 'This page has no token',
    advice: 'The relay gives one by itself only to its own machine. Open the page by a link that ends in #token=…',
  },
  token_expired: {
    title: 'The link has expired',
    advice: 'A token opens calls for a short time only. Ask for a new link.',
  },
  token_refused: {
    title: 'The link is not valid here',
    advice: 'The relay does not know its token. Ask for a new link.',
  },
  origin_refused: {
    title: 'Calls are not allowed from this address',
    advice: 'The relay’s operator decides on it, with “allowedOrigins”.',
  },
  relay_busy: {
    title: 'All lines are busy',
    advice: 'Wait a moment, then call again.',
  },
  relay_unreachable: {
    title: 'The relay cannot be reached',
    advice: 'See that you are connected to the internet, then call again.',
  },
  connection_lost: {
    title: 'The connection was lost',
    advice: 'Call again: a new conversation begins, which knows nothing of this one.',
  },
  session_ended: {
    title: 'The relay has ended the call',
    advice: 'Call again. If it ends again, tell the relay’s operator.',
  },
  request_refused: {
    title: 'That did not work',
    advice: 'The last request could not be answered. Say it again.',
  },
};

/** Endings of a session that are worth their own words (docs/protocol.md). */
const endings: ReadonlyMap<string, Problem> = new Map<string, Problem>([
  ['idle', { title: 'Nobody spoke for a long time', advice: 'So the call was ended. Call again whenever you like.' }],
  ['session_expired', { title: 'The call has reached its longest time', advice: 'Call again to go on.' }],
  ['draining', { title: 'The relay is being restarted', advice: 'Call again in a moment.' }],
  ['slow_client', { title: 'The connection is too slow', advice: 'Call again from where it is better.' }],
]);
