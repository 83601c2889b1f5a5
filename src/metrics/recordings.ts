import { Counter, type Registry } from 'prom-client';
import type { RecordingEnding } from '../../replay';

/** What is counted of recordings. */
export interface RecordingMetrics {
  /** A recording was closed. */
  recorded(ending: RecordingEnding): void;
}

export function createRecordingMetrics(registry: Registry): RecordingMetrics {
  const ended = new Counter({
    name: 'relay_recordings_total',
    help: 'Recordings that were closed: whole, or by what cut them short.',
    labelNames: ['ending'],
    registers: [registry],
  });
  return { recorded: (ending) => ended.inc({ ending: ending.kind === 'whole' ? 'whole' : ending.why }) };
}
