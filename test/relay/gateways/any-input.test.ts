import fc from 'fast-check';
import { asterisk, jambonz, plivo, telnyx, twilio, vonage } from '../../../relay';
import { callStart, PhoneScript, speech } from './support/phone-script';

/** Members carriers and sessions use, with values they do not. */
const member = fc.constantFrom(
  'event',
  'type',
  'media',
  'payload',
  'timestamp',
  'streamSid',
  'stream_id',
  'streamId',
  'chunk',
  'media_format',
  'mediaFormat',
  'extra_headers',
  'callSid',
  'sampleRate',
  'data',
  'correlation_id',
  'content-type',
  'mark',
  'name',
  'dtmf',
  'digit',
  'start',
  'response',
  'id',
  'item_id',
  'response_id',
  'content_index',
  'delta',
  'session',
  'error',
);
const value = fc.oneof(
  fc.constantFrom(
    'websocket:connected',
    'websocket:dtmf',
    'websocket:notify',
    'MEDIA_START',
    'MEDIA_XOFF',
    'MEDIA_XON',
  ),
  fc.constantFrom('DTMF_END', 'MEDIA_MARK_PROCESSED', 'playedStream', 'audio/l16;rate=8000', '5', 'playout'),
  fc.constantFrom('media', 'start', 'dtmf', 'mark', 'stop', 'response.created', 'response.done', 'error', 'item_A'),
  fc.constantFrom('response.output_audio.delta', 'response.output_audio.done', 'session.created', 'i1:240', speech(7)),
  fc.integer(),
  fc.constant(null),
);
const odd = fc.letrec<{ object: object }>((tie) => ({
  object: fc.dictionary(member, fc.oneof({ depthSize: 'small' }, value, tie('object')), { maxKeys: 6 }),
})).object;
const message = fc.oneof(
  odd.map((object) => Buffer.from(JSON.stringify(object))),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.array(fc.oneof(value, member), { maxLength: 4 }).map((words) => Buffer.from(words.join(' '))),
);

describe('whatever a carrier or a session sends', () => {
  it.each([twilio, telnyx, plivo, vonage, asterisk, jambonz].map((dialect) => [dialect.name, dialect] as const))(
    'is taken without a throw by %s, and a call that is over stays over',
    (_name, dialect) => {
      fc.assert(
        fc.property(fc.array(fc.tuple(message, fc.nat(3)), { maxLength: 30 }), (messages) => {
          const script = PhoneScript.connected().begin('resp_A').says('item_A', 900);
          for (const [data, from] of messages) {
            script.at(script.nowMs + 10);
            if (from > 1) script.feed({ kind: 'session', data });
            else {
              const event = dialect.parse(data, from === 1 && data.length % 3 === 0);
              if (event.kind === 'started') script.feed({ kind: 'started', start: callStart, isExpected: true });
              else script.carrier(event);
            }
            const isOver = script.state.phase === 'over';
            if (isOver) {
              script.takeLines();
              expect(script.speechStarted().frame().takeLines()).toEqual([]);
            }
          }
        }),
        { numRuns: 1000 },
      );
    },
  );
});
