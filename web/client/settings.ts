import { type CallOptions } from './call';
import { type CoreSettings } from './core/model';

/** What is made of the options of a call. */
export interface Settings extends CoreSettings {
  /** A WebSocket's address. */
  readonly url: string;
  readonly frameMs: number;
}

/**
 * Reads the options.
 *
 * @param base What a relative address is relative to.
 * @throws RangeError or TypeError that names the option and what it takes.
 */
export function readOptions(options: CallOptions, base: string): Settings {
  const { frameMs = 40, transcription = { model: 'gpt-4o-mini-transcribe' }, reconnect = {} } = options;
  if (!(frameMs >= 20 && frameMs <= 100)) throw new RangeError('connect: "frameMs" is a number from 20 to 100.');
  const { maxAttempts = 6, firstDelayMs = 500, maxDelayMs = 10_000 } = reconnect === false ? {} : reconnect;
  for (const [name, value] of Object.entries({ maxAttempts, firstDelayMs, maxDelayMs })) {
    if (!(value > 0)) throw new RangeError(`connect: "reconnect.${name}" is a number above 0.`);
  }
  return {
    url: socketUrl(options, base),
    frameMs,
    backoff: reconnect === false ? undefined : { maxAttempts, firstDelayMs, maxDelayMs },
    transcription: transcription === false ? undefined : { ...transcription },
  };
}

function socketUrl({ url: given, activity = false }: CallOptions, base: string): string {
  const url = new URL(given, base);
  url.protocol = url.protocol.replace('http', 'ws');
  if (!/^wss?:$/.test(url.protocol))
    throw new TypeError('connect: "url" is the address of a relay: wss://host/v1/realtime.');
  url.hash = '';
  if (activity) url.searchParams.set('activity', '1');
  return url.href;
}
