import { type RelayOptions } from '../../../bench/subjects/relay';
import { type Subject } from '../../../bench/subjects/subject';
import { telephonySchema } from '../../../src/config/telephony';
import { loggerTo } from '../../../src/log';
import { startRelay } from '../../../src/server';
import { configWith } from '../../src/support/relay';

/** A relay with a phone line in this very process, which starts much faster than one of its own; `usage` is of both. */
export function ownRelay({ phone }: Pick<RelayOptions, 'phone'> = {}): Subject {
  return {
    name: 'relay',
    async start(upstreamUrl) {
      const config = configWith({ OPENAI_REALTIME_URL: upstreamUrl, PUBLIC_URL: phone?.publicUrl ?? '' });
      const telephony = telephonySchema.parse(phone?.telephony ?? {});
      const orgs = config.orgs.map((org) => ({ ...org, telephony }));
      const relay = await startRelay({ ...config, orgs }, loggerTo({ write: () => undefined }));
      return {
        url: `${relay.url.replace('http', 'ws')}/v1/realtime`,
        usage() {
          const { user, system } = process.cpuUsage();
          const { rss, heapUsed, external } = process.memoryUsage();
          const memory = { rssBytes: rss, heapBytes: heapUsed, externalBytes: external, descriptors: NaN };
          return Promise.resolve({ cpuUs: user + system, ...memory });
        },
        stop: () => relay.stop(),
      };
    },
  };
}
