import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { z } from 'zod';

/** Where calls are made to, and with which key. */
export interface Line {
  /** Such as `ws://127.0.0.1:8000/v1/realtime`. */
  readonly url: string;
  readonly key: string;
}

/** How a call ended: the close code, and the cause that the relay named, which is blank where none was. */
export interface Ending {
  readonly code: number;
  readonly cause: string;
}

/** What came of dialling. */
export type Dialled =
  | { readonly kind: 'open'; readonly call: Call }
  /** No WebSocket came of it: an HTTP status, or the code of an error of the network. */
  | { readonly kind: 'refused'; readonly why: string };

/** A tenth of a second of silence, 16-bit PCM at 24 kHz, as a browser would send it. */
const silence = JSON.stringify({ type: 'input_audio_buffer.append', audio: Buffer.alloc(4_800).toString('base64') });
const frameMs = 100;

/** What the simulator says before it calls the tool. */
const preamble = 'One moment';

const spoken = '"response.output_audio_transcript.done"';

const patienceMs = 30_000;

const transcriptSchema = z.object({ transcript: z.string() });

/** A call whose microphone is open, and whose caller types. */
export class Call {
  /** Resolves when the conversation can begin: false where the call ended before. */
  readonly ready: Promise<boolean>;
  /** Resolves when it is over, whoever ended it. */
  readonly ended: Promise<Ending>;
  readonly #socket: WebSocket;

  /** Dials once. Never rejects. */
  static async dial({ url, key }: Line): Promise<Dialled> {
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${key}` } });
    return new Promise((resolve) => {
      socket.once('open', () => resolve({ kind: 'open', call: new Call(socket) }));
      socket.once('unexpected-response', (_request, response) => {
        resolve({ kind: 'refused', why: `HTTP ${response.statusCode ?? 0}` });
        response.destroy();
      });
      socket.on('error', (error) => resolve({ kind: 'refused', why: 'code' in error ? String(error.code) : 'error' }));
    });
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    // At once, because what the relay says first may come together with its handshake.
    this.ready = this.#heard((text) => text.includes('"session.created"')).then((event) => event !== undefined);
    const microphone = setInterval(() => socket.send(silence), frameMs);
    this.ended = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        clearInterval(microphone);
        resolve({ code, cause: reason.toString() });
      });
    });
  }

  /**
   * Says something; resolves with the words of the answer, or undefined where none came: the call ended before, or nothing was
   * said for half a minute.
   */
  async ask(words: string): Promise<string | undefined> {
    const answer = this.#heard((text) => text.includes(spoken) && !text.includes(preamble));
    const content = [{ type: 'input_text', text: words }];
    this.#send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
    this.#send({ type: 'response.create' });
    const event = await Promise.race([answer, sleep(patienceMs, undefined, { ref: false })]);
    return event === undefined ? undefined : transcriptSchema.parse(JSON.parse(event)).transcript;
  }

  /** Hangs up; resolves when the line is dead. */
  async hangUp(): Promise<void> {
    this.#socket.close(1000);
    if (this.#socket.readyState !== WebSocket.CLOSED) await once(this.#socket, 'close');
  }

  /** The next message that fits; undefined where the call ends before. */
  #heard(fits: (text: string) => boolean): Promise<string | undefined> {
    return new Promise((resolve) => {
      const listen = (data: Buffer) => {
        const text = data.toString();
        if (fits(text)) settle(text);
      };
      const settle = (text: string | undefined) => {
        this.#socket.off('message', listen).off('close', ended);
        resolve(text);
      };
      const ended = () => settle(undefined);
      this.#socket.on('message', listen).on('close', ended);
      if (this.#socket.readyState === WebSocket.CLOSED) ended();
    });
  }

  #send(event: unknown): void {
    this.#socket.send(JSON.stringify(event));
  }
}
