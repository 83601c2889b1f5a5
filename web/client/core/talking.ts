import { CallError } from '../errors';
import { change, send, type TalkDraft, tell } from './draft';
import { isEnding } from './endings';
import { interrupt, show, truncate } from './interruption';
import { begin, finish, hasBegun, played, receive, type PlayedSoFar } from './playback';
import { readServerEvent, type ServerEvent } from './server-event';
import { addWords, beginTurn, failWords, finishWords } from './turns';

/** The relay says something in a conversation. */
export function hear(draft: TalkDraft, text: string): void {
  const event = readServerEvent(text);
  const talk = draft.state.phase;
  switch (event.kind) {
    case 'session':
      change(draft, { session: event.facts });
      return;
    case 'response.begun':
      change(draft, { active: [...talk.active, event.responseId].slice(-mostActive) });
      return;
    case 'response.done':
      endResponse(draft, event);
      return;
    case 'audio':
      play(draft, event);
      return;
    case 'audio.done':
      finishParts(draft, (part) => part.itemId === event.part.itemId && part.contentIndex === event.part.contentIndex);
      return;
    case 'speech.started':
      if (talk.session.isInterruptible) interrupt(draft);
      if (talk.session.isTranscribed && event.itemId !== '') show(draft, beginTurn(talk.turns, 'user', event.itemId));
      return;
    case 'speech.stopped':
      change(draft, { askedAtMs: endOfSpeech(draft, event.audioEndMs) });
      return;
    case 'words':
      show(draft, addWords(talk.turns, event.role, event.part, event.more));
      return;
    case 'words.done':
      show(draft, finishWords(talk.turns, event.role, event.part, event.text));
      return;
    case 'words.failed':
      show(draft, failWords(talk.turns, event.part));
      return;
    case 'activity':
      if (event.isBusy !== talk.isBusy) tell(draft, 'activity', event.isBusy ? 'busy' : 'idle');
      change(draft, { isBusy: event.isBusy });
      return;
    case 'error':
      complain(draft, event.code);
      return;
    case 'nothing':
      return;
  }
}

/** The microphone has heard a frame. It waits for nothing: late it would be worth nothing. */
export function sendFrame(draft: TalkDraft, base64: string, ms: number): void {
  draft.effects.push({ kind: 'send', event: { type: 'input_audio_buffer.append', audio: base64 } });
  const { sentMs } = draft.state.phase.input;
  change(draft, { input: { sentMs: sentMs + ms, atMs: draft.nowMs } });
}

/**
 * Nothing more is heard of the microphone: silence comes in its place, so that the end of what was being said is noticed. Else the
 * user would speak for ever, as far as the relay knows, and have the floor. Of one that was never heard there is no such end.
 */
export function sendSilence(draft: TalkDraft): void {
  const { input, session } = draft.state.phase;
  if (input.sentMs === 0) return;
  const seconds = Math.ceil(Math.min(session.silenceMs || longestSilenceMs, longestSilenceMs) / 1_000) + 1;
  for (let second = 0; second < seconds; second++) {
    send(draft, { type: 'input_audio_buffer.append', audio: secondOfSilence });
  }
  // Sent at once, and yet the time in which nothing was heard.
  const ms = seconds * 1_000;
  change(draft, { input: { sentMs: input.sentMs + ms, atMs: input.atMs + ms } });
}

/** The speaker tells how far it is. */
export function hearPlayed(draft: TalkDraft, report: readonly PlayedSoFar[], heardAtMs: number): void {
  const before = draft.state.phase;
  const playback = played(before.playback, report);
  const first = before.playback.parts.find(({ number }) =>
    report.some(({ part, playedMs }) => part === number && playedMs > 0),
  );
  const isSpeaking = playback.parts.length > 0 && (before.isSpeaking || first !== undefined);
  change(draft, { playback, isSpeaking });
  if (before.isSpeaking || first === undefined || before.askedAtMs === undefined) return;
  const sinceMs = report.find(({ part }) => part === first.number)?.playedMs ?? 0;
  tell(draft, 'latency', { ms: Math.max(0, Math.round(heardAtMs - sinceMs - before.askedAtMs)) });
  change(draft, { askedAtMs: undefined });
}

/** Audio of a response that was cut off is not played; of a part that begins only now, nothing has been heard. */
function play(draft: TalkDraft, { responseId, part, base64 }: ServerEvent & { kind: 'audio' }): void {
  const { discarded, playback } = draft.state.phase;
  if (discarded.includes(responseId)) {
    if (hasBegun(playback, part)) return;
    change(draft, { playback: begin(playback, part) });
    truncate(draft, part, 0);
    return;
  }
  const samples = samplesIn(base64);
  if (samples === 0) return;
  const received = receive(playback, part, responseId, samples);
  change(draft, { playback: received.playback });
  draft.effects.push({ kind: 'play', part: received.number, base64 });
}

function endResponse(draft: TalkDraft, { responseId, failure }: ServerEvent & { kind: 'response.done' }): void {
  change(draft, { active: draft.state.phase.active.filter((id) => id !== responseId) });
  finishParts(draft, (part) => part.responseId === responseId);
  if (failure !== undefined) tell(draft, 'error', new CallError('request_refused', failure));
}

function finishParts(draft: TalkDraft, which: Parameters<typeof finish>[1]): void {
  const playback = finish(draft.state.phase.playback, which);
  change(draft, { playback, isSpeaking: draft.state.phase.isSpeaking && playback.parts.length > 0 });
}

/**
 * When the user fell silent: where on the clock the audio that was sent then was heard. The relay tells the end with the
 * silence that it took to be sure of it.
 */
function endOfSpeech({ state, nowMs }: TalkDraft, audioEndMs: number | undefined): number {
  const { input, session } = state.phase;
  if (audioEndMs === undefined) return nowMs;
  return Math.min(nowMs, input.atMs - Math.max(0, input.sentMs - audioEndMs) - session.silenceMs);
}

/** An error that announces the end is told with it; a harmless race is not told at all (protocol reference, section 5). */
function complain(draft: TalkDraft, code: string): void {
  if (isEnding(code)) change(draft, { complaint: code });
  else if (!harmless.has(code)) tell(draft, 'error', new CallError('request_refused', code));
}

const harmless: ReadonlySet<string> = new Set([
  'response_cancel_not_active',
  'item_truncate_invalid_item_id',
  'unsupported_content_type',
  'input_audio_buffer_commit_empty',
]);

/** Two bytes each; a byte that is left over is no sample. */
function samplesIn(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((Math.floor(base64.length / 4) * 3 - padding) / 2));
}

/** How long a model that decides by itself waits at most for more words (protocol reference, section 3.2). */
const longestSilenceMs = 8_000;

/** Of 24 kHz PCM16, in base64. */
const secondOfSilence = 'A'.repeat(64_000);

/** More than there can be in one conversation. */
const mostActive = 16;
