import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { type Sound, soundOfWav } from '../../simulator/carriers';
import { soundBytes } from '../../simulator/carriers/sound';
import { MULAW_8K, type WireFormat } from '../../simulator/carriers/wire-format';
import { tryParseJson } from '../../simulator/protocol/json';
import { codecFor } from '../player/audio';
import { type AudioFormat, type EventLine, type RecordedEvent } from '../recording/format';
import { type Imported, ImportError, importedHeader, lineAt, pcm24 } from './imported';

/** The name of a folder's script. */
export const folderScript = 'script.json';

/** What is said, in order; each of `say` and `text` is a turn, and the next one waits for its answer. */
const scriptSchema = z.array(
  z.union([
    /** A WAV file in the folder. */
    z.strictObject({ say: z.string() }),
    /** A typed turn. */
    z.strictObject({ text: z.string().min(1) }),
    /** Wait so long before what comes next, in milliseconds. */
    z.strictObject({ pause_ms: z.int().min(0).max(600_000) }),
  ]),
);
type FolderStep = z.infer<typeof scriptSchema>[number];

/** How the voice is sent. */
export interface FolderOptions {
  /** `audio/pcmu` is what phones speak, and a sixth of the bytes. Default `audio/pcm`. */
  readonly format?: 'audio/pcm' | 'audio/pcmu';
}

/**
 * Makes a recording of a folder of WAV files: PCM, floating point or G.711, of any usual rate. They are said in the order of their names,
 * or as `script.json` in the folder has it.
 *
 * @throws ImportError that says what is wrong with the folder; Node's own error where it cannot be read.
 */
export function importWavFolder(folder: string, { format = 'audio/pcm' }: FolderOptions = {}): Imported {
  const names = readdirSync(folder).sort();
  const wavs = names.filter((name) => name.toLowerCase().endsWith('.wav'));
  const script = names.includes(folderScript) ? readScript(join(folder, folderScript)) : wavs.map((say) => ({ say }));
  if (!script.some((step) => !('pause_ms' in step))) {
    throw new ImportError(
      'nothing_to_replay',
      `${folder}: holds no WAV file, and no ${folderScript} that says something.`,
    );
  }
  const input: AudioFormat = format === 'audio/pcm' ? pcm24 : { type: format };
  const speech = new FolderSpeech(input);
  for (const step of script) {
    if ('say' in step) speech.say(soundIn(folder, step.say, wavs));
    else if ('text' in step) speech.type(step.text);
    else speech.pause(step.pause_ms);
  }
  const header = importedHeader(basename(folder), { input_format: input, output_format: input });
  return { header, lines: speech.end(), notes: [] };
}

function readScript(file: string): readonly FolderStep[] {
  const parsed = scriptSchema.safeParse(tryParseJson(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.map(String).join('.') ?? '';
  throw new ImportError(
    'invalid_script',
    `${file}: must be a list of {"say": "file.wav"}, {"text": "…"} and {"pause_ms": 500}${where === '' ? '' : `; entry ${where} is not`}.`,
  );
}

function soundIn(folder: string, name: string, wavs: readonly string[]): Sound {
  if (!wavs.includes(name))
    throw new ImportError('invalid_script', `${folder}: has no WAV file ${JSON.stringify(name)}.`);
  try {
    return soundOfWav(readFileSync(join(folder, name)));
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new ImportError('unreadable_audio', `${join(folder, name)}: ${why}`);
  }
}

/** Frames of this length are sent, in milliseconds; the silence that ends a turn, which is noticed after half a second. */
const [frameMs, endOfTurnMs] = [20, 700];

/** How long an answer takes in the recording; a replay waits for the real one. */
const answerMs = 2_000;

const wireFormats: Readonly<Record<AudioFormat['type'], WireFormat>> = {
  'audio/pcm': { encoding: 'l16', sampleRate: 24_000 },
  'audio/pcmu': MULAW_8K,
  'audio/pcma': { encoding: 'pcma', sampleRate: 8_000 },
};

/** Writes down what a client would have sent, and when an answer came. */
class FolderSpeech {
  readonly #lines: EventLine[] = [];
  #t = 0;
  #answers = 0;

  constructor(private readonly format: AudioFormat) {
    this.#add('relay', { type: 'session.created' });
    const audio = { input: { format }, output: { format } };
    this.#add('client', { type: 'session.update', session: { type: 'realtime', audio } });
    this.#add('relay', { type: 'session.updated' });
  }

  pause(ms: number): void {
    this.#t += ms;
  }

  say(sound: Sound): void {
    const codec = codecFor(this.format);
    const speech = Buffer.concat([soundBytes(sound, wireFormats[this.format.type]), codec.silence(endOfTurnMs)]);
    const frameBytes = frameMs * codec.bytesPerMs;
    for (let at = 0; at < speech.length; at += frameBytes) {
      const frame = speech.subarray(at, at + frameBytes);
      this.#add('client', { type: 'input_audio_buffer.append', audio: frame.toString('base64') });
      this.#t += frameMs;
    }
    this.#answered();
  }

  type(text: string): void {
    const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
    this.#add('client', { type: 'conversation.item.create', item });
    this.#add('client', { type: 'response.create' });
    this.#answered();
  }

  end(): readonly EventLine[] {
    return this.#lines;
  }

  #answered(): void {
    this.#answers += 1;
    const id = `resp_${this.#answers}`;
    this.#add('relay', { type: 'response.created', response: { id, status: 'in_progress' } });
    this.#add('relay', { type: 'response.output_audio.delta', response_id: id, delta: '' });
    this.#t += answerMs;
    this.#add('relay', { type: 'response.done', response: { id, status: 'completed' } });
  }

  #add(from: EventLine['from'], event: RecordedEvent): void {
    this.#lines.push(lineAt(this.#t, from, event));
  }
}
