import type { ContentPart, FunctionCallItem, MessageItem, WireItem } from './protocol/wire';

/** An item of a conversation and what the server keeps beside it. */
export interface Entry {
  item: WireItem;
  /** The words of a spoken user turn: what the model understood, whether or not anyone asked for a transcription. */
  heard?: string;
  /** The audio of a spoken message, as the bytes of `audioMs` milliseconds. */
  audio?: Buffer[];
  audioMs?: number;
}

/**
 * The default conversation: items in order. A response works on a snapshot of it, so it sees exactly the items that were
 * there when it started.
 */
export class Conversation {
  private entries: Entry[] = [];

  /** Adds an item after another, at the beginning (`null`), or at the end (`undefined`). Returns the id before it. */
  insert(entry: Entry, after?: string | null): string | null {
    const at = after === undefined ? this.entries.length : after === null ? 0 : this.indexOf(after) + 1;
    this.entries.splice(at, 0, entry);
    return this.entries[at - 1]?.item.id ?? null;
  }

  find(id: string): Entry | undefined {
    return this.entries.find(({ item }) => item.id === id);
  }

  has(id: string): boolean {
    return this.indexOf(id) >= 0;
  }

  delete(id: string): void {
    this.entries = this.entries.filter(({ item }) => item.id !== id);
  }

  get lastId(): string | null {
    return this.entries.at(-1)?.item.id ?? null;
  }

  /** The call with this id, if its arguments are complete: a cut-off call can have no output. */
  answerableCall(callId: string): FunctionCallItem | undefined {
    return this.entries
      .map(({ item }) => item)
      .find((item): item is FunctionCallItem => isCall(item) && item.call_id === callId && item.status === 'completed');
  }

  hasOutputFor(callId: string): boolean {
    return this.entries.some(({ item }) => item.type === 'function_call_output' && item.call_id === callId);
  }

  private indexOf(id: string): number {
    return this.entries.findIndex(({ item }) => item.id === id);
  }

  /** The items as they are now; later changes do not reach them. */
  snapshot(): Entry[] {
    return this.entries.map((entry) => ({ ...entry, item: structuredClone(entry.item) }));
  }
}

/**
 * Cuts a spoken message to what was heard of it: the audio after `audioEndMs` and the whole transcript go (protocol
 * reference, section 5).
 */
export function truncate(entry: Entry, message: MessageItem, audioEndMs: number): void {
  const total = entry.audioMs ?? 0;
  const whole = Buffer.concat(entry.audio ?? []);
  const bytes = total === 0 ? 0 : Math.floor((whole.length * audioEndMs) / total);
  entry.audio = [whole.subarray(0, bytes - (bytes % 2))];
  entry.audioMs = audioEndMs;
  message.content = message.content.map((part): ContentPart =>
    part.type === 'output_audio' ? { ...part, transcript: '' } : part,
  );
}

/** The item as `retrieve` shows it: with its audio. */
export function withAudio({ item, audio }: Entry): WireItem {
  if (item.type !== 'message' || audio === undefined) return item;
  const base64 = Buffer.concat(audio).toString('base64');
  const content = item.content.map((part): ContentPart =>
    part.type === 'input_audio' || part.type === 'output_audio' ? { ...part, audio: base64 } : part,
  );
  return { ...item, content };
}

function isCall(item: WireItem): item is FunctionCallItem {
  return item.type === 'function_call';
}
