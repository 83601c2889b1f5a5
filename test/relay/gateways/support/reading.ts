import fc from 'fast-check';
import { type Dialect } from '../../../../relay';
import { type CarrierEvent } from '../../../../relay/gateways/dialect';

/** What a carrier's text message says, given as text or as what JSON makes of it. */
export function readText(dialect: Dialect, message: unknown): CarrierEvent {
  return dialect.parse(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), false);
}

/** What a binary message says. */
export function readBytes(dialect: Dialect, bytes: Uint8Array): CarrierEvent {
  return dialect.parse(Buffer.from(bytes), true);
}

/** What a dialect writes: JSON texts parsed, other texts and bytes as they are. */
export function written(dialect: Dialect, start: Parameters<Dialect['encoder']>[0], audio: Buffer): readonly unknown[] {
  const encoder = dialect.encoder(start);
  const messages = [...encoder.audio(Buffer.from(audio.toString('base64'))), encoder.mark('i1:20'), encoder.clear()];
  return messages.map((message) => {
    if (message?.isBinary === true) return message.data;
    const text = String(message?.data);
    return text.startsWith('{') ? (JSON.parse(text) as unknown) : text;
  });
}

/** Asserts that a `media` message means what `JSON.parse` finds in it, whatever a few edits make of it. */
export function assertReadAsParsed(dialect: Dialect, media: object): void {
  const text = JSON.stringify(media);
  const bit = fc.oneof(
    fc.constantFrom('"', '\\', ',', '{', '}', '"payload":"BBBB",', '"media":{},', '"timestamp":7,', '"chunk":9,'),
    fc.constantFrom('"streamSid":"x",', '"stream_id":"x",', '"streamId":"x",'),
    fc.stringMatching(/^[ -~]{0,3}$/),
  );
  const edit = fc.record({ at: fc.nat(text.length), drop: fc.nat(3), bit });
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 3 }), (edits) => {
      const edited = edits.reduce((old, { at, drop, bit }) => old.slice(0, at) + bit + old.slice(at + drop), text);
      // Behind an array no look at the bytes goes on: this one is parsed in full.
      const parsed = parseJson(edited);
      expect(readText(dialect, edited)).toEqual(
        parsed === undefined
          ? { kind: 'fault', fault: 'carrier_invalid_frame' }
          : readText(dialect, { ...parsed, z: [] }),
      );
    }),
    { numRuns: 20_000 },
  );
}

function parseJson(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
