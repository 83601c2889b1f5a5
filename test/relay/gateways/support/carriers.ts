import {
  asterisk,
  jambonz,
  pcma,
  pcmu,
  plivo,
  signalwire,
  telnyx,
  twilio,
  vonage,
  type CarrierFormat,
  type Dialect,
} from '../../../../relay';

/** What a carrier is told. */
export type Told =
  | { readonly kind: 'audio'; readonly bytes: Buffer }
  | { readonly kind: 'mark'; readonly name: string }
  | { readonly kind: 'clear' };

/** A message of a carrier: text as an object, or bytes. */
export type Message = object | string | Buffer;

/** The carrier's side of a dialect, written by hand from the telephony reference. */
export interface CarrierSide {
  readonly name: string;
  readonly dialect: Dialect;
  readonly format: CarrierFormat;
  readonly opening: readonly Message[];
  /** The caller's n-th frame, counted from 0. */
  readonly audio: (bytes: Buffer, index: number) => Message;
  readonly digit: (digit: string) => Message;
  readonly played: (mark: string) => Message;
  /** What it does on being told to clear, given the marks that are out. */
  readonly cleared: (marks: readonly string[]) => readonly Message[];
  /** Reads what it is told, as strictly as it would; throws on anything it would not take. */
  readonly read: (data: Buffer, isBinary: boolean) => Told;
}

const l16 = (rateHz: 8000 | 16000 | 24000): CarrierFormat => ({ encoding: 'l16', rateHz });

export const carriers: readonly CarrierSide[] = [
  mediaStreams(twilio, pcmu),
  mediaStreams(signalwire, l16(24000)),
  telnyxSide(pcmu),
  telnyxSide(pcma),
  plivoSide(pcmu),
  plivoSide(l16(16000)),
  vonageSide(8000),
  vonageSide(24000),
  asteriskSide('json'),
  asteriskSide('plain-text'),
  jambonzSide(),
];

function mediaStreams(dialect: Dialect, format: CarrierFormat): CarrierSide {
  const encoding = format.encoding === 'l16' ? 'audio/x-L16' : 'audio/x-mulaw';
  const mediaFormat = { encoding, sampleRate: format.rateHz, channels: 1 };
  const start = { streamSid: 'MZ1', callSid: 'call-1', mediaFormat, customParameters: {} };
  const played = (name: string) => ({ event: 'mark', streamSid: 'MZ1', mark: { name } });
  return {
    name: `${dialect.name} ${format.encoding}`,
    dialect,
    format,
    opening: [
      { event: 'connected', version: '1.0.0' },
      { event: 'start', start, streamSid: 'MZ1' },
    ],
    audio: (bytes, index) => ({
      event: 'media',
      media: { track: 'inbound', chunk: `${index + 1}`, timestamp: `${20 * index}`, payload: bytes.toString('base64') },
      streamSid: 'MZ1',
    }),
    digit: (digit) => ({ event: 'dtmf', streamSid: 'MZ1', dtmf: { track: 'inbound_track', digit } }),
    played,
    cleared: (marks) => marks.map(played),
    read: (data, isBinary) => {
      const { event, streamSid, media, mark, ...more } = readText(data, isBinary);
      if (streamSid !== 'MZ1' || Object.keys(more).length > 0) throw new Error('31951');
      return toldOf(String(event), { media: payloadOf(media), mark: nameOf(mark), clear: '' });
    },
  };
}

function telnyxSide(format: CarrierFormat): CarrierSide {
  const mediaFormat = { encoding: format.encoding.toUpperCase(), sample_rate: 8000, channels: 1 };
  const played = (name: string) => ({ event: 'mark', stream_id: 's-1', mark: { name } });
  return {
    name: `telnyx ${format.encoding}`,
    dialect: telnyx,
    format,
    opening: [
      { event: 'connected', version: '1.0.0' },
      { event: 'start', stream_id: 's-1', start: { call_control_id: 'call-1', media_format: mediaFormat } },
    ],
    // The second and the third frame change places.
    audio: (bytes, index) => {
      const place = index === 1 ? 2 : index === 2 ? 1 : index;
      const media = { track: 'inbound', chunk: `${place + 1}`, payload: bytes.toString('base64') };
      return { event: 'media', stream_id: 's-1', media: { ...media, timestamp: `${20 * place}` } };
    },
    digit: (digit) => ({ event: 'dtmf', stream_id: 's-1', dtmf: { digit } }),
    played,
    cleared: (marks) => marks.map(played),
    read: (data, isBinary) => {
      const { event, media, mark } = readText(data, isBinary);
      return toldOf(String(event), { media: payloadOf(media), mark: nameOf(mark), clear: '' });
    },
  };
}

