import { publicUrl, telephonyFor } from '../../e2e/support/phone-house';
import { askAbout, connectIn } from '../../e2e/support/phone-requests';
import { ended, type Trial } from './trial';

/** Limits of phone calls. */
export const phones = {
  carrierStartMs: {
    parts: {
      limits: { carrierStartMs: 200 },
      variables: { PUBLIC_URL: publicUrl },
      telephony: telephonyFor('twilio', 'http://127.0.0.1:9'),
    },
    reach: async ({ relay }) => {
      const answer = await askAbout(relay.url);
      expect(connectIn(answer.body)).toBeDefined();
    },
    counted: ended('carrier_no_start'),
  },
} satisfies Record<string, Trial>;
