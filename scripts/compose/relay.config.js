'use strict';

/** The settings of the relays in `npm run test:compose`: those of docker-compose.yml, and an org whose webhook is near. */

const common = require('/app/config/relay.config.js');

module.exports = {
  ...common,
  limits: { ...common.limits, sessionsPerOrg: 10_000 },
  orgs: {
    compose: {
      apiKeys: [process.env['CALLER_KEY']],
      webhook: { url: process.env['WEBHOOK_URL'], allowPrivateNetwork: true, maxConcurrent: 100 },
    },
  },
};
