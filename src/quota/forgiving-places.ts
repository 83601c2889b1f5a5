import { StoreUnavailableError } from '../../pipeline';
import { MemoryPlaces } from './memory-places';
import { type Place, placeOf, type Places } from './places';

/**
 * Places that all processes share while the store answers, and that each has for itself while it does not: for what is
 * better let in without being counted than refused. This process alone never takes more than may be taken in all.
 */
export function forgivingPlaces(shared: Places): Places {
  const own = new MemoryPlaces();
  return {
    async take(key, max) {
      const here = await own.take(key, max);
      if (here === undefined) return undefined;
      try {
        const everywhere = await shared.take(key, max);
        if (everywhere !== undefined) return both(here, everywhere);
        here.leave();
        return undefined;
      } catch (error) {
        if (error instanceof StoreUnavailableError) return here;
        here.leave();
        throw error;
      }
    },
  };
}

const both = (here: Place, everywhere: Place): Place =>
  placeOf(() => {
    here.leave();
    everywhere.leave();
  });
