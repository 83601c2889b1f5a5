import { type Limits } from '../../../src/config';
import { type House, type HouseParts } from '../../e2e/support/house';
import { type Closing } from '../../pipeline/support/closing';

/** How one limit is reached through a whole relay, and what must come of it. */
export interface Trial {
  /** The limit at a small value, and whatever else the house needs. */
  readonly parts: HouseParts & { readonly limits: Partial<Limits> };
  /** Reaches the limit and expects the ending or status that is promised. */
  readonly reach: (house: House, opened: Closing) => Promise<void>;
  /** The metric that counts it, as `/metrics` and docs/protocol.md write it; null for a limit that nothing reaches. */
  readonly counted: string | null;
  /** `reach` opens a house of its own, and has seen there that it is counted. */
  readonly isElsewhere?: boolean;
}

/** The metrics by which limits are counted: ended sessions, refused requests, and what does neither. */
export const ended = (cause: string) => `relay_sessions_ended_total{cause="${cause}"}`;
export const refused = (code: string) => `relay_refused_total{code="${code}"}`;
export const reached = (limit: keyof Limits) => `relay_limits_reached_total{limit="${limit}"}`;
