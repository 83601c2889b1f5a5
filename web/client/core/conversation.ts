import { type Draft, send, tell, type TalkDraft } from './draft';
import { type JsonObject } from './json';
import { type Talking } from './model';
import { silentPlayback } from './playback';
import { write } from './say';
import { type SessionFacts } from './session-facts';

/** A conversation begins. It knows nothing of the one before, and the page is told so. */
export function converse(draft: Draft, attempt: number, session: SessionFacts): void {
  const { conversations: before, unsaid, settings } = draft.state;
  const number = before + 1;
  const phase: Talking = {
    name: 'talking',
    sinceMs: draft.nowMs,
    attempt,
    session,
    complaint: undefined,
    active: [],
    discarded: [],
    // What the speaker still tells of an earlier conversation must mean nothing in this one.
    playback: { ...silentPlayback, serial: before * partsPerConversation },
    isSpeaking: false,
    isBusy: false,
    stopping: undefined,
    turns: [],
    askedAtMs: undefined,
    input: { sentMs: 0, atMs: draft.nowMs },
  };
  const state = { ...draft.state, conversations: number, unsaid: [], phase };
  draft.state = state;
  const talk: TalkDraft = { ...draft, state };
  if (number > 1) tell(draft, 'conversation', { number });
  const wanted = wantedSession(session, settings.transcription);
  if (wanted !== undefined) send(talk, { type: 'session.update', session: wanted });
  for (const text of unsaid) write(talk, text);
  draft.state = talk.state;
}

/** What of the session must be otherwise, if anything. */
function wantedSession(session: SessionFacts, transcription: JsonObject | undefined): JsonObject | undefined {
  const format = { type: 'audio/pcm', rate: 24_000 };
  const asksForWords = !session.isTranscribed && transcription !== undefined;
  if (session.isPcm && !asksForWords) return undefined;
  const input = { ...(session.isPcm ? {} : { format }), ...(asksForWords ? { transcription } : {}) };
  return { type: 'realtime', audio: { input, ...(session.isPcm ? {} : { output: { format } }) } };
}

const partsPerConversation = 1_000_000;
