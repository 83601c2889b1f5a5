import { type Measure } from '../measure';
import { duplicates } from './duplicates';
import { bursts, forwarding, longFrames, mixedCall } from './forwarding';
import { hangingWebhook } from './hanging-webhook';
import { idleSessions } from './idle-sessions';
import { manyIntents } from './many-intents';
import { phone } from './phone';
import { redis } from './redis';
import { slowReaders } from './slow-readers';
import { toolTurnaround } from './tool-turnaround';
import { workers } from './workers';

/** Every measure, in the order in which they run. */
export const measures: readonly Measure[] = [
  toolTurnaround,
  redis,
  duplicates,
  hangingWebhook,
  forwarding,
  longFrames,
  bursts,
  mixedCall,
  workers,
  idleSessions,
  phone,
  manyIntents,
  slowReaders,
];
