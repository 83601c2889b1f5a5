import { StoreOpenError } from '../errors';

/** The oldest version whose scripts and commands are all that the store needs. */
const oldestMajor = 7;

/**
 * Looks at what a server says of itself.
 *
 * @param info the reply to INFO
 * @param isCluster whether the address says that it is one
 * @returns what the store can live with but may lose records by, each a sentence for whoever runs it
 * @throws StoreOpenError when the store cannot work with it
 */
export function judgeServer(info: string, isCluster: boolean): string[] {
  const facts = factsIn(info);
  const version = facts.get('redis_version') ?? '';
  // Every version of Valkey says that it is a Redis of 7.2 or newer, so one rule is enough.
  if (version !== '' && Number.parseInt(version) < oldestMajor) {
    throw new StoreOpenError(
      'store_unusable',
      `The server is Redis ${version}, which is too old. Use Redis ${oldestMajor}.0 or newer, or Valkey.`,
    );
  }
  if (!isCluster && facts.get('cluster_enabled') === '1') {
    throw new StoreOpenError(
      'store_unusable',
      'The server is part of a cluster: begin the address with redis-cluster://.',
    );
  }
  const warnings: string[] = [];
  const policy = facts.get('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    warnings.push(
      `Redis may forget intents when its memory is full (maxmemory-policy ${policy}), and an intent that is forgotten can be sent twice. Set maxmemory-policy to noeviction.`,
    );
  }
  if (facts.get('aof_enabled') === '0') {
    warnings.push(
      'Redis does not write down every change (appendonly no), so a restart of it can forget intents, and an intent that is forgotten can be sent twice. Set appendonly to yes.',
    );
  }
  return warnings;
}

/** The lines `name:value` of a reply to INFO. */
function factsIn(info: string): Map<string, string> {
  const lines = info.split('\r\n').map((line) => line.split(':'));
  return new Map(lines.map(([name = '', ...value]) => [name, value.join(':')]));
}
