'use strict';

/** The settings of the relays in `npm run test:compose`: those of docker-compose.yml, and an org whose webhook and telephone are near. */

const common = require('/app/config/relay.config.js');

module.exports = {
  ...common,
  limits: { ...common.limits, sessionsPerOrg: 10_000 },
  orgs: {
    compose: {
      apiKeys: [process.env['CALLER_KEY']],
      // Nothing is asked of the carrier: callers hang up themselves.
      telephony: {
        twilio: {
          accountSid: `AC${'0'.repeat(32)}`,
          authToken: process.env['PHONE_TOKEN'],
          numbers: [process.env['PHONE_NUMBER']],
          apiBaseUrl: 'http://127.0.0.1:9',
        },
      },
      webhook: { url: process.env['WEBHOOK_URL'], allowPrivateNetwork: true, maxConcurrent: 100 },
    },
  },
};
