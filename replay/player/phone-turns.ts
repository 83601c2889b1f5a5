import { type Sound, soundOfWords } from '../../simulator/carriers';
import { isRecord, tryParseJson } from '../../simulator/protocol/json';
import { codecFor } from './audio';
import type { AudioStep, EventStep, Script } from './script';

/** What a caller says at a time, and what it waits for before. */
export interface PhoneTurn {
  readonly sound: Sound;
  /** `answered`: until an answer has been heard; `began`: it interrupts one; `opened`: for nothing but the call. */
  readonly after: 'opened' | 'began' | 'answered';
  /** How long after that, in milliseconds. */
  readonly pauseMs: number;
}

/**
 * A script as a caller says it: phones stream all the time, so it is cut into what is spoken. Typed turns are said, in sound that
 * has the rhythm of their words. Everything else a client can send has no place in a phone call.
 */
export function phoneTurns({ steps }: Script): PhoneTurn[] {
  const turns: PhoneTurn[] = [];
  let utterance: Utterance | undefined;
  const finish = () => {
    if (utterance !== undefined) turns.push(turnOf(utterance));
    utterance = undefined;
  };
  for (const step of steps) {
    if (step.kind === 'audio') {
      utterance = heard(utterance, step, finish);
    } else {
      finish();
      if (step.kind === 'end') continue;
      const words = wordsIn(step);
      if (words !== undefined) turns.push({ sound: soundOfWords(words), ...placeOf(step) });
    }
  }
  finish();
  return turns;
}

/** Something said, with the pauses in it. */
interface Utterance {
  readonly first: AudioStep;
  readonly pieces: Int16Array[];
  /** How many of the pieces up to the last one that is not silent. */
  spoken: number;
  /** How long it has been silent at the end, in milliseconds. */
  silentMs: number;
}

/** Silence of this length parts two utterances, in milliseconds; who is this quiet is silent (of 32,768). */
const [partingMs, quietLevel] = [600, 300];

/** An answer is recorded faster than it is heard, so of the time after it only so much is a pause, in milliseconds. */
const longestPauseMs = 1_000;

function heard(utterance: Utterance | undefined, step: AudioStep, finish: () => void): Utterance | undefined {
  const samples = samplesOf(step);
  const isSpoken = levelOf(samples) > quietLevel;
  if (utterance === undefined) {
    return isSpoken ? { first: step, pieces: [samples], spoken: 1, silentMs: 0 } : undefined;
  }
  utterance.pieces.push(samples);
  if (isSpoken) {
    utterance.spoken = utterance.pieces.length;
    utterance.silentMs = 0;
  } else utterance.silentMs += step.lengthMs;
  if (utterance.silentMs < partingMs) return utterance;
  finish();
  return undefined;
}

function turnOf({ first, pieces, spoken }: Utterance): PhoneTurn {
  const kept = pieces.slice(0, spoken);
  const samples = new Int16Array(kept.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of kept) {
    samples.set(piece, at);
    at += piece.length;
  }
  return { sound: { samples, sampleRate: codecFor(first.format).sampleRate }, ...placeOf(first) };
}

function placeOf({ after: { kind }, delayMs }: AudioStep | EventStep): Pick<PhoneTurn, 'after' | 'pauseMs'> {
  if (kind === 'began') return { after: 'began', pauseMs: delayMs };
  return { after: kind === 'answered' ? 'answered' : 'opened', pauseMs: Math.min(delayMs, longestPauseMs) };
}

function samplesOf({ frame, format }: AudioStep): Int16Array {
  const event = tryParseJson(frame);
  const audio = isRecord(event) && typeof event['audio'] === 'string' ? event['audio'] : '';
  return codecFor(format).decode(Buffer.from(audio, 'base64'));
}

function levelOf(samples: Int16Array): number {
  return samples.length === 0 ? 0 : samples.reduce((sum, sample) => sum + Math.abs(sample), 0) / samples.length;
}

/** The text of a typed turn. */
function wordsIn({ event }: EventStep): string | undefined {
  const { item } = event;
  if (event.type !== 'conversation.item.create' || !isRecord(item) || !Array.isArray(item['content'])) return undefined;
  const texts = item['content'].flatMap((part: unknown) =>
    isRecord(part) && typeof part['text'] === 'string' ? [part['text']] : [],
  );
  return texts.length === 0 ? undefined : texts.join(' ');
}
