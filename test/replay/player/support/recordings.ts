import type { RecordingHeader, RecordingLine } from '../../../../replay/recording/format';
import { ScriptBuilder } from '../../../../replay/player/script-builder';
import type { Script } from '../../../../replay/player/script';

export const g711 = { type: 'audio/pcmu' } as const;

export const header: RecordingHeader = {
  format: 'realtime-relay-recording',
  version: 1,
  recorded_at: '2026-11-23T10:00:00.000Z',
  session: 'sess_recorded',
  audio: 'kept',
  personal_data: 'kept',
  input_format: g711,
  output_format: g711,
};

/** What the client said at a time, in milliseconds. */
export const said = (t: number, event: { type: string; [member: string]: unknown }): RecordingLine => ({
  t,
  from: 'client',
  event,
});

/** What came back. */
export const came = (t: number, event: { type: string; [member: string]: unknown }): RecordingLine => ({
  t,
  from: 'relay',
  event,
});

/** Twenty milliseconds of G.711 that can be told by its letter. */
export const frameOf = (letter: string) => Buffer.alloc(160, letter).toString('base64');

export const append = (letter: string) => ({ type: 'input_audio_buffer.append', audio: frameOf(letter) });
export const done = (status = 'completed') => ({ type: 'response.done', response: { status } });
/** Twenty milliseconds of an answer, as G.711. */
export const audioDelta = { type: 'response.output_audio.delta', delta: frameOf('x') };

/** A typed question and its answer, which came two seconds later; then another question, and the client left. */
export const twoQuestions: readonly RecordingLine[] = [
  came(10, { type: 'session.created', session: {} }),
  said(100, { type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [] } }),
  said(101, { type: 'response.create' }),
  came(110, { type: 'conversation.item.added', item: { id: 'item_1', type: 'message', role: 'user' } }),
  came(300, { type: 'response.created', response: {} }),
  came(400, audioDelta),
  came(2_100, done()),
  said(2_600, { type: 'response.create' }),
  came(2_700, { type: 'response.created', response: {} }),
  came(2_800, audioDelta),
  came(3_000, done()),
  { t: 4_000, end: 'client_closed' },
];

export function scriptOf(lines: readonly RecordingLine[], about: Partial<RecordingHeader> = {}): Script {
  const builder = new ScriptBuilder('test', { ...header, ...about });
  for (const line of lines) builder.add(line);
  return builder.build();
}
