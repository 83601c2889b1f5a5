/** What a proxy does to the bytes that go one way. */
export type Fault =
  /** They go on as they come. */
  | { readonly kind: 'pass' }
  /** They go on, in order, that much later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** They go on a few at a time. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number }
  /** They are not read, so that sooner or later their sender cannot send any more. */
  | { readonly kind: 'stall' }
  | Break;

/** Some bytes go on as they come; what happens then does not heal. */
export interface Break {
  readonly kind: 'break';
  /** So many bytes of a connection are passed on, … */
  readonly passes: number;
  /** … and as soon as so many have come, … */
  readonly at: number;
  /** … this happens to the connection. The bytes that come later are lost. */
  readonly then: Ending;
}

export type Ending =
  /** Both sides see an ordinary end (FIN). */
  | { readonly kind: 'cut' }
  /** Both sides see a reset (RST). */
  | { readonly kind: 'reset' }
  /** Neither side sees anything, not even the end of the other. */
  | { readonly kind: 'silence' }
  /** The receiver gets other bytes in place of those that are lost, and then sees nothing more. */
  | { readonly kind: 'instead'; readonly bytes: Buffer };

/**
 * A place among the bytes of a connection, counted from when the fault was set or the connection opened. `after: 5` is
 * right behind the fifth byte, which is passed on; `before: 5` is when the fifth byte comes, which is lost.
 */
export type Place = { readonly after: number } | { readonly before: number };

export const pass: Fault = { kind: 'pass' };
export const stall: Fault = { kind: 'stall' };

export const delay = (ms: number): Fault => ({ kind: 'delay', ms });

export const drip = (bytes: number, everyMs: number): Fault => ({ kind: 'drip', bytes, everyMs });

/** Without a place: at once, or as soon as a connection opens. */
export const cut = (place: Place = atOnce): Fault => breakAt(place, { kind: 'cut' });

/** Without a place: at once, or as soon as a connection opens. */
export const reset = (place: Place = atOnce): Fault => breakAt(place, { kind: 'reset' });

/** One way only it is a lost reply or request; both ways it is a connection that is half open. */
export const silence = (place: Place = atOnce): Fault => breakAt(place, { kind: 'silence' });

/** The first bytes that come are replaced by others. */
export const instead = (bytes: Buffer | string): Fault =>
  breakAt({ before: 1 }, { kind: 'instead', bytes: Buffer.from(bytes) });

const atOnce: Place = { after: 0 };

function breakAt(place: Place, then: Ending): Fault {
  return 'after' in place
    ? { kind: 'break', passes: place.after, at: place.after, then }
    : { kind: 'break', passes: place.before - 1, at: place.before, then };
}
