import { type Measure } from '../measure';
import { duplicates } from './duplicates';
import { forwarding } from './forwarding';
import { hangingWebhook } from './hanging-webhook';
import { manyIntents } from './many-intents';
import { phone } from './phone';
import { redis } from './redis';
import { slowReaders } from './slow-readers';
import { toolTurnaround } from './tool-turnaround';

/** Every measure, in the order in which they run. */
export const measures: readonly Measure[] = [
  toolTurnaround,
  redis,
  duplicates,
  hangingWebhook,
  forwarding,
  phone,
  manyIntents,
  slowReaders,
];
