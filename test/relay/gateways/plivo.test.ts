import fc from 'fast-check';
import { plivo, type CallStart } from '../../../relay';
import { type CarrierEvent } from '../../../relay/gateways/dialect';
import { assertReadAsParsed, readBytes, readText, written } from './support/reading';

const start = (mediaFormat: object = {}, headers: unknown = 'orgId=org1;callRef=abc') => ({
  event: 'start',
  sequenceNumber: 1,
  start: {
    callId: 'call-1',
    streamId: 'stream-1',
    accountId: 'MA1',
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, ...mediaFormat },
  },
  extra_headers: headers,
});
const frame = {
  event: 'media',
  sequenceNumber: 2,
  streamId: 'stream-1',
  media: { track: 'inbound', timestamp: '1700000000123', chunk: 1, payload: 'AAAA' },
  extra_headers: 'orgId=org1',
};
const media = (change: object) => ({ ...frame, media: { ...frame.media, ...change } });
const call: CallStart = {
  streamId: 'stream-1',
  callId: 'call-1',
  format: { encoding: 'pcmu', rateHz: 8000 },
  parameters: { orgId: 'org1', callRef: 'abc' },
};

describe('Plivo’s messages', () => {
  it('introduce a call', () => {
    expect(readText(plivo, start())).toEqual({ kind: 'started', start: call });
  });

  it.each<[string, unknown, object]>([
    ['as pairs', 'orgId=org1;callRef=a=b', { orgId: 'org1', callRef: 'a=b' }],
    ['as pairs between commas', 'orgId=org1, callRef=abc', { orgId: 'org1', callRef: 'abc' }],
    ['as JSON in a string', '{"orgId":"org1","n":5,"o":{}}', { orgId: 'org1', n: '5' }],
    ['as JSON', { orgId: 'org1', n: 5, o: null }, { orgId: 'org1', n: '5' }],
    ['as what says nothing', 'orgId;=x;', {}],
    ['as nothing', null, {}],
  ])('bring along what they were given, %s', (_how, headers, parameters) => {
    expect(readText(plivo, start({}, headers))).toEqual({ kind: 'started', start: { ...call, parameters } });
  });

  it('need not bring anything along', () => {
    const { extra_headers: _headers, ...bare } = start();
    expect(readText(plivo, bare)).toEqual({ kind: 'started', start: { ...call, parameters: {} } });
  });

  it('introduce a call whatever was given along', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.object(), fc.constant(null)), (headers) => {
        const event = readText(plivo, start({}, headers));
        if (event.kind !== 'started') throw new Error('no start');
        for (const [name, value] of Object.entries(event.start.parameters)) {
          expect(name).not.toBe('');
          expect(typeof value).toBe('string');
        }
      }),
    );
  });

  it.each([8000, 16000])('may carry linear PCM at %i Hz', (rateHz) => {
    expect(readText(plivo, start({ encoding: 'audio/x-l16', sampleRate: rateHz }))).toMatchObject({
      start: { format: { encoding: 'l16', rateHz } },
    });
  });

  it('carry audio, counted in strings or numbers', () => {
    const audio = { kind: 'audio', streamId: 'stream-1', base64: Buffer.from('AAAA'), chunk: null };
    expect(readText(plivo, frame)).toEqual({ ...audio, timestampMs: 1_700_000_000_123 });
    expect(readText(plivo, media({ timestamp: 20, chunk: '2' }))).toEqual({ ...audio, timestampMs: 20 });
  });

  it.each<[string, unknown, CarrierEvent]>([
    ['a key', { event: 'dtmf', streamId: 'stream-1', dtmf: { track: 'inbound', digit: '#' } }, digit('#')],
    ['a key as a number', { event: 'dtmf', dtmf: { digit: 5, timestamp: '9' } }, digit('5')],
    ['a checkpoint', { event: 'playedStream', streamId: 'stream-1', name: 'i1:20' }, { kind: 'mark', name: 'i1:20' }],
    ['a clear', { event: 'clearedAudio', streamId: 'stream-1' }, { kind: 'notice', name: 'clearedAudio' }],
    ['what it could not play', { event: 'playFailed', reason: 'secret' }, { kind: 'complaint', code: 'play_failed' }],
    ['an error', { event: 'error', reason: 'secret' }, { kind: 'complaint', code: 'error' }],
    ['an end', { event: 'stop' }, { kind: 'stopped' }],
    ['something new', { event: 'weather' }, { kind: 'notice', name: 'unknown' }],
  ])('tell of %s', (_what, message, event) => {
    expect(readText(plivo, message)).toEqual(event);
  });

  it.each<[string, unknown, string]>([
    ['a start without a call', { event: 'start', start: { streamId: 'stream-1' } }, 'carrier_invalid_frame'],
    ['another codec', start({ encoding: 'audio/x-alaw' }), 'carrier_wrong_codec'],
    ['another rate', start({ sampleRate: 16000 }), 'carrier_wrong_codec'],
    ['a rate of PCM it does not have', start({ encoding: 'audio/x-l16', sampleRate: 24000 }), 'carrier_wrong_codec'],
    ['a checkpoint without a name', { event: 'playedStream', streamId: 'stream-1' }, 'invalid_event'],
    ['no audio', media({ payload: '' }), 'invalid_audio'],
  ])('are faulty with %s', (_what, message, fault) => {
    expect(readText(plivo, message)).toEqual({ kind: 'fault', fault });
  });

  it('are text', () => {
    expect(readBytes(plivo, Buffer.from('{}'))).toEqual({ kind: 'fault', fault: 'carrier_invalid_frame' });
  });

  it('are written with the type of the audio, without its rate', () => {
    expect(written(plivo, call, Buffer.alloc(3))).toEqual([
      { event: 'playAudio', media: { contentType: 'audio/x-mulaw', sampleRate: 8000, payload: 'AAAA' } },
      { event: 'checkpoint', streamId: 'stream-1', name: 'i1:20' },
      { event: 'clearAudio', streamId: 'stream-1' },
    ]);
    const wide = { ...call, format: { encoding: 'l16', rateHz: 16000 } } as const;
    expect(written(plivo, wide, Buffer.alloc(3))[0]).toEqual({
      event: 'playAudio',
      media: { contentType: 'audio/x-l16', sampleRate: 16000, payload: 'AAAA' },
    });
  });

  it('mean what JSON.parse finds in them, whatever an edit makes of them', () => {
    assertReadAsParsed(plivo, frame);
  });
});

function digit(pressed: string): CarrierEvent {
  return { kind: 'digit', digit: pressed };
}
