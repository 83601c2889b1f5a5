/** The parts of a WebSocket frame (RFC 6455, section 5.2), each as wrong as one likes. */
export interface FrameParts {
  readonly opcode?: number;
  readonly fin?: boolean;
  /** The three reserved bits as a number: 4 is RSV1. */
  readonly reserved?: number;
  /** Clients must mask. */
  readonly masked?: boolean;
  /** The length the frame says it has, where it lies. */
  readonly says?: bigint;
}

/** Opcodes by name. */
export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const mask = Buffer.from([0x11, 0x22, 0x33, 0x44]);

/** The bytes of one frame; without parts a whole, masked text. */
export function frame(payload: Buffer | string, parts: FrameParts = {}): Buffer {
  const { opcode: kind = opcode.text, fin = true, reserved = 0, masked = true, says } = parts;
  const data = Buffer.from(payload);
  const first = (fin ? 0x80 : 0) | (reserved << 4) | kind;
  const length = lengthOf(says ?? BigInt(data.length));
  length[0] = (length[0] ?? 0) | (masked ? 0x80 : 0);
  return Buffer.concat([Buffer.from([first]), length, ...(masked ? [mask, applied(data)] : [data])]);
}

/** A message in so many frames of a few bytes each, with whatever comes between them. */
export function* fragments(message: string, count: number, between: Buffer = Buffer.alloc(0)): Generator<Buffer> {
  const data = Buffer.from(message);
  const size = Math.ceil(data.length / count);
  for (let index = 0; index < count; index += 1) {
    const kind = index === 0 ? opcode.text : opcode.continuation;
    yield frame(data.subarray(index * size, (index + 1) * size), { opcode: kind, fin: index === count - 1 });
    if (index < count - 1) yield between;
  }
}

/** The payload of a close frame. */
export function closing(code: number, reason: Buffer | string = ''): Buffer {
  const number = Buffer.alloc(2);
  number.writeUInt16BE(code);
  return Buffer.concat([number, Buffer.from(reason)]);
}

function lengthOf(length: bigint): Buffer {
  if (length < 126n) return Buffer.from([Number(length)]);
  if (length < 65_536n) {
    const bytes = Buffer.alloc(3);
    bytes[0] = 126;
    bytes.writeUInt16BE(Number(length), 1);
    return bytes;
  }
  const bytes = Buffer.alloc(9);
  bytes[0] = 127;
  bytes.writeBigUInt64BE(length, 1);
  return bytes;
}

function applied(data: Buffer): Buffer {
  return Buffer.from(data.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
}
