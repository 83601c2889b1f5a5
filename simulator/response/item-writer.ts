import type { Conversation, Entry } from '../conversation';
import { itemAdded, itemDone } from '../protocol/events';
import * as events from '../protocol/response-events';
import type { IdSource } from '../protocol/ids';
import type { Modality } from '../protocol/session-object';
import type {
  ContentPart,
  FunctionCallItem,
  ItemStatus,
  MessageItem,
  Phase,
  ServerBody,
  WireItem,
} from '../protocol/wire';
import { obfuscationFor } from '../speech/deltas';
import type { SpokenDelta } from '../speech/voice';

/** What an item of a response needs of its surroundings. */
export interface ItemStage {
  readonly ids: IdSource;
  readonly responseId: string;
  readonly outputIndex: number;
  /** Where the item goes; absent for an out-of-band response, whose items no conversation events announce. */
  readonly conversation: Conversation | undefined;
  readonly emit: (body: ServerBody) => void;
}

/** An output item while it is written. Closing it twice does nothing. */
export interface ItemWriter {
  readonly item: WireItem;
  /** Everything meant to be in it is in it: it closes as completed even if its response is cut off afterwards. */
  isWhole: boolean;
  close(status: ItemStatus): void;
}

/** Writes an assistant message: audio with its transcript, or text. */
export class MessageWriter implements ItemWriter {
  readonly item: MessageItem;
  isWhole = false;
  private readonly entry: Entry;
  private readonly place: events.ItemPlace;
  private readonly previousId: string | null;
  private words = '';
  private isClosed = false;

  constructor(
    private readonly stage: ItemStage,
    private readonly modality: Modality,
    private readonly phase: Phase | undefined,
  ) {
    const { ids, responseId, outputIndex, emit } = stage;
    this.item = {
      id: ids.next('item'),
      type: 'message',
      status: 'in_progress',
      role: 'assistant',
      content: [],
      ...(phase === undefined ? {} : { phase }),
    };
    this.entry = { item: this.item, ...(modality === 'audio' ? { audio: [], audioMs: 0 } : {}) };
    this.place = { responseId, itemId: this.item.id, outputIndex };
    this.previousId = open(stage, this.place, this.entry);
    emit(events.contentPartAdded(this.place, this.part()));
  }

  get spokenMs(): number {
    return this.entry.audioMs ?? 0;
  }

  writeWords(delta: string): void {
    this.words += delta;
    const padding = obfuscationFor(delta, this.stage.ids);
    this.stage.emit(
      this.modality === 'audio'
        ? events.transcriptDelta(this.place, delta, padding)
        : events.textDelta(this.place, delta, padding),
    );
  }

  writeAudio(delta: SpokenDelta): void {
    this.entry.audio?.push(delta.bytes);
    this.entry.audioMs = this.spokenMs + delta.ms;
    this.stage.emit(events.audioDelta(this.place, delta.base64));
  }

  close(status: ItemStatus): void {
    if (this.isClosed) return;
    this.isClosed = true;
    const { emit } = this.stage;
    const content: ContentPart =
      this.modality === 'audio'
        ? { type: 'output_audio', transcript: this.words }
        : { type: 'output_text', text: this.words };
    Object.assign(this.item, { status, content: [content] });
    if (this.modality === 'audio') {
      emit(events.audioDone(this.place));
      emit(events.transcriptDone(this.place, this.words));
    } else {
      emit(events.textDone(this.place, this.words));
    }
    emit(events.contentPartDone(this.place, this.part()));
    // Captured so: a preamble's `done` has no predecessor although its `added` had one (protocol reference, section 8).
    const previousId = this.phase === 'commentary' ? null : this.previousId;
    closeItem(this.stage, this.place, this.item, previousId);
  }

  private part(): events.Part {
    return this.modality === 'audio' ? { type: 'audio', transcript: this.words } : { type: 'text', text: this.words };
  }
}

/** Oddities of servers that only nearly speak the protocol. */
export interface CallQuirks {
  /** `function_call_arguments.done` comes without `name` (protocol reference, section 4.1). */
  readonly noName: boolean;
  /** `response.output_item.done` never comes. */
  readonly noItemDone: boolean;
}

/** Writes a function call. */
export class CallWriter implements ItemWriter {
  readonly item: FunctionCallItem;
  isWhole = false;
  private readonly place: events.ItemPlace;
  private readonly previousId: string | null;
  private written = '';
  private isClosed = false;

  constructor(
    private readonly stage: ItemStage,
    name: string,
    callId: string,
    private readonly quirks: CallQuirks,
  ) {
    const { ids, responseId, outputIndex } = stage;
    this.item = {
      id: ids.next('item'),
      type: 'function_call',
      status: 'in_progress',
      name,
      call_id: callId,
      arguments: '',
    };
    this.place = { responseId, itemId: this.item.id, outputIndex };
    this.previousId = open(stage, this.place, { item: this.item });
  }

  write(delta: string): void {
    this.written += delta;
    const padding = obfuscationFor(delta, this.stage.ids);
    this.stage.emit(events.argumentsDelta(this.place, this.item.call_id, delta, padding));
  }

  close(status: ItemStatus): void {
    if (this.isClosed) return;
    this.isClosed = true;
    Object.assign(this.item, { status, arguments: this.written });
    const { name, call_id: callId } = this.item;
    const done = events.argumentsDone(this.place, callId, name, this.written);
    this.stage.emit(this.quirks.noName ? withoutName(done) : done);
    closeItem(this.stage, this.place, this.item, this.previousId, this.quirks.noItemDone);
  }
}

/** Announces an item and puts it into the conversation; returns the id of the one before it. */
function open({ conversation, emit }: ItemStage, place: events.ItemPlace, entry: Entry): string | null {
  emit(events.outputItemAdded(place, structuredClone(entry.item)));
  if (conversation === undefined) return null;
  const previousId = conversation.insert(entry);
  emit(itemAdded(previousId, structuredClone(entry.item)));
  return previousId;
}

function closeItem(
  { conversation, emit }: ItemStage,
  place: events.ItemPlace,
  item: WireItem,
  previousId: string | null,
  silently = false,
): void {
  if (conversation !== undefined) emit(itemDone(previousId, structuredClone(item)));
  if (!silently) emit(events.outputItemDone(place, structuredClone(item)));
}

function withoutName(body: ReturnType<typeof events.argumentsDone>): ServerBody {
  // A cast, because the point of this event is that it lacks what the official type requires.
  const { name: _name, ...rest } = body;
  return rest as ServerBody;
}
