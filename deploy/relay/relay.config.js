'use strict';

/**
 * What the relays of docker-compose.yml have in common, beside the environment. A config file with orgs can begin from it:
 * docs/deployment.md.
 */

const { randomBytes } = require('node:crypto');
const { linkSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');

/** A folder that all relays share, and Prometheus may read. */
const shared = process.env['SHARED_DIR'] ?? '/app/data';

module.exports = {
  // For Prometheus and the operator's commands: docker compose exec relay-a cat data/operator-key
  operatorKey: keptSecret('operator-key', process.env['OPERATOR_KEY']),
  relayTokenSecret: keptSecret('token-secret', process.env['RELAY_TOKEN_SECRET']),
  limits: {
    // Every connection comes from the load balancer, which counts by address itself: deploy/haproxy/haproxy.cfg
    connectsPerSecondPerAddress: 10_000,
  },
};

/** A secret that is the same for all relays: the one that was set, or else one that whoever came first has made. */
function keptSecret(name, given) {
  const file = `${shared}/${name}`;
  const own = `${file}.${process.pid}-${randomBytes(8).toString('hex')}`;
  // Written beside its place and then put there, so that nobody reads half of it.
  writeFileSync(own, given || randomBytes(32).toString('base64url'), { mode: 0o444 });
  if (given) {
    renameSync(own, file);
    return given;
  }
  try {
    linkSync(own, file);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(own);
  }
  return readFileSync(file, 'utf8');
}
