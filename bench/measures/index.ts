import { type Measure } from '../measure';
import { forwarding } from './forwarding';
import { hangingWebhook } from './hanging-webhook';
import { manyIntents } from './many-intents';
import { slowReaders } from './slow-readers';
import { toolTurnaround } from './tool-turnaround';

/** Every measure, in the order in which they run. */
export const measures: readonly Measure[] = [toolTurnaround, hangingWebhook, forwarding, manyIntents, slowReaders];
