import { telnyx, type CallStart } from '../../../relay';
import { type CarrierEvent } from '../../../relay/gateways/dialect';
import { assertReadAsParsed, readBytes, readText, written } from './support/reading';

const start = (media: object = {}, more: object = {}) => ({
  event: 'start',
  sequence_number: '1',
  stream_id: '32de',
  start: {
    user_id: 'u',
    call_control_id: 'v3:1',
    call_session_id: 's',
    from: '+15550001111',
    to: '+15550002222',
    tags: [],
    client_state: 'QUJD',
    custom_parameters: { org_id: 'org_1' },
    media_format: { encoding: 'PCMU', sample_rate: 8000, channels: 1, ...media },
    ...more,
  },
});
const frame = {
  event: 'media',
  sequence_number: '4',
  stream_id: '32de',
  media: { track: 'inbound', chunk: '2', timestamp: '5', payload: 'AAAA' },
};
const media = (change: object) => ({ ...frame, media: { ...frame.media, ...change } });
const call: CallStart = {
  streamId: '32de',
  callId: 'v3:1',
  format: { encoding: 'pcmu', rateHz: 8000 },
  parameters: { client_state: 'QUJD', org_id: 'org_1' },
};

describe('Telnyx’s messages', () => {
  it('introduce a call', () => {
    expect(readText(telnyx, start())).toEqual({ kind: 'started', start: call });
    expect(readText(telnyx, start({ encoding: 'PCMA', sample_rate: '8000' }))).toMatchObject({
      start: { format: { encoding: 'pcma', rateHz: 8000 } },
    });
  });

  it('introduce one that was given nothing along', () => {
    const bare = start({}, { client_state: undefined, custom_parameters: undefined });
    expect(readText(telnyx, bare)).toEqual({ kind: 'started', start: { ...call, parameters: {} } });
  });

  it('carry audio that says which frame it is', () => {
    const audio = { kind: 'audio', streamId: '32de', base64: Buffer.from('AAAA'), timestampMs: 5, chunk: 2 };
    expect(readText(telnyx, frame)).toEqual(audio);
    expect(readText(telnyx, media({ chunk: 2, timestamp: 5 }))).toEqual(audio);
    expect(readText(telnyx, media({ chunk: undefined }))).toEqual({ ...audio, chunk: null });
  });

  it.each<[string, unknown, CarrierEvent]>([
    ['a key', { event: 'dtmf', stream_id: '32de', dtmf: { digit: '1' } }, { kind: 'digit', digit: '1' }],
    ['a mark', { event: 'mark', stream_id: '32de', mark: { name: 'i1:20' } }, { kind: 'mark', name: 'i1:20' }],
    ['an end', { event: 'stop', stop: { call_control_id: 'v3:1' }, stream_id: '32de' }, { kind: 'stopped' }],
    ['a greeting', { event: 'connected', version: '1.0.0' }, { kind: 'notice', name: 'connected' }],
    ['something new', { event: 'weather' }, { kind: 'notice', name: 'unknown' }],
    ['a member of every object', { event: 'constructor' }, { kind: 'notice', name: 'unknown' }],
    ['our own audio', media({ track: 'outbound' }), { kind: 'notice', name: 'media_of_another_track' }],
    ['a complaint', complaint(100_004), { kind: 'complaint', code: 'invalid_media' }],
    ['too many messages', complaint('100005'), { kind: 'complaint', code: 'rate_limit_reached' }],
    ['a complaint nobody knows', complaint(7), { kind: 'complaint', code: 'unknown' }],
  ])('tell of %s', (_what, message, event) => {
    expect(readText(telnyx, message)).toEqual(event);
  });

  it.each<[string, unknown, string]>([
    ['a start without a call', start({}, { call_control_id: '' }), 'carrier_invalid_frame'],
    ['a codec we do not take', start({ encoding: 'L16', sample_rate: 16000 }), 'carrier_wrong_codec'],
    ['two channels', start({ channels: 2 }), 'carrier_wrong_codec'],
    ['no audio', media({ payload: '' }), 'invalid_audio'],
    ['a frame that is none', media({ chunk: '-1' }), 'invalid_event'],
    ['a time that is none', media({ timestamp: 'now' }), 'carrier_impossible_timestamp'],
    ['a key that is none', { event: 'dtmf', dtmf: { digit: 'E' } }, 'invalid_event'],
    ['an error without a code', { event: 'error', payload: {} }, 'invalid_event'],
  ])('are faulty with %s', (_what, message, fault) => {
    expect(readText(telnyx, message)).toEqual({ kind: 'fault', fault });
  });

  it('are text', () => {
    expect(readBytes(telnyx, Buffer.from(JSON.stringify(frame)))).toEqual({
      kind: 'fault',
      fault: 'carrier_invalid_frame',
    });
  });

  it('are written without the stream', () => {
    expect(written(telnyx, call, Buffer.alloc(3))).toEqual([
      { event: 'media', media: { payload: 'AAAA' } },
      { event: 'mark', mark: { name: 'i1:20' } },
      { event: 'clear' },
    ]);
  });

  it('mean what JSON.parse finds in them, whatever an edit makes of them', () => {
    assertReadAsParsed(telnyx, frame);
  });
});

function complaint(code: number | string): object {
  return { event: 'error', payload: { code, title: 'title', detail: 'secret' }, stream_id: '32de' };
}
