import type { RealtimeResponse } from 'openai/resources/realtime/realtime';
import type { Conversation } from '../conversation';
import type { IdSource } from '../protocol/ids';
import { responseCreated, responseDone } from '../protocol/response-events';
import { isReasoningModel, type Modality, type SessionObject } from '../protocol/session-object';
import { asOfficial, type OnWire, type Phase, type ServerBody } from '../protocol/wire';
import type { ResponseParams } from '../validate/response-create';
import { type CallQuirks, CallWriter, type ItemStage, type ItemWriter, MessageWriter } from './item-writer';
import { assistantAudioTokens, NO_TOKENS, textTokens, type Tokens, type Usage, usageOf } from './usage';

/** How a response ended (protocol reference, section 4.3). */
export type ResponseEnd =
  | { readonly status: 'completed' }
  | { readonly status: 'cancelled'; readonly reason: 'turn_detected' | 'client_cancelled' }
  | { readonly status: 'incomplete'; readonly reason: 'max_output_tokens' | 'content_filter' }
  | { readonly status: 'failed'; readonly error: { type: string; code: string; message: string } };

/** What a response is made of when it starts. */
export interface ResponseSetup {
  readonly ids: IdSource;
  readonly emit: (body: ServerBody) => void;
  readonly session: SessionObject;
  readonly params: ResponseParams;
  /** The default conversation and its id; absent for an out-of-band response. */
  readonly conversation: { readonly id: string; readonly items: Conversation } | undefined;
  readonly input: Tokens;
  /** What the response before this one read. */
  readonly cached: Tokens;
}

/** Writes one response: its own events, and through item writers those of its items. */
export class ResponseWriter {
  readonly id: string;
  private readonly items: ItemWriter[] = [];
  private outputText = 0;
  private outputAudioMs = 0;

  constructor(private readonly setup: ResponseSetup) {
    this.id = setup.ids.next('resp');
    setup.emit(responseCreated(this.show('in_progress', null, null)));
  }

  get modality(): Modality {
    const { params, session } = this.setup;
    return (params.output_modalities ?? session.output_modalities)[0] ?? 'audio';
  }

  get audioFormat(): SessionObject['audio']['output']['format'] {
    const { params, session } = this.setup;
    return params.audio?.output?.format ?? session.audio.output.format;
  }

  /** Milliseconds of audio written so far. */
  get spokenMs(): number {
    return this.outputAudioMs;
  }

  /** Whether the limit on output tokens is used up; calls count as well. */
  get isOverLimit(): boolean {
    const limit = this.setup.params.max_output_tokens ?? this.setup.session.max_output_tokens;
    const { text, audio } = this.output;
    return limit !== 'inf' && text + audio >= limit;
  }

  /** @param phase left out on the wire for models that have none. */
  openMessage(phase: Phase): MessageWriter {
    const known = isReasoningModel(this.setup.session.model) ? phase : undefined;
    return this.opened(new MessageWriter(this.stage(), this.modality, known));
  }

  openCall(name: string, callId: string | undefined, quirks: CallQuirks): CallWriter {
    return this.opened(new CallWriter(this.stage(), name, callId ?? this.setup.ids.nextCall(), quirks));
  }

  /** Counts output; the item writers have sent it. */
  count({ text = '', audioMs = 0 }: { text?: string; audioMs?: number }): void {
    this.outputText += textTokens(text);
    this.outputAudioMs += audioMs;
  }

  /** Closes what is open, in order: whole items as completed, others as incomplete. */
  closeItems(): void {
    for (const item of this.items) item.close(item.isWhole ? 'completed' : 'incomplete');
  }

  finish(end: ResponseEnd): void {
    this.closeItems();
    const { input, cached, emit } = this.setup;
    const wasSilent = this.items.length === 0 && end.status !== 'completed';
    const usage = wasSilent ? usageOf(NO_TOKENS, NO_TOKENS, NO_TOKENS) : usageOf(input, this.output, cached);
    emit(responseDone(this.show(end.status, detailsOf(end), usage)));
  }

  /** Tokens read and written, for the rate limit. */
  get tokens(): number {
    const { input } = this.setup;
    return input.text + input.audio + input.image + this.output.text + this.output.audio;
  }

  private get output(): Tokens {
    return { text: this.outputText, audio: assistantAudioTokens(this.outputAudioMs), image: 0 };
  }

  private stage(): ItemStage {
    const { ids, emit, conversation } = this.setup;
    return { ids, emit, responseId: this.id, outputIndex: this.items.length, conversation: conversation?.items };
  }

  private opened<W extends ItemWriter>(writer: W): W {
    this.items.push(writer);
    return writer;
  }

  /** The response object, keys in captured order (protocol reference, section 8). */
  private show(
    status: ResponseEnd['status'] | 'in_progress',
    details: OnWire<RealtimeResponse>['status_details'],
    usage: Usage | null,
  ): OnWire<RealtimeResponse> {
    const { session, params, conversation } = this.setup;
    const voice = params.audio?.output?.voice ?? session.audio.output.voice;
    return {
      object: 'realtime.response',
      id: this.id,
      status,
      status_details: details ?? null,
      output: this.items.map(({ item }) => asOfficial(structuredClone(item))),
      conversation_id: conversation?.id ?? null,
      output_modalities: [this.modality],
      max_output_tokens: params.max_output_tokens ?? session.max_output_tokens,
      audio: { output: { format: this.audioFormat, voice: typeof voice === 'string' ? voice : voice.id } },
      usage,
      metadata: params.metadata ?? null,
    };
  }
}

function detailsOf(end: ResponseEnd): OnWire<RealtimeResponse>['status_details'] {
  switch (end.status) {
    case 'completed':
      return null;
    case 'cancelled':
    case 'incomplete':
      return { type: end.status, reason: end.reason };
    case 'failed':
      return { type: 'failed', error: end.error };
  }
}
