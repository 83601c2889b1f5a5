import { randomBytes } from 'node:crypto';

/** The opcodes of RFC 6455 that the bench sends or answers. */
export const opcode = { text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

/** One WebSocket frame as it came. */
export interface WireFrame {
  readonly opcode: number;
  /** Bytes of the payload. */
  readonly length: number;
  /** The payload; unmasked only now, because most frames are merely counted. */
  payload(): Buffer;
}

/** A whole frame, ready to be written as often as one likes. Clients must mask, servers must not. */
export function encodeFrame(payload: Buffer, masked: boolean, code: number = opcode.text): Buffer {
  const maskBit = masked ? 0x80 : 0;
  const head = lengthHead(payload.length, maskBit);
  head[0] = 0x80 | code;
  if (!masked) return Buffer.concat([head, payload]);
  // A key of zeros is allowed, but receivers may notice it and skip their work.
  const key = randomBytes(4).map((byte) => byte | 1);
  return Buffer.concat([head, key, applyMask(payload, key)]);
}

/** Cuts a stream of bytes into frames. Fragmented messages are not understood: nobody the bench talks to sends any. */
export class FrameReader {
  #rest: Buffer = nothing;

  constructor(private readonly onFrame: (frame: WireFrame) => void) {}

  read(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (let end = this.#frameAt(bytes, at); end !== -1; end = this.#frameAt(bytes, at)) at = end;
    this.#rest = at === bytes.length ? nothing : bytes.subarray(at);
  }

  /** Reports the frame that starts at `at` and returns where it ends; -1 when it is not all there. */
  #frameAt(bytes: Buffer, at: number): number {
    if (bytes.length - at < 2) return -1;
    const code = bytes.readUInt8(at) & 0x0f;
    const second = bytes.readUInt8(at + 1);
    const [headBytes, length] = payloadLength(bytes, at, second & 0x7f);
    const isMasked = (second & 0x80) !== 0;
    const start = at + headBytes + (isMasked ? 4 : 0);
    const end = start + length;
    if (length === -1 || bytes.length < end) return -1;
    const payload = () => {
      const raw = bytes.subarray(start, end);
      return isMasked ? applyMask(raw, bytes.subarray(start - 4, start)) : raw;
    };
    this.onFrame({ opcode: code, length, payload });
    return end;
  }
}

const nothing = Buffer.alloc(0);

function lengthHead(length: number, maskBit: number): Buffer {
  if (length < 126) return Buffer.from([0, maskBit | length]);
  if (length < 65_536) {
    const head = Buffer.from([0, maskBit | 126, 0, 0]);
    head.writeUInt16BE(length, 2);
    return head;
  }
  const head = Buffer.alloc(10);
  head[1] = maskBit | 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

/** Bytes of head and payload; a payload of -1 says that the head is not all there. */
function payloadLength(bytes: Buffer, at: number, short: number): readonly [number, number] {
  if (short < 126) return [2, short];
  if (short === 126) return [4, bytes.length - at < 4 ? -1 : bytes.readUInt16BE(at + 2)];
  return [10, bytes.length - at < 10 ? -1 : Number(bytes.readBigUInt64BE(at + 2))];
}

function applyMask(bytes: Buffer, key: Buffer | Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  for (let at = 0; at < bytes.length; at++) out[at] = (bytes[at] ?? 0) ^ (key[at & 3] ?? 0);
  return out;
}
