import { randomBytes } from 'node:crypto';

/** Makes ids of the lengths OpenAI's have: 21 characters after the prefix, 16 for calls (protocol reference, section 2.1). */
export interface IdSource {
  next(prefix: 'event' | 'item' | 'resp' | 'sess' | 'conv'): string;
  nextCall(): string;
  /** Random printable characters, for `obfuscation`. */
  padding(length: number): string;
}

/**
 * @param seed makes the sequence of ids repeatable. Without one they are random, as two simulators behind one relay
 * must not hand out the same ids.
 */
export function createIdSource(seed?: number): IdSource {
  const random = seed === undefined ? secureIndex : seededIndex(seed);
  const word = (length: number) => Array.from({ length }, () => ALPHABET.charAt(random(ALPHABET.length))).join('');
  return {
    next: (prefix) => `${prefix}_${word(21)}`,
    nextCall: () => `call_${word(16)}`,
    padding: word,
  };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function secureIndex(below: number): number {
  return (randomBytes(1)[0] ?? 0) % below;
}

/** A small linear congruential generator (the constants of Numerical Recipes); only its repeatability matters here. */
function seededIndex(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
