/** Counts what is under way by key, up to a bound of each key. */
export interface InFlight {
  /** Takes a place; undefined where there is none. What is returned gives the place back, once. */
  enter(key: string, max: number): (() => void) | undefined;
  count(key: string): number;
}

export function createInFlight(): InFlight {
  const counts = new Map<string, number>();
  const count = (key: string) => counts.get(key) ?? 0;

  const leave = (key: string) => {
    const left = count(key) - 1;
    if (left > 0) counts.set(key, left);
    else counts.delete(key);
  };

  return {
    count,
    enter(key, max) {
      if (count(key) >= max) return undefined;
      counts.set(key, count(key) + 1);
      let isInside = true;
      return () => {
        if (isInside) leave(key);
        isInside = false;
      };
    },
  };
}
