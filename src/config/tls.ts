import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Problem } from './problems';

/** What a server needs to speak TLS, as PEM. */
export interface Tls {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Reads `TLS_CERT_FILE` and `TLS_KEY_FILE`; both or none. */
export function readTls(certFile: string | undefined, keyFile: string | undefined): Tls | Problem | undefined {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined) return { setting: 'TLS_CERT_FILE', message: 'is required beside TLS_KEY_FILE' };
  if (keyFile === undefined) return { setting: 'TLS_KEY_FILE', message: 'is required beside TLS_CERT_FILE' };
  const cert = read('TLS_CERT_FILE', certFile);
  if (!Buffer.isBuffer(cert)) return cert;
  const key = read('TLS_KEY_FILE', keyFile);
  if (!Buffer.isBuffer(key)) return key;
  try {
    createSecureContext({ cert, key });
    return { cert, key };
  } catch {
    return { setting: 'TLS_CERT_FILE', message: 'and TLS_KEY_FILE must be a certificate and its key, both as PEM' };
  }
}

function read(setting: string, file: string): Buffer | Problem {
  try {
    return readFileSync(file);
  } catch {
    return { setting, message: `names a file that cannot be read: ${file}` };
  }
}
