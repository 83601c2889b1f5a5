import fc from 'fast-check';
import { vonage, type CallStart } from '../../../relay';
import { type CarrierEvent } from '../../../relay/gateways/dialect';
import { readBytes, readText, written } from './support/reading';

const connected = (type = 'audio/l16;rate=24000', headers: object = { org_id: 'org_1', caller_uuid: '63f6' }) => ({
  event: 'websocket:connected',
  'content-type': type,
  ...headers,
});
const call = (rateHz: 8000 | 16000 | 24000): CallStart => ({
  streamId: '',
  callId: '63f6',
  format: { encoding: 'l16', rateHz },
  parameters: { org_id: 'org_1', caller_uuid: '63f6' },
});

describe('Vonage’s messages', () => {
  it.each([8000, 16000, 24000] as const)('introduce a call of linear PCM at %i Hz', (rateHz) => {
    const event = { kind: 'started', start: call(rateHz) };
    expect(readText(vonage, connected(`audio/l16;rate=${rateHz}`))).toEqual(event);
    expect(readText(vonage, connected(`audio/L16; rate=${rateHz}`))).toEqual(event);
  });

  it('introduce a call that nobody named', () => {
    expect(readText(vonage, connected(undefined, { nested: {} }))).toEqual({
      kind: 'started',
      start: { ...call(24000), callId: '', parameters: {} },
    });
  });

  it('carry audio as bytes', () => {
    const bytes = Buffer.alloc(640, 3);
    expect(readBytes(vonage, bytes)).toEqual({
      kind: 'audio',
      streamId: null,
      base64: Buffer.from(bytes.toString('base64')),
      timestampMs: null,
      chunk: null,
    });
  });

  it.each<[string, unknown, CarrierEvent]>([
    ['a key', { event: 'websocket:dtmf', digit: '5', duration: 260 }, { kind: 'digit', digit: '5' }],
    ['a mark', { event: 'websocket:notify', payload: { id: 'i1:20' } }, { kind: 'mark', name: 'i1:20' }],
    ['a clear', { event: 'websocket:cleared' }, { kind: 'notice', name: 'cleared' }],
    ['something new', { event: 'websocket:hangup' }, { kind: 'notice', name: 'unknown' }],
  ])('tell of %s', (_what, message, event) => {
    expect(readText(vonage, message)).toEqual(event);
  });

  it.each<[string, unknown, string]>([
    ['no JSON', 'RIFF', 'carrier_invalid_frame'],
    ['a start that does not say what it carries', { event: 'websocket:connected' }, 'carrier_invalid_frame'],
    ['another codec', connected('audio/pcmu;rate=8000'), 'carrier_wrong_codec'],
    ['another rate', connected('audio/l16;rate=44100'), 'carrier_wrong_codec'],
    ['a key that is none', { event: 'websocket:dtmf', digit: 'x' }, 'invalid_event'],
    ['a mark without a name', { event: 'websocket:notify', payload: {} }, 'invalid_event'],
  ])('are faulty with %s', (_what, message, fault) => {
    expect(readText(vonage, message)).toEqual({ kind: 'fault', fault });
  });

  it.each([0, 639])('are faulty with %i bytes of audio', (length) => {
    expect(readBytes(vonage, Buffer.alloc(length))).toEqual({ kind: 'fault', fault: 'invalid_audio' });
  });

  it('are written as JSON beside the audio', () => {
    expect(written(vonage, call(8000), Buffer.alloc(320, 1))).toEqual([
      Buffer.alloc(320, 1),
      { action: 'notify', payload: { id: 'i1:20' } },
      { action: 'clear' },
    ]);
  });

  it('are of exactly twenty milliseconds each, the last filled up with silence', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), fc.constantFrom(8000, 16000, 24000), (bytes, rateHz) => {
        const audio = Buffer.from(bytes);
        const frames = written(vonage, call(rateHz), audio).slice(0, -2) as Buffer[];
        const size = (rateHz / 50) * 2;
        expect(frames.every(({ length }) => length === size)).toBe(true);
        const all = Buffer.concat(frames);
        expect(all.subarray(0, audio.length)).toEqual(audio);
        expect(all.length - audio.length).toBeLessThan(size);
        expect(all.subarray(audio.length).every((byte) => byte === 0)).toBe(true);
      }),
    );
  });
});
