import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';

/** DER heads of a raw Ed25519 seed and key (RFC 8410). */
const SEED_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const KEY_HEAD_BYTES = 12;

/** The key pair a Telnyx account signs its webhooks with (protocol reference, section 4). */
export class TelnyxKey {
  private readonly key: KeyObject;

  /** @param seed 32 bytes. */
  constructor(seed: Buffer) {
    this.key = createPrivateKey({ key: Buffer.concat([SEED_HEAD, seed]), format: 'der', type: 'pkcs8' });
  }

  /** As the portal shows it: base64 of the 32 raw bytes. */
  get publicKey(): string {
    const der = createPublicKey(this.key).export({ format: 'der', type: 'spki' });
    return der.subarray(KEY_HEAD_BYTES).toString('base64');
  }

  /** The signature of a webhook's body. @param timestamp Unix seconds. */
  sign(timestamp: number, body: string): string {
    return sign(null, Buffer.from(`${timestamp}|${body}`), this.key).toString('base64');
  }
}
