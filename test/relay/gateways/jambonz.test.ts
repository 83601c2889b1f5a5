import { jambonz, type CallStart } from '../../../relay';
import { type CarrierEvent } from '../../../relay/gateways/dialect';
import { readBytes, readText, written } from './support/reading';

const metadata = {
  callSid: 'call-1',
  callId: 'sip-1',
  from: '+15550001111',
  to: '+15550002222',
  accountSid: 'account-1',
  applicationSid: 'application-1',
  direction: 'inbound',
  sampleRate: 24000,
  mixType: 'mono',
  org_id: 'org_1',
};
const call: CallStart = {
  streamId: '',
  callId: 'call-1',
  format: { encoding: 'l16', rateHz: 24000 },
  parameters: { ...metadata, sampleRate: '24000' },
};

describe('jambonz’s messages', () => {
  it('introduce a call, with what was given along beside the rest', () => {
    expect(readText(jambonz, metadata)).toEqual({ kind: 'started', start: call });
    expect(readText(jambonz, { ...metadata, type: 'sales', event: 'fair' })).toMatchObject({
      start: { callId: 'call-1', parameters: { type: 'sales', org_id: 'org_1' } },
    });
  });

  it.each([8000, 16000])('may carry linear PCM at %i Hz', (sampleRate) => {
    expect(readText(jambonz, { ...metadata, sampleRate })).toMatchObject({
      start: { format: { encoding: 'l16', rateHz: sampleRate } },
    });
  });

  it('carry audio as bytes', () => {
    expect(readBytes(jambonz, Buffer.alloc(960))).toMatchObject({ kind: 'audio', streamId: null });
    expect(readBytes(jambonz, Buffer.alloc(959))).toEqual({ kind: 'fault', fault: 'invalid_audio' });
  });

  it.each<[string, unknown, CarrierEvent]>([
    ['a key', { event: 'dtmf', dtmf: '5', duration: '1600' }, { kind: 'digit', digit: '5' }],
    ['a mark', { type: 'mark', data: { name: 'i1:20', event: 'playout' } }, { kind: 'mark', name: 'i1:20' }],
    [
      'a mark that was thrown away',
      { type: 'mark', data: { name: 'i1:20', event: 'cleared' } },
      { kind: 'notice', name: 'mark_cleared' },
    ],
    ['a clip', { type: 'playDone', data: { id: 'p1' } }, { kind: 'notice', name: 'unknown' }],
    ['nothing', {}, { kind: 'notice', name: 'unknown' }],
  ])('tell of %s', (_what, message, event) => {
    expect(readText(jambonz, message)).toEqual(event);
  });

  it.each<[string, unknown, string]>([
    ['no JSON', 'hello', 'carrier_invalid_frame'],
    ['a call without an id', { ...metadata, callSid: '' }, 'carrier_invalid_frame'],
    ['another rate', { ...metadata, sampleRate: 48000 }, 'carrier_wrong_codec'],
    ['two channels', { ...metadata, mixType: 'stereo' }, 'carrier_wrong_codec'],
    ['a key that is none', { event: 'dtmf', dtmf: '' }, 'invalid_event'],
  ])('are faulty with %s', (_what, message, fault) => {
    expect(readText(jambonz, message)).toEqual({ kind: 'fault', fault });
  });

  it('are written as JSON beside the audio', () => {
    const audio = Buffer.alloc(960, 7);
    expect(written(jambonz, call, audio)).toEqual([
      audio,
      { type: 'mark', data: { name: 'i1:20' } },
      { type: 'killAudio' },
    ]);
  });
});
