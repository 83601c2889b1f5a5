import { z } from 'zod';
import { binaryWriter, frameBytes, readBinaryAudio } from './binary-audio';
import { type CarrierFormat } from './carrier-format';
import { fault, json, notice, readControl, when, type Readers } from './control-messages';
import { keypadDigit, type CallStart, type Dialect, type Encoder } from './dialect';
import { streamParameters } from './stream-parameters';

/**
 * Vonage Voice over a WebSocket endpoint, telephony reference, section 6: linear PCM as binary messages of exactly 20 ms,
 * everything else as JSON text, `notify` for marks.
 *
 * The stream is a leg of its own and does not know the caller's: the answer must put the uuid of the phone's leg into
 * `headers` as `caller_uuid`, which becomes the `callId`; without, that is empty.
 */
export const vonage: Dialect = {
  name: 'vonage',
  capabilities: { marks: true, frameMs: 20, lagMs: 0, maxAheadMs: 50_000 },
  parse: (frame, isBinary) => (isBinary ? readBinaryAudio(frame) : readControl(frame, readers, opening)),
  encoder,
};

const opening = 'websocket:connected';

const readers: Readers = {
  // What was given along stands beside the members of Vonage's own.
  [opening]: when(
    z.looseObject({ 'content-type': z.string() }),
    ({ event: _event, 'content-type': type, ...headers }) => {
      const format = formatOf(type);
      if (format === undefined) return fault('carrier_wrong_codec');
      const parameters = streamParameters(headers);
      return { kind: 'started', start: { streamId: '', callId: parameters['caller_uuid'] ?? '', format, parameters } };
    },
  ),
  'websocket:dtmf': when(z.object({ digit: z.coerce.string().regex(keypadDigit) }), ({ digit }) => ({
    kind: 'digit',
    digit,
  })),
  'websocket:notify': when(z.object({ payload: z.object({ id: z.string() }) }), ({ payload: { id } }) => ({
    kind: 'mark',
    name: id,
  })),
  'websocket:cleared': () => notice('cleared'),
};

function formatOf(type: string): CarrierFormat | undefined {
  switch (type.replaceAll(' ', '').toLowerCase()) {
    case 'audio/l16;rate=8000':
      return { encoding: 'l16', rateHz: 8000 };
    case 'audio/l16;rate=16000':
      return { encoding: 'l16', rateHz: 16000 };
    case 'audio/l16;rate=24000':
      return { encoding: 'l16', rateHz: 24000 };
    default:
      return undefined;
  }
}

/** Vonage keeps 3072 messages, of one frame each. */
function encoder({ format }: CallStart): Encoder {
  return {
    audio: binaryWriter(format, frameBytes(format)),
    mark: (id) => json({ action: 'notify', payload: { id } }),
    clear: () => json({ action: 'clear' }),
  };
}
