/** The opcodes of RFC 6455, section 5.2. */
export const opcode = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

const fin = 0x80;
const reservedBits = 0x70;
const opcodeBits = 0x0f;
const maskBit = 0x80;

/** The first byte of a frame that is a whole message. */
export const whole = { text: fin | opcode.text, binary: fin | opcode.binary } as const;

/** What the head of a frame says; one object is filled again and again. */
export class Head {
  /** FIN, the reserved bits and the opcode, as they came. */
  first = 0;
  isMasked = false;
  /** Of the payload, in bytes; beyond 2^53 not exact. */
  length = 0;
  /** Where the payload begins. */
  start = 0;

  /** Where the frame ends. */
  get end(): number {
    return this.start + this.length;
  }

  get isFinal(): boolean {
    return (this.first & fin) !== 0;
  }

  get hasReservedBits(): boolean {
    return (this.first & reservedBits) !== 0;
  }

  get opcode(): number {
    return this.first & opcodeBits;
  }

  /** Reads the head that begins at `at`; false where not all of it is there. */
  read(bytes: Buffer, at: number): boolean {
    const second = bytes[at + 1];
    if (second === undefined) return false;
    const short = second & ~maskBit;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    this.isMasked = (second & maskBit) !== 0;
    this.start = at + 2 + lengthBytes + (this.isMasked ? keyBytes : 0);
    if (this.start > bytes.length) return false;
    this.first = bytes[at] ?? 0;
    if (lengthBytes === 0) this.length = short;
    else if (lengthBytes === 2) this.length = bytes.readUInt16BE(at + 2);
    else this.length = bytes.readUInt32BE(at + 2) * 2 ** 32 + bytes.readUInt32BE(at + 6);
    return true;
  }
}

/** Bytes of a mask's key, which stands last in a head. */
export const keyBytes = 4;

/** Bytes of the head before a payload. */
export function headBytes(payloadBytes: number, isMasked: boolean): number {
  const lengthBytes = payloadBytes < 126 ? 0 : payloadBytes < 65_536 ? 2 : 8;
  return 2 + lengthBytes + (isMasked ? keyBytes : 0);
}

/** Writes a head to the beginning of a frame, all but the key. */
export function writeHead(frame: Buffer, first: number, payloadBytes: number, isMasked: boolean): void {
  const bit = isMasked ? maskBit : 0;
  frame[0] = first;
  if (payloadBytes < 126) {
    frame[1] = bit | payloadBytes;
  } else if (payloadBytes < 65_536) {
    frame[1] = bit | 126;
    frame.writeUInt16BE(payloadBytes, 2);
  } else {
    frame[1] = bit | 127;
    frame.writeBigUInt64BE(BigInt(payloadBytes), 2);
  }
}
