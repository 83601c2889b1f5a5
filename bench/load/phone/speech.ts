import { randomBytes } from 'node:crypto';
import { encodeFrame, opcode } from '../../wire/frame';
import { audioPlace } from '../conversation';
import { type Speech } from '../speech';
import { type Message, type PhoneWire } from './wire';

/**
 * 20 ms of noise a frame: as the carrier has it from the client, `response.output_audio.delta` from upstream.
 *
 * @param isTranslated whether they arrive as the other side's, as through a relay, or as they are, as through a pipe.
 */
export function phoneSpeech(wire: PhoneWire, answerId: string, isTranslated: boolean): Speech {
  const [heard, said] = [randomBytes(wire.bytes.carrier), randomBytes(wire.bytes.session)];
  const delta = bytesOf({
    type: 'response.output_audio.delta',
    event_id: 'event_audio',
    ...audioPlace(answerId),
    delta: said.toString('base64'),
  });
  const append = bytesOf({ type: 'input_audio_buffer.append', audio: said.toString('base64') });
  let lastNth = -1;
  let last: Buffer = Buffer.alloc(0);
  return {
    // All calls are at the same frame, so that each is encoded once for all of them.
    up: (nth) => {
      if (nth !== lastNth) last = encoded(wire.heard(heard, nth));
      lastNth = nth;
      return last;
    },
    down: encodeFrame(delta, false),
    upBytes: (isTranslated ? append : bytesOf(wire.heard(heard, 0))).length,
    downBytes: (isTranslated ? bytesOf(wire.spoken(heard)) : delta).length,
  };
}

const encoded = (message: Message) =>
  encodeFrame(bytesOf(message), true, Buffer.isBuffer(message) ? opcode.binary : opcode.text);

const bytesOf = (message: Message) => (Buffer.isBuffer(message) ? message : Buffer.from(JSON.stringify(message)));
