import fc from 'fast-check';
import { encodeFrame, FrameReader } from '../../bench/wire/frame';

it('reads what it encodes, however the bytes are cut', () => {
  const payload = fc.uint8Array({ maxLength: 70_000, size: 'max' }).map((bytes) => Buffer.from(bytes));
  const frames = fc.array(fc.record({ payload, masked: fc.boolean() }), { maxLength: 4 });
  const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 90_000 }));
  fc.assert(
    fc.property(frames, cuts, (sent, lengths) => {
      const read: Buffer[] = [];
      const reader = new FrameReader((frame) => read.push(frame.payload()));
      let bytes = Buffer.concat(sent.map((frame) => encodeFrame(frame.payload, frame.masked)));
      for (const length of lengths) {
        if (bytes.length === 0) break;
        reader.read(bytes.subarray(0, length));
        bytes = bytes.subarray(length);
      }
      expect(read.map((one) => one.toString('hex'))).toEqual(sent.map((one) => one.payload.toString('hex')));
    }),
    { numRuns: 50 },
  );
});
