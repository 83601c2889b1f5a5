import { z } from 'zod';
import { parseObject, type JsonObject } from '../json';
import { binaryWriter, frameBytes, readBinaryAudio } from './binary-audio';
import { pcma, pcmu, type CarrierFormat } from './carrier-format';
import { fault, json, readMessage, text, when, type Readers } from './control-messages';
import { keypadDigit, type CallStart, type Dialect, type Encoder } from './dialect';
import { streamParameters } from './stream-parameters';

/**
 * Asterisk's `chan_websocket`, telephony reference, section 7: audio of several codecs as binary messages, control as JSON or
 * as plain text, in which it is answered too. The `callId` is the stream's own channel; the caller's is known only to what
 * the dialplan gives along.
 *
 * A flush throws marks away without a word, which does as well as their coming back. Asterisk's queue holds twenty seconds:
 * no more than fifteen are sent ahead, and nothing while it asks for a pause.
 */
export const asterisk: Dialect = {
  name: 'asterisk',
  capabilities: { marks: true, frameMs: 20, lagMs: 0, maxAheadMs: 15_000 },
  subprotocol: 'media',
  parse: (frame, isBinary) => {
    if (isBinary) return readBinaryAudio(frame);
    const isJson = frame[0] === openBrace;
    const message = isJson ? parseObject(frame) : plainMessage(frame.toString());
    if (message === undefined) return fault('carrier_invalid_frame');
    const event = readMessage(message, readers, opening);
    if (event.kind !== 'started') return event;
    return { ...event, start: { ...event.start, control: isJson ? 'json' : 'plain-text' } };
  },
  encoder,
};

const opening = 'MEDIA_START';
const openBrace = 0x7b;

const readers: Readers = {
  [opening]: when(
    z.object({
      connection_id: z.string().min(1),
      channel_id: z.string().min(1),
      format: z.string(),
      ptime: z.coerce.number().default(20),
      channel_variables: z.unknown().optional(),
    }),
    ({ connection_id: streamId, channel_id: callId, format: name, ptime, channel_variables: variables }) => {
      const format = ptime === 20 ? formats.get(name) : undefined;
      if (format === undefined) return fault('carrier_wrong_codec');
      return { kind: 'started', start: { streamId, callId, format, parameters: streamParameters(variables) } };
    },
  ),
  DTMF_END: when(z.object({ digit: z.string().regex(keypadDigit) }), ({ digit }) => ({ kind: 'digit', digit })),
  MEDIA_MARK_PROCESSED: when(z.object({ correlation_id: z.string() }), ({ correlation_id: name }) => ({
    kind: 'mark',
    name,
  })),
  MEDIA_XOFF: () => ({ kind: 'flow', isOpen: false }),
  MEDIA_XON: () => ({ kind: 'flow', isOpen: true }),
  ERROR: () => ({ kind: 'complaint', code: 'error' }),
};

const formats: ReadonlyMap<string, CarrierFormat> = new Map<string, CarrierFormat>([
  ['ulaw', pcmu],
  ['alaw', pcma],
  ['slin', { encoding: 'l16', rateHz: 8000 }],
  ['slin16', { encoding: 'l16', rateHz: 16000 }],
  ['slin24', { encoding: 'l16', rateHz: 24000 }],
]);

/** `NAME key:value key:value`, as the object that JSON would make of it. */
function plainMessage(line: string): JsonObject {
  const [event, ...members] = line.trim().split(/\s+/);
  const pairs = members.map((member): readonly [string, string] => {
    const colon = member.indexOf(':');
    return colon === -1 ? [member, ''] : [member.slice(0, colon), member.slice(colon + 1)];
  });
  return { ...Object.fromEntries(pairs), event };
}

/** Audio goes in whole frames, far from the 65,535 bytes that would end the call; a command may have 128 bytes. */
function encoder({ format, control }: CallStart): Encoder {
  const frame = frameBytes(format);
  const isPlain = control === 'plain-text';
  return {
    audio: binaryWriter(format, frame * Math.floor(mostMessageBytes / frame)),
    mark: (name) => (isPlain ? text(`MARK_MEDIA ${name}`) : json({ command: 'MARK_MEDIA', correlation_id: name })),
    clear: () => (isPlain ? text('FLUSH_MEDIA') : json({ command: 'FLUSH_MEDIA' })),
  };
}

const mostMessageBytes = 32_000;
