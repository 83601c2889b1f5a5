import { pcmu, signalwire, twilio, type Dialect } from '../../../relay';
import { type CarrierEvent } from '../../../relay/gateways/dialect';
import { assertReadAsParsed, readText } from './support/reading';

const read = (message: unknown, dialect: Dialect = twilio) => readText(dialect, message);

const start = (mediaFormat: object, more: object = {}) => ({
  event: 'start',
  sequenceNumber: '1',
  start: {
    accountSid: 'AC1',
    streamSid: 'MZ1',
    callSid: 'CA1',
    tracks: ['inbound'],
    mediaFormat,
    customParameters: { org_id: 'org_1' },
    ...more,
  },
  streamSid: 'MZ1',
});
const mulaw = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
const frame = {
  event: 'media',
  sequenceNumber: '3',
  media: { track: 'inbound', chunk: '1', timestamp: '5', payload: 'AAAA' },
  streamSid: 'MZ1',
};
const media = (change: object) => ({ ...frame, media: { ...frame.media, ...change } });

describe('Twilio’s messages', () => {
  it('introduce a call', () => {
    expect(read(start(mulaw))).toEqual({
      kind: 'started',
      start: { streamId: 'MZ1', callId: 'CA1', format: pcmu, parameters: { org_id: 'org_1' } },
    });
  });

  it('carry audio, whose text is the very bytes that came', () => {
    const bytes = Buffer.from(JSON.stringify(frame));
    const event = twilio.parse(bytes, false);
    expect(event).toEqual({ kind: 'audio', streamId: 'MZ1', base64: Buffer.from('AAAA'), timestampMs: 5, chunk: null });
    expect(event.kind === 'audio' && event.base64.buffer === bytes.buffer).toBe(true);
  });

  it.each<[string, unknown, CarrierEvent]>([
    [
      'a key',
      { event: 'dtmf', streamSid: 'MZ1', dtmf: { track: 'inbound_track', digit: '#' } },
      { kind: 'digit', digit: '#' },
    ],
    ['a mark', { event: 'mark', streamSid: 'MZ1', mark: { name: 'i1:20' } }, { kind: 'mark', name: 'i1:20' }],
    ['an end', { event: 'stop', stop: { callSid: 'CA1' }, streamSid: 'MZ1' }, { kind: 'stopped' }],
    ['a greeting', { event: 'connected', protocol: 'Call', version: '1.0.0' }, { kind: 'notice', name: 'connected' }],
    ['something new', { event: 'weather' }, { kind: 'notice', name: 'unknown' }],
    ['no event', {}, { kind: 'notice', name: 'unknown' }],
    ['our own audio', media({ track: 'outbound' }), { kind: 'notice', name: 'media_of_another_track' }],
  ])('tell of %s', (_what, message, event) => {
    expect(read(message)).toEqual(event);
  });

  it.each<[string, unknown, string]>([
    ['no JSON', '{"event":"media"', 'carrier_invalid_frame'],
    ['no object', '[]', 'carrier_invalid_frame'],
    ['nothing', '', 'carrier_invalid_frame'],
    ['a start without a call', start(mulaw, { callSid: '' }), 'carrier_invalid_frame'],
    ['another codec', start({ ...mulaw, encoding: 'audio/x-alaw' }), 'carrier_wrong_codec'],
    ['another rate', start({ ...mulaw, sampleRate: 16000 }), 'carrier_wrong_codec'],
    ['two channels', start({ ...mulaw, channels: 2 }), 'carrier_wrong_codec'],
    ['no audio', media({ payload: '' }), 'invalid_audio'],
    ['half a quantum', media({ payload: 'AAA' }), 'invalid_audio'],
    ['letters that are none', media({ payload: 'A*AA' }), 'invalid_audio'],
    ['a payload that is no text', media({ payload: 5 }), 'invalid_event'],
    ['a negative time', media({ timestamp: '-5' }), 'carrier_impossible_timestamp'],
    ['a time that is none', media({ timestamp: '5e3' }), 'carrier_impossible_timestamp'],
    ['a time beyond counting', media({ timestamp: '9'.repeat(30) }), 'carrier_impossible_timestamp'],
    ['a key that is none', { event: 'dtmf', dtmf: { digit: '12' } }, 'invalid_event'],
    ['a mark without a name', { event: 'mark', streamSid: 'MZ1' }, 'invalid_event'],
  ])('are faulty with %s', (_what, message, fault) => {
    expect(read(message)).toEqual({ kind: 'fault', fault });
  });

  it('are text', () => {
    expect(twilio.parse(Buffer.from(JSON.stringify(frame)), true)).toEqual({
      kind: 'fault',
      fault: 'carrier_invalid_frame',
    });
  });

  it('are written with exactly the members Twilio takes', () => {
    const encoder = twilio.encoder({ streamId: 'MZ"1', callId: 'CA1', format: pcmu, parameters: {} });
    const written = [...encoder.audio(Buffer.from('AAAA')), encoder.mark('i1:20'), encoder.clear()];
    expect(written.map((message) => JSON.parse(String(message?.data)) as unknown)).toEqual([
      { event: 'media', streamSid: 'MZ"1', media: { payload: 'AAAA' } },
      { event: 'mark', streamSid: 'MZ"1', mark: { name: 'i1:20' } },
      { event: 'clear', streamSid: 'MZ"1' },
    ]);
    expect(written.every((message) => message?.isBinary === false)).toBe(true);
  });

  it('mean what JSON.parse finds in them, whatever an edit makes of them', () => {
    assertReadAsParsed(twilio, frame);
  });
});

describe('SignalWire’s messages', () => {
  it('may leave out the stream and what was brought along, and count with numbers', () => {
    const { streamSid: _streamSid, ...bare } = media({ timestamp: 40 });
    expect(read(bare, signalwire)).toMatchObject({ kind: 'audio', streamId: null, timestampMs: 40 });
    expect(read(start(mulaw, { customParameters: undefined }), signalwire)).toMatchObject({
      kind: 'started',
      start: { parameters: {} },
    });
    expect(read({ event: 'dtmf', dtmf: { digit: '5', duration: 160 } }, signalwire)).toMatchObject({ digit: '5' });
  });

  it.each([8000, 16000, 24000])('may carry linear PCM at %i Hz', (rateHz) => {
    expect(read(start({ encoding: 'audio/x-L16', sampleRate: rateHz, channels: 1 }), signalwire)).toMatchObject({
      start: { format: { encoding: 'l16', rateHz } },
    });
  });

  it('may not carry it at other rates', () => {
    expect(read(start({ encoding: 'audio/x-L16', sampleRate: 44100, channels: 1 }), signalwire)).toMatchObject({
      fault: 'carrier_wrong_codec',
    });
  });
});
