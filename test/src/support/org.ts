import type { OrgConfig } from '../../../src/config';
import { limitsSchema } from '../../../src/config/limits';

/** The default limits, some of them changed. */
export const limitsWith = (changes: Partial<OrgConfig['limits']> = {}) => ({ ...limitsSchema.parse({}), ...changes });

/** An org with a key, or whatever is given instead. */
export const orgWith = (changes: Partial<OrgConfig> = {}): OrgConfig => ({
  id: 'acme',
  apiKeys: ['acme-key-0123456789'],
  allowedOrigins: undefined,
  timeZone: 'UTC',
  tools: ['create_appointment'],
  session: {},
  limits: limitsWith(),
  ...changes,
});
