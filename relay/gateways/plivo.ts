import { z } from 'zod';
import { parseObject } from '../json';
import { pcmu, type CarrierFormat } from './carrier-format';
import { fault, json, notice, when, type Readers } from './control-messages';
import { type CallStart, type Dialect, type Encoder } from './dialect';
import { mediaWriter, parseMediaMessages, readDigit } from './media-messages';
import { parametersOf, streamParameters } from './stream-parameters';

/**
 * Plivo audio streaming, both ways (`bidirectional="true"`), telephony reference, section 5: JSON text, audio as base64,
 * checkpoints for marks. A clear cancels the checkpoints that are out; one that comes back all the same means nothing.
 */
export const plivo: Dialect = {
  name: 'plivo',
  capabilities: { marks: true, frameMs: 20, lagMs: 0, maxAheadMs: Infinity },
  parse: parseMediaMessages({ streamKey: 'streamId', isUnordered: false, readers: readers() }),
  encoder,
};

function readers(): Readers {
  return {
    start: when(
      z.object({
        start: z.object({
          callId: z.string().min(1),
          streamId: z.string().min(1),
          mediaFormat: z.object({ encoding: z.string(), sampleRate: z.coerce.number() }),
        }),
        extra_headers: z.unknown().optional(),
      }),
      ({ start: { callId, streamId, mediaFormat }, extra_headers: headers }) => {
        const format = formatOf(mediaFormat.encoding.toLowerCase(), mediaFormat.sampleRate);
        if (format === undefined) return fault('carrier_wrong_codec');
        return { kind: 'started', start: { streamId, callId, format, parameters: parametersIn(headers) } };
      },
    ),
    dtmf: readDigit,
    playedStream: when(z.object({ name: z.string() }), ({ name }) => ({ kind: 'mark', name })),
    clearedAudio: () => notice('clearedAudio'),
    playFailed: () => ({ kind: 'complaint', code: 'play_failed' }),
    error: () => ({ kind: 'complaint', code: 'error' }),
    stop: () => ({ kind: 'stopped' }),
  };
}

function formatOf(encoding: string, rateHz: number): CarrierFormat | undefined {
  if (encoding === 'audio/x-mulaw') return rateHz === 8000 ? pcmu : undefined;
  if (encoding !== 'audio/x-l16') return undefined;
  return rateHz === 8000 || rateHz === 16000 ? { encoding: 'l16', rateHz } : undefined;
}

/** What was given along comes as `a=1;b=2`, or as JSON, in a string or not. */
function parametersIn(headers: unknown): Readonly<Record<string, string>> {
  if (typeof headers !== 'string') return streamParameters(headers);
  const members = parseObject(Buffer.from(headers));
  return members === undefined ? parametersOf(headers.split(/[;,]/).map(pair)) : streamParameters(members);
}

function pair(written: string): readonly [string, string | undefined] {
  const [key = '', ...rest] = written.split('=');
  return [key.trim(), rest.length === 0 ? undefined : rest.join('=').trim()];
}

/** The type of what is played has no `;rate=`, and must be what the stream itself has. */
function encoder({ streamId, format: { encoding, rateHz } }: CallStart): Encoder {
  const type = encoding === 'l16' ? 'audio/x-l16' : 'audio/x-mulaw';
  return {
    audio: mediaWriter(
      `{"event":"playAudio","media":{"contentType":"${type}","sampleRate":${rateHz},"payload":"`,
      '"}}',
    ),
    mark: (name) => json({ event: 'checkpoint', streamId, name }),
    clear: () => json({ event: 'clearAudio', streamId }),
  };
}
