import { type CallError } from './errors';

/** How a call is made. */
export interface CallOptions {
  /** Where the relay takes Realtime clients: `wss://relay.example/v1/realtime`. `https:` and a path of the page's own origin do too. */
  readonly url: string | URL;
  /**
   * A client token, or how to get one: asked anew for every connection, so that a reconnect works after the first token has
   * expired. Where its `fetch` gets no answer, that is tried again; whatever else it throws ends the call: a `CallError` as it
   * is (`relay_busy` and `relay_unreachable` are tried again), anything else as `token_unavailable`.
   */
  readonly token: string | (() => string | Promise<string>);
  /** True (default): the user is asked for a microphone. A stream is used as it is and stays the page's own. False: text only, until `useMicrophone`. */
  readonly microphone?: boolean | MediaStream;
  /** Which microphone to ask for; default: the browser's choice. */
  readonly microphoneId?: string;
  /** Whether `activity` is told. Default false. */
  readonly activity?: boolean;
  /** Milliseconds of speech in one message, 20 to 100. Default 40. */
  readonly frameMs?: number;
  /** How the words of the user are written down where the relay has not set that up already. Default: `gpt-4o-mini-transcribe`; false: not at all. */
  readonly transcription?: false | TranscriptionOptions;
  /** What to do when a connection cannot be made or is lost. False: the call ends. */
  readonly reconnect?: false | ReconnectOptions;
  /**
   * Where the audio worklet (`worklet.js` beside this library) is served. By default it is loaded from a `blob:` URL, which a
   * content security policy has to allow (`script-src blob:`).
   */
  readonly workletUrl?: string | URL;
}

export interface TranscriptionOptions {
  readonly model: string;
  /** ISO 639-1, such as `en`: makes it quicker and surer. */
  readonly language?: string;
}

/** Waiting before a try grows from `firstDelayMs`, doubling up to `maxDelayMs`; up to half of it is left to chance. */
export interface ReconnectOptions {
  /** Tries in a row without a conversation, before the call ends. Default 6. */
  readonly maxAttempts?: number;
  /** Default 500. */
  readonly firstDelayMs?: number;
  /** Default 10,000. */
  readonly maxDelayMs?: number;
}

/** One call: from `connect` until its state is `ended`, over as many connections as it takes. */
export interface Call {
  readonly state: CallState;
  readonly isMuted: boolean;
  /** Tells the listener from now on; returns how to stop that. */
  on<Name extends keyof CallEvents>(event: Name, listener: (detail: CallEvents[Name]) => void): () => void;
  /** A turn in writing. It interrupts what is being said. Before there is a conversation it waits for one; false once the call has ended. */
  say(text: string): boolean;
  /** While muted the microphone sends silence, so that the end of what was said is noticed. */
  mute(isMuted: boolean): void;
  /**
   * Takes another microphone, or the browser's choice; also where there was none, or it was refused. Resolves when it is in
   * use, or rejects with a `CallError` and leaves the old one. Once the call has ended it does nothing.
   */
  useMicrophone(deviceId?: string): Promise<void>;
  /** Where the assistant is heard; left out: the browser's choice. Rejects with a `CallError` where the browser cannot. */
  useSpeaker(deviceId?: string): Promise<void>;
  /** Microphones and speakers. Names are empty until the user has allowed a microphone. */
  devices(): Promise<readonly AudioDevice[]>;
  /** Hangs up: silence at once, microphone released, state `ended`. */
  end(): void;
}

export type CallState =
  /** Nothing is heard yet. `attempt` counts from 1; `isReconnect`: there has been a conversation before. */
  | { readonly name: 'connecting'; readonly attempt: number; readonly isReconnect: boolean }
  | { readonly name: 'listening' }
  /** The assistant is heard. It listens all the same. */
  | { readonly name: 'speaking' }
  | { readonly name: 'ended'; readonly cause: EndCause };

export type EndCause =
  /** `call.end()`. */
  | { readonly kind: 'hung_up' }
  /** The assistant has ended the call, and its goodbye has been heard. */
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly error: CallError };

/** What can be listened to with `call.on`. */
export interface CallEvents {
  readonly state: CallState;
  readonly transcript: Transcript;
  /** About twenty times a second while there is audio. */
  readonly levels: Levels;
  /** `busy` while the assistant is checking something; only with the option `activity`. */
  readonly activity: 'busy' | 'idle';
  /** Milliseconds from the end of what the user said or wrote until the answer was heard. */
  readonly latency: { readonly ms: number };
  /** The connection was lost and a new conversation has begun, which knows nothing of the one before. `number` counts from 1, so the first told is 2. */
  readonly conversation: { readonly number: number };
  /** Also told where the call goes on; where it does not, `state` says so too. */
  readonly error: CallError;
}

/** What one side has said in one turn, as far as it is known; told again with each word that comes. */
export interface Transcript {
  /** The same in all events of one turn. */
  readonly itemId: string;
  readonly role: 'user' | 'assistant';
  /** Everything so far; empty when it is only known that somebody speaks, which is told to keep the turns in order. */
  readonly text: string;
  /** No more words will come. */
  readonly isFinal: boolean;
  /** The user cut this off: not all of it was heard. */
  readonly isInterrupted: boolean;
}

/** Loudness on a scale from 0 (silence, -60 dB) to 1 (as loud as can be). */
export interface Levels {
  readonly input: number;
  readonly output: number;
}

export interface AudioDevice {
  readonly kind: 'microphone' | 'speaker';
  readonly id: string;
  readonly name: string;
}
