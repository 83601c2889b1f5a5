import { type Call, type CallOptions } from './call';
import { LiveCall } from './live-call';
import { readOptions } from './settings';

/**
 * Begins a call. Best called from a click or a key: before that, browsers play nothing. It returns at once; all that happens
 * is told by events, and what goes wrong too.
 *
 * @throws RangeError or TypeError for options that cannot be.
 */
export function connect(options: CallOptions): Call {
  return new LiveCall(options, readOptions(options, location.href));
}
