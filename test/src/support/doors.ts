import { refusal } from '../../../src/http/refusal';
import type { SessionDoor } from '../../../src/http/session-door';
import { placeOf } from '../../../src/quota/places';

/** A door with room for everybody. */
export const openDoor: SessionDoor = () => Promise.resolve(placeOf(() => undefined));

/** A door with room for nobody. */
export const fullDoor: SessionDoor = () => Promise.resolve(refusal.tooManySessions());
