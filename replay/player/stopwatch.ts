import { audioMsOf } from './audio';
import type { Acknowledgement, Effect, Measure, Play, Playing } from './model';
import type { Seen } from './seen';

/** Takes the times of what comes in. */
export function listen(
  play: Play,
  state: Playing,
  seen: Seen,
  atMs: number,
): { readonly state: Playing; readonly effects: readonly Effect[] } {
  switch (seen.kind) {
    case 'created':
      return {
        state: { ...state, outputFormat: seen.output ?? state.outputFormat },
        effects: state.reached.created.length === 0 ? [measured('ready', atMs - state.startedMs)] : [],
      };
    case 'updated':
      return acknowledged({ ...state, outputFormat: seen.output ?? state.outputFormat }, 'updated', atMs);
    case 'committed':
    case 'cleared':
      return acknowledged(state, seen.kind, atMs);
    case 'item':
      return seen.sort === 'message/assistant' || seen.sort === 'function_call'
        ? { state, effects: [] }
        : acknowledged(state, 'item', atMs);
    case 'speech_stopped':
      return { state: { ...state, turn: { name: 'asked', atMs: endOfTurn(play, state, seen.audioMs) } }, effects: [] };
    case 'audio':
      return heard(state, seen, atMs);
    case 'text':
      return firstOf(state, 'first_text', atMs);
    case 'answered':
      return answered(state);
    case 'activity':
      return tools(state, seen.isBusy, atMs);
    case 'error':
      return { state, effects: [{ kind: 'error', code: seen.code }] };
    case 'began':
    case 'speech_started':
    case 'other':
      return { state, effects: [] };
  }
}

/** Notes a command whose answer will be timed; it was due when the last step was. */
export function asked(state: Playing, type: string): Playing {
  const { lastDueMs } = state;
  if (type === 'response.create') return { ...state, turn: { name: 'asked', atMs: lastDueMs } };
  const by = acknowledgementOf[type];
  if (by === undefined) return state;
  return { ...state, unacknowledged: { ...state.unacknowledged, [by]: [...state.unacknowledged[by], lastDueMs] } };
}

const acknowledgementOf: Readonly<Partial<Record<string, Acknowledgement>>> = {
  'session.update': 'updated',
  'input_audio_buffer.commit': 'committed',
  'input_audio_buffer.clear': 'cleared',
  'conversation.item.create': 'item',
};

function acknowledged(state: Playing, by: Acknowledgement, atMs: number) {
  const [dueMs, ...rest] = state.unacknowledged[by];
  if (dueMs === undefined) return { state, effects: [] };
  const unacknowledged = { ...state.unacknowledged, [by]: rest };
  return { state: { ...state, unacknowledged }, effects: [measured('round_trip', atMs - dueMs)] };
}

/** When the audio at a place of the stream was due: the last that was due ended the audio sent so far. */
function endOfTurn({ speed }: Play, { lastDueMs, audioMs }: Playing, endMs: number): number {
  return lastDueMs - Math.max(0, audioMs - endMs) / speed;
}

function heard(state: Playing, { bytes, itemId }: Heard, atMs: number) {
  const first = firstOf(state, 'first_audio', atMs);
  const untilMs = state.playedUntilMs ?? atMs;
  const lengthMs = audioMsOf(bytes, state.outputFormat);
  const playedUntilMs = Math.max(untilMs, atMs) + lengthMs;
  const spokenMs = { ...state.spokenMs, [itemId]: (state.spokenMs[itemId] ?? 0) + lengthMs };
  const stallMs = state.stallMs + Math.max(0, atMs - untilMs);
  return { state: { ...first.state, playedUntilMs, stallMs, spokenMs }, effects: first.effects };
}

type Heard = Extract<Seen, { kind: 'audio' }>;

function firstOf(state: Playing, measure: Measure, atMs: number) {
  const { turn } = state;
  if (turn.name !== 'asked') return { state, effects: [] };
  return { state: { ...state, turn: { name: 'answered' } as const }, effects: [measured(measure, atMs - turn.atMs)] };
}

function answered(state: Playing) {
  const turn = state.turn.name === 'asked' ? ({ name: 'answered' } as const) : state.turn;
  const effects = state.playedUntilMs === undefined ? [] : [measured('stall', state.stallMs)];
  return { state: { ...state, turn, playedUntilMs: undefined, stallMs: 0 }, effects };
}

function tools(state: Playing, isBusy: boolean, atMs: number) {
  if (isBusy) return { state: { ...state, busySinceMs: atMs }, effects: [] };
  const { busySinceMs } = state;
  const effects = busySinceMs === undefined ? [] : [measured('tool_round', atMs - busySinceMs)];
  return { state: { ...state, busySinceMs: undefined }, effects };
}

function measured(measure: Measure, ms: number): Effect {
  return { kind: 'measured', measure, ms };
}