function plivoSide(format: CarrierFormat): CarrierSide {
  const encoding = format.encoding === 'l16' ? 'audio/x-l16' : 'audio/x-mulaw';
  const start = { callId: 'call-1', streamId: 's-1', mediaFormat: { encoding, sampleRate: format.rateHz } };
  return {
    name: `plivo ${format.encoding}`,
    dialect: plivo,
    format,
    opening: [{ event: 'start', sequenceNumber: 1, start, extra_headers: 'a=1' }],
    audio: (bytes, index) => ({
      event: 'media',
      sequenceNumber: index + 2,
      streamId: 's-1',
      media: {
        track: 'inbound',
        timestamp: `${1_700_000_000_000 + 20 * index}`,
        chunk: index,
        payload: bytes.toString('base64'),
      },
    }),
    digit: (digit) => ({ event: 'dtmf', streamId: 's-1', dtmf: { track: 'inbound', digit } }),
    played: (name) => ({ event: 'playedStream', streamId: 's-1', name }),
    cleared: () => [{ event: 'clearedAudio', streamId: 's-1' }],
    read: (data, isBinary) => {
      const { event, streamId, media, name } = readText(data, isBinary);
      if (event === 'playAudio') {
        const { contentType, sampleRate } = media as { contentType: unknown; sampleRate: unknown };
        if (contentType !== encoding || sampleRate !== format.rateHz) throw new Error('other audio than agreed on');
      } else if (streamId !== 's-1') throw new Error('another stream');
      return toldOf(String(event), { playAudio: payloadOf(media), checkpoint: String(name), clearAudio: '' });
    },
  };
}

function vonageSide(rateHz: 8000 | 24000): CarrierSide {
  return {
    name: `vonage ${rateHz}`,
    dialect: vonage,
    format: l16(rateHz),
    opening: [{ event: 'websocket:connected', 'content-type': `audio/l16;rate=${rateHz}`, caller_uuid: 'call-1' }],
    audio: (bytes) => bytes,
    digit: (digit) => ({ event: 'websocket:dtmf', digit, duration: 260 }),
    played: (id) => ({ event: 'websocket:notify', payload: { id } }),
    cleared: () => [{ event: 'websocket:cleared' }],
    read: (data, isBinary) => {
      if (isBinary) {
        if (data.length !== (rateHz / 50) * 2) throw new Error('not twenty milliseconds');
        return { kind: 'audio', bytes: data };
      }
      const { action, payload } = readText(data, isBinary);
      return toldOf(String(action), { notify: String((payload as { id?: unknown } | undefined)?.id), clear: '' });
    },
  };
}

function asteriskSide(control: 'json' | 'plain-text'): CarrierSide {
  const isPlain = control === 'plain-text';
  const say = (event: string, members: Readonly<Record<string, string>> = {}): Message =>
    isPlain ? [event, ...Object.entries(members).map((member) => member.join(':'))].join(' ') : { event, ...members };
  const format = isPlain ? l16(16000) : pcmu;
  const opening = { connection_id: 's-1', channel_id: 'call-1', format: isPlain ? 'slin16' : 'ulaw', ptime: '20' };
  return {
    name: `asterisk ${control}`,
    dialect: asterisk,
    format,
    opening: [say('MEDIA_START', opening)],
    audio: (bytes) => bytes,
    digit: (digit) => say('DTMF_END', { digit }),
    played: (name) => say('MEDIA_MARK_PROCESSED', { channel_id: 'call-1', correlation_id: name }),
    cleared: () => [],
    read: (data, isBinary) => {
      if (isBinary) {
        if (data.length % (isPlain ? 640 : 160) !== 0 || data.length > 65_500) throw new Error('no whole frames');
        return { kind: 'audio', bytes: data };
      }
      if (data.length > 128) throw new Error('a command too long');
      const [plainCommand, plainId] = data.toString().split(' ');
      const { command, correlation_id: id } = isPlain
        ? { command: plainCommand, correlation_id: plainId }
        : readText(data, isBinary);
      return toldOf(String(command), { MARK_MEDIA: String(id), FLUSH_MEDIA: '' });
    },
  };
}

function jambonzSide(): CarrierSide {
  const mark = (name: string, event: string) => ({ type: 'mark', data: { name, event } });
  return {
    name: 'jambonz',
    dialect: jambonz,
    format: l16(24000),
    opening: [{ callSid: 'call-1', from: '+15550001111', sampleRate: 24000, mixType: 'mono' }],
    audio: (bytes) => bytes,
    digit: (digit) => ({ event: 'dtmf', dtmf: digit, duration: '1600' }),
    played: (name) => mark(name, 'playout'),
    cleared: (marks) => marks.map((name) => mark(name, 'cleared')),
    read: (data, isBinary) => {
      if (isBinary) return { kind: 'audio', bytes: data };
      const { type, data: about } = readText(data, isBinary);
      return toldOf(String(type), { mark: nameOf(about), killAudio: '' });
    },
  };
}

function readText(data: Buffer, isBinary: boolean): Record<string, unknown> {
  if (isBinary) throw new Error('binary where text is due');
  return JSON.parse(data.toString()) as Record<string, unknown>;
}

/** The command's name tells its kind: of the three a carrier has, audio has bytes, a mark a name, a clear nothing. */
function toldOf(command: string, known: Readonly<Record<string, Buffer | string | undefined>>): Told {
  if (!Object.hasOwn(known, command)) throw new Error(`not a command: ${command}`);
  const value = known[command];
  if (Buffer.isBuffer(value)) return { kind: 'audio', bytes: value };
  return value === undefined || value === '' ? { kind: 'clear' } : { kind: 'mark', name: value };
}

function payloadOf(media: unknown): Buffer | undefined {
  const payload = (media as { payload?: unknown } | undefined)?.payload;
  return typeof payload === 'string' ? Buffer.from(payload, 'base64') : undefined;
}

function nameOf(mark: unknown): string | undefined {
  const name = (mark as { name?: unknown } | undefined)?.name;
  return typeof name === 'string' ? name : undefined;
}
