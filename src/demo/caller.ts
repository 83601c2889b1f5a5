import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Timeline } from './timeline';

/** The few members of server events that a thin client needs; all else is left alone. */
const serverEvent = z.looseObject({
  type: z.string(),
  transcript: z.string().optional(),
  delta: z.string().optional(),
  item: z.looseObject({ id: z.string(), phase: z.string().optional() }).optional(),
  item_id: z.string().optional(),
  session: z.looseObject({ tools: z.array(z.unknown()), instructions: z.string() }).optional(),
  error: z.looseObject({ code: z.string().nullish() }).optional(),
});

/** What no event may hold: the traces of a tool call. */
const ofTools = /function_call|call_id|create_appointment|end_call/;

const transcription = { model: 'gpt-4o-mini-transcribe' };
/** How long an answer may take, in milliseconds. */
const answerMs = 30_000;

const bytesPerMs = 48;
const chunkMs = 100;

/** A client as thin as they come: it sends speech and text, and hears and reads what comes back. */
export class Caller {
  private readonly socket: WebSocket;
  private readonly ended: Promise<unknown>;
  private readonly preambles = new Set<string>();
  private answered: () => void = () => undefined;
  private audioBytes = 0;
  private eventCount = 0;
  private toolEventCount = 0;

  constructor(
    url: string,
    private readonly timeline: Timeline,
  ) {
    this.socket = new WebSocket(url);
    this.ended = once(this.socket, 'close');
    this.socket.on('message', (data: Buffer) => {
      this.eventCount++;
      if (ofTools.test(data.toString())) this.toolEventCount++;
      this.see(serverEvent.parse(JSON.parse(data.toString())));
    });
  }

  /** Resolves when the connection is open. @throws Error when it is refused. */
  async connected(): Promise<void> {
    await once(this.socket, 'open');
  }

  /** Streams speech as a microphone would, and the silence by which its end is noticed; resolves with the answer. */
  async speak(pcm: Buffer, words: string): Promise<void> {
    this.timeline.tell('client', `says ${(pcm.length / bytesPerMs / 1000).toFixed(1)} s of audio: “${words}”`);
    const answer = this.answer();
    const silence = Buffer.alloc(700 * bytesPerMs);
    const audio = Buffer.concat([pcm, silence]);
    for (let at = 0; at < audio.length; at += chunkMs * bytesPerMs) {
      const chunk = audio.subarray(at, at + chunkMs * bytesPerMs);
      this.send({ type: 'input_audio_buffer.append', audio: chunk.toString('base64') });
      await sleep(chunkMs);
    }
    await answer;
  }

  /** Types a turn; resolves with the answer. */
  async type(text: string): Promise<void> {
    this.timeline.tell('client', `types “${text}”`);
    const answer = this.answer();
    const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
    this.send({ type: 'conversation.item.create', item });
    this.send({ type: 'response.create' });
    await answer;
  }

  /** Resolves when the relay has ended the session. */
  async closed(): Promise<void> {
    await this.ended;
    this.timeline.tell(
      'client',
      `the session has ended; of ${this.eventCount} events ${this.toolEventCount} told of a tool`,
    );
  }

  /** What was said before a tool ran is not the answer yet. @throws Error when none comes. */
  private async answer(): Promise<void> {
    this.audioBytes = 0;
    const answered = new Promise<'answered'>((resolve) => (this.answered = () => resolve('answered')));
    const late = new AbortController();
    const noAnswer = sleep(answerMs, 'no answer', { signal: late.signal }).catch(() => 'answered');
    const ended = this.ended.then(() => 'no answer');
    const outcome = await Promise.race([answered, noAnswer, ended]);
    late.abort();
    if (outcome === 'no answer') throw new Error('The conversation of the demo broke off.');
  }

  private see(event: z.infer<typeof serverEvent>): void {
    switch (event.type) {
      case 'session.created':
        this.greet(event.session);
        return;
      case 'input_audio_buffer.speech_started':
        this.timeline.tell('client', 'sees that its speech is heard');
        return;
      case 'conversation.item.input_audio_transcription.completed':
        this.timeline.tell('client', `sees its own words “${event.transcript ?? ''}”`);
        return;
      case 'conversation.item.added':
        if (event.item?.phase === 'commentary') this.preambles.add(event.item.id);
        return;
      case 'response.output_audio.delta':
        this.audioBytes += Buffer.byteLength(event.delta ?? '', 'base64');
        return;
      case 'response.output_audio_transcript.done':
        this.hear(event.transcript ?? '', event.item_id ?? '');
        return;
      case 'error':
        this.timeline.tell('client', `sees the error ${event.error?.code ?? 'without a code'}`);
    }
  }

  /** A client may set how it hears and is heard; here it asks for the words of what it says. */
  private greet(session: z.infer<typeof serverEvent>['session']): void {
    const hidden = session?.tools.length === 0 && session.instructions === '';
    this.timeline.tell(
      'client',
      `sees a session ${hidden ? 'without tools or instructions' : 'with tools or instructions'}`,
    );
    this.send({ type: 'session.update', session: { type: 'realtime', audio: { input: { transcription } } } });
  }

  private hear(words: string, itemId: string): void {
    this.timeline.tell('model', `says “${words}” (${(this.audioBytes / bytesPerMs / 1000).toFixed(1)} s of audio)`);
    this.audioBytes = 0;
    if (!this.preambles.has(itemId)) this.answered();
  }

  private send(event: object): void {
    this.socket.send(JSON.stringify(event));
  }
}
