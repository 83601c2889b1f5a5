import { StoreUnavailableError } from '../../pipeline';
import type { OrgConfig } from '../config';
import type { Place, Places } from '../quota/places';
import { type Refusal, refusal } from './refusal';

/**
 * Takes a place for one more session of an org, or says why there is none.
 *
 * @param isLetIn Somebody has seen that there is room, and holds a place until this one is taken. Default false.
 */
export type SessionDoor = (org: OrgConfig, isLetIn?: boolean) => Promise<Place | Refusal>;

/** Where nobody can tell how many sessions there are, there is no place: a limit that does not hold is none. */
export function createSessionDoor(sessions: Places): SessionDoor {
  return async ({ id, limits }, isLetIn = false) => {
    try {
      return (await sessions.take(id, isLetIn ? Infinity : limits.sessionsPerOrg)) ?? refusal.tooManySessions();
    } catch (error) {
      if (error instanceof StoreUnavailableError) return refusal.storeUnavailable(error.reason);
      throw error;
    }
  };
}
