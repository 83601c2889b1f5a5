import { Counter, type Registry } from 'prom-client';
import type { SessionMeter } from '../../relay';

/**
 * Counts what sessions send. It is called for every frame, so it only adds to plain numbers; they become metrics when
 * somebody asks.
 */
export function createTraffic(registry: Registry): Pick<SessionMeter, 'sent'> {
  const totals = { client: { frames: 0, bytes: 0 }, upstream: { frames: 0, bytes: 0 } };

  const expose = (name: string, help: string, unit: 'frames' | 'bytes') =>
    new Counter({
      name,
      help,
      labelNames: ['to'],
      registers: [registry],
      collect() {
        this.reset();
        this.inc({ to: 'client' }, totals.client[unit]);
        this.inc({ to: 'upstream' }, totals.upstream[unit]);
      },
    });
  expose('relay_sent_frames_total', 'Messages sent, by side.', 'frames');
  expose('relay_sent_bytes_total', 'Bytes of messages sent, by side.', 'bytes');

  return {
    sent(to, bytes) {
      const total = totals[to];
      total.frames += 1;
      total.bytes += bytes;
    },
  };
}
