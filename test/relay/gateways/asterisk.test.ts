import { asterisk, type CallStart } from '../../../relay';
import { type CarrierEvent } from '../../../relay/gateways/dialect';
import { readBytes, readText, written } from './support/reading';

const start = (change: object = {}) => ({
  event: 'MEDIA_START',
  connection_id: 'c-1',
  channel: 'WebSocket/relay/0x1',
  channel_id: '1700000000.12',
  format: 'ulaw',
  optimal_frame_size: 160,
  ptime: 20,
  channel_variables: { org_id: 'org_1' },
  ...change,
});
const call: CallStart = {
  streamId: 'c-1',
  callId: '1700000000.12',
  format: { encoding: 'pcmu', rateHz: 8000 },
  parameters: { org_id: 'org_1' },
  control: 'json',
};

describe('Asterisk’s messages', () => {
  it('introduce a call, as JSON or as plain text', () => {
    expect(readText(asterisk, start())).toEqual({ kind: 'started', start: call });
    const plain =
      'MEDIA_START connection_id:c-1 channel:WebSocket/relay/0x1 channel_id:1700000000.12 format:ulaw ' +
      'optimal_frame_size:160 ptime:20';
    expect(readText(asterisk, plain)).toEqual({
      kind: 'started',
      start: { ...call, parameters: {}, control: 'plain-text' },
    });
  });

  it.each([
    ['alaw', { encoding: 'pcma', rateHz: 8000 }],
    ['slin', { encoding: 'l16', rateHz: 8000 }],
    ['slin16', { encoding: 'l16', rateHz: 16000 }],
    ['slin24', { encoding: 'l16', rateHz: 24000 }],
  ])('may carry %s', (format, expected) => {
    expect(readText(asterisk, start({ format }))).toMatchObject({ start: { format: expected } });
  });

  it('carry audio as bytes, whatever they begin with', () => {
    expect(readBytes(asterisk, Buffer.from('{"event":"MEDIA_XOFF"}'))).toMatchObject({ kind: 'audio', chunk: null });
  });

  it.each<[string, unknown, string, CarrierEvent]>([
    ['a key', { event: 'DTMF_END', digit: '5' }, 'DTMF_END digit:5 channel_id:z', { kind: 'digit', digit: '5' }],
    [
      'a mark',
      { event: 'MEDIA_MARK_PROCESSED', correlation_id: 'i1:20' },
      'MEDIA_MARK_PROCESSED channel_id:z correlation_id:i1:20',
      { kind: 'mark', name: 'i1:20' },
    ],
    ['a full queue', { event: 'MEDIA_XOFF' }, 'MEDIA_XOFF channel_id:z', { kind: 'flow', isOpen: false }],
    ['room in it', { event: 'MEDIA_XON' }, 'MEDIA_XON\n', { kind: 'flow', isOpen: true }],
    [
      'an error',
      { event: 'ERROR', error_text: 'secret' },
      'ERROR error_text:secret',
      { kind: 'complaint', code: 'error' },
    ],
    ['something else', { event: 'QUEUE_DRAINED' }, 'QUEUE_DRAINED', { kind: 'notice', name: 'unknown' }],
  ])('tell of %s', (_what, message, plain, event) => {
    expect(readText(asterisk, message)).toEqual(event);
    expect(readText(asterisk, plain)).toEqual(event);
  });

  it.each<[string, unknown, string]>([
    ['half a JSON', '{"event":', 'carrier_invalid_frame'],
    ['a start without a channel', start({ channel_id: '' }), 'carrier_invalid_frame'],
    ['another codec', start({ format: 'g722' }), 'carrier_wrong_codec'],
    ['frames of another length', start({ ptime: 10 }), 'carrier_wrong_codec'],
    ['a name in place of the event’s', 'DTMF_END event:MEDIA_XON', 'invalid_event'],
  ])('are faulty with %s', (_what, message, fault) => {
    expect(readText(asterisk, message)).toEqual({ kind: 'fault', fault });
  });

  it('are written as the stream writes its own', () => {
    const audio = Buffer.alloc(160, 7);
    expect(written(asterisk, call, audio)).toEqual([
      audio,
      { command: 'MARK_MEDIA', correlation_id: 'i1:20' },
      { command: 'FLUSH_MEDIA' },
    ]);
    expect(written(asterisk, { ...call, control: 'plain-text' }, audio)).toEqual([
      audio,
      'MARK_MEDIA i1:20',
      'FLUSH_MEDIA',
    ]);
  });

  it('are of whole frames and far below 65,535 bytes; a command has 128 at most', () => {
    const wide = { ...call, format: { encoding: 'l16', rateHz: 24000 } } as const;
    const frames = written(asterisk, wide, Buffer.alloc(100_000, 7)).slice(0, -2) as Buffer[];
    expect(frames.map(({ length }) => length)).toEqual([31_680, 31_680, 31_680, 5_760]);
    expect(Buffer.concat(frames)).toEqual(Buffer.concat([Buffer.alloc(100_000, 7), Buffer.alloc(800)]));
    const longest = asterisk.encoder(call).mark('i999999999:999999999');
    expect(longest?.data.length).toBeLessThanOrEqual(128);
  });
});
