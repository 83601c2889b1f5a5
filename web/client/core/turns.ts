import { type Transcript } from '../call';
import { type PartName } from './server-event';

/** The words of the last turns of both sides, as far as they are known. */
export type Turns = readonly Turn[];

interface Turn {
  readonly itemId: string;
  readonly role: 'user' | 'assistant';
  /** By content part. */
  readonly texts: readonly string[];
  readonly isFinal: boolean;
  readonly isInterrupted: boolean;
}

/** What became of the turns, and what is to be told of it, if anything. */
export interface Change {
  readonly turns: Turns;
  readonly transcript: Transcript | undefined;
}

/** Somebody speaks; what, is not known yet. */
export function beginTurn(turns: Turns, role: Turn['role'], itemId: string): Change {
  if (find(turns, itemId) !== undefined) return { turns, transcript: undefined };
  return put(turns, { ...newTurn(role, itemId) });
}

/** A word has come. After the last one there is none: what comes late is left out. */
export function addWords(turns: Turns, role: Turn['role'], part: PartName, more: string): Change {
  const turn = find(turns, part.itemId) ?? newTurn(role, part.itemId);
  if (turn.isFinal || more === '') return { turns, transcript: undefined };
  return put(turns, withText(turn, part.contentIndex, (turn.texts[part.contentIndex] ?? '') + more));
}

/** All words of a part are known. */
export function finishWords(turns: Turns, role: Turn['role'], part: PartName, text: string): Change {
  const turn = find(turns, part.itemId) ?? newTurn(role, part.itemId);
  if (turn.isInterrupted) return { turns, transcript: undefined };
  return put(turns, { ...withText(turn, part.contentIndex, text), isFinal: true });
}

/** What was said could not be written down. */
export function failWords(turns: Turns, part: PartName): Change {
  const turn = find(turns, part.itemId);
  if (turn === undefined || turn.isFinal) return { turns, transcript: undefined };
  return put(turns, { ...turn, isFinal: true });
}

/** The user cut a turn off. */
export function interruptTurn(turns: Turns, itemId: string): Change {
  const turn = find(turns, itemId);
  if (turn === undefined || turn.isInterrupted) return { turns, transcript: undefined };
  return put(turns, { ...turn, isFinal: true, isInterrupted: true });
}

function find(turns: Turns, itemId: string): Turn | undefined {
  return turns.find((turn) => turn.itemId === itemId);
}

function newTurn(role: Turn['role'], itemId: string): Turn {
  return { itemId, role, texts: [], isFinal: false, isInterrupted: false };
}

function withText(turn: Turn, index: number, text: string): Turn {
  // An index from outside; more parts than these no item has.
  const at = Math.min(Math.max(0, Math.trunc(index)), mostParts - 1);
  const texts = Array.from({ length: Math.max(turn.texts.length, at + 1) }, (_, each) =>
    each === at ? text : (turn.texts[each] ?? ''),
  );
  return { ...turn, texts };
}

function put(turns: Turns, turn: Turn): Change {
  const isKnown = turns.some(({ itemId }) => itemId === turn.itemId);
  const { itemId, role, texts, isFinal, isInterrupted } = turn;
  const text = texts.filter((each) => each !== '').join('\n');
  return {
    turns: isKnown
      ? turns.map((each) => (each.itemId === itemId ? turn : each))
      : [...turns, turn].slice(-mostRemembered),
    transcript: { itemId, role, text, isFinal, isInterrupted },
  };
}

const mostParts = 8;

/** Turns that may still change; the page keeps the rest. */
const mostRemembered = 32;
