import { z } from 'zod';
import { parseObject } from '../json';
import { binaryWriter, frameBytes, readBinaryAudio } from './binary-audio';
import { fault, json, notice, readMessage, when, type Readers } from './control-messages';
import { keypadDigit, type Dialect } from './dialect';
import { streamParameters } from './stream-parameters';

/**
 * jambonz's `listen` with `bidirectionalAudio.streaming`, telephony reference, section 9: linear PCM as binary messages, both
 * ways at the same rate; the first text introduces the call, with what was given along beside jambonz's own members.
 */
export const jambonz: Dialect = {
  name: 'jambonz',
  capabilities: { marks: true, frameMs: 20, lagMs: 0, maxAheadMs: Infinity },
  subprotocol: 'audio.drachtio.org',
  parse: (frame, isBinary) => {
    if (isBinary) return readBinaryAudio(frame);
    const message = parseObject(frame);
    if (message === undefined) return fault('carrier_invalid_frame');
    // Messages are named by `event`, or by `type`; the one that introduces the call is not, but may bring along anything.
    const isOpening = 'callSid' in message && 'sampleRate' in message;
    const event = isOpening ? opening : (message['event'] ?? message['type']);
    return readMessage({ ...message, event }, readers, opening);
  },
  encoder: ({ format }) => ({
    audio: binaryWriter(format, frameBytes(format) * framesPerMessage),
    mark: (name) => json({ type: 'mark', data: { name } }),
    clear: () => json({ type: 'killAudio' }),
  }),
};

const opening = 'metadata';

/** As many as are ever sent at once. */
const framesPerMessage = 50;

const readers: Readers = {
  [opening]: when(
    z.looseObject({ callSid: z.string().min(1), sampleRate: z.coerce.number(), mixType: z.string().default('mono') }),
    ({ event: _event, ...members }) => {
      const { callSid: callId, sampleRate: rateHz, mixType } = members;
      const isKnown = rateHz === 8000 || rateHz === 16000 || rateHz === 24000;
      if (!isKnown || mixType !== 'mono') return fault('carrier_wrong_codec');
      const parameters = streamParameters(members);
      return { kind: 'started', start: { streamId: '', callId, format: { encoding: 'l16', rateHz }, parameters } };
    },
  ),
  dtmf: when(z.object({ dtmf: z.coerce.string().regex(keypadDigit) }), ({ dtmf: digit }) => ({ kind: 'digit', digit })),
  mark: when(z.object({ data: z.object({ name: z.string(), event: z.string() }) }), ({ data }) =>
    data.event === 'playout' ? { kind: 'mark', name: data.name } : notice('mark_cleared'),
  ),
};
