import { type Limits } from '../../../src/config';
import { doors } from './doors';
import { messages } from './messages';
import { phones } from './phones';
import { recordings } from './recordings';
import { times } from './times';
import { tools } from './tools';
import { type Trial } from './trial';

/** A trial for every limit; the type knows if one is forgotten. */
export const trials: Readonly<Record<keyof Limits, Trial>> = {
  ...doors,
  ...times,
  ...messages,
  ...tools,
  ...phones,
  ...recordings,
};
