/** A place that is taken. */
export interface Place {
  /** Gives it back; further times do nothing. */
  leave(): void;
}

/** Places by key, of which only so many are taken at a time: by this process, or by all that share a store. */
export interface Places {
  /**
   * Takes a place.
   *
   * @param key what is bounded, such as an org's id
   * @param max how many may be taken; the same for a key each time, unless somebody is to be let in anyway
   * @returns undefined where that many are taken
   * @throws StoreUnavailableError where it cannot be known how many are
   */
  take(key: string, max: number): Promise<Place | undefined>;
}

/** A place that calls `leave` when it is given back. */
export function placeOf(leave: () => void): Place {
  let isTaken = true;
  return {
    leave() {
      if (isTaken) leave();
      isTaken = false;
    },
  };
}

/** Goes on holding a place if something turns out to be true; otherwise, and where that rejects, gives it back. */
export async function heldIf(isTrue: () => Promise<boolean>, place: Place | undefined): Promise<boolean> {
  let isHeld = false;
  try {
    isHeld = await isTrue();
    return isHeld;
  } finally {
    if (!isHeld) place?.leave();
  }
}
