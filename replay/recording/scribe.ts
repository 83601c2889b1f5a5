import { type AudioFormats, isRecord, withAudio } from './audio';
import { audioFormatSchema, type RecordedEvent, type RecordingHeader, unknownType } from './format';
import { pseudonyms, redacted, type Redaction } from './redact';

/**
 * Writes the lines of one recording: takes messages as they passed, and gives the text that may be kept of them, without
 * the end of the line.
 */
export class Scribe {
  readonly #header: RecordingHeader;
  readonly #redaction: Redaction;
  #formats: AudioFormats;

  constructor(header: RecordingHeader) {
    this.#header = header;
    this.#redaction = { pseudonym: pseudonyms(), keepsAudio: header.audio === 'kept' };
    this.#formats = { input: header.input_format, output: header.output_format };
  }

  header(): string {
    return JSON.stringify(this.#header);
  }

  /** @param t milliseconds since the session's start */
  event(t: number, from: 'client' | 'relay', message: Buffer): string {
    try {
      return JSON.stringify({ t: tenth(t), from, event: this.#recordable(from, message) });
    } catch {
      // No JSON, or nested deeper than can be followed.
      return JSON.stringify({ t: tenth(t), from, event: unknownEvent(message) });
    }
  }

  end(t: number, cause: string): string {
    return JSON.stringify({ t: tenth(t), end: cause });
  }

  cut(t: number, why: string): string {
    return JSON.stringify({ t: tenth(t), cut: why });
  }

  #recordable(from: 'client' | 'relay', message: Buffer): RecordedEvent {
    const event: unknown = JSON.parse(message.toString());
    if (!isEvent(event)) return unknownEvent(message);
    if (from === 'relay') this.#noteFormats(event);
    const heard = withAudio(event, this.#header.audio, from, this.#formats);
    if (this.#header.personal_data === 'kept') return heard;
    return redacted(heard, this.#redaction) ?? unknownEvent(message);
  }

  /** What the session says it is set up with from now on. */
  #noteFormats({ type, session }: RecordedEvent): void {
    if (type !== 'session.created' && type !== 'session.updated') return;
    const audio = isRecord(session) && isRecord(session['audio']) ? session['audio'] : {};
    const { input, output } = this.#formats;
    this.#formats = { input: formatIn(audio['input']) ?? input, output: formatIn(audio['output']) ?? output };
  }
}

const formatIn = (side: unknown) => (isRecord(side) ? audioFormatSchema.safeParse(side['format']).data : undefined);

const isEvent = (value: unknown): value is RecordedEvent => isRecord(value) && typeof value['type'] === 'string';

const unknownEvent = (message: Buffer): RecordedEvent => ({ type: unknownType, bytes: message.length });

const tenth = (ms: number) => Math.round(ms * 10) / 10;
