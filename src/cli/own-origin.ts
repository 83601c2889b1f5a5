import type { RelayConfig } from '../config';

/** Where the relay of these settings is reached from this machine; one that listens everywhere is asked on loopback. */
export function ownOrigin({ listen }: Pick<RelayConfig, 'listen'>): string {
  const host = listen.host === '0.0.0.0' || listen.host === '::' ? '127.0.0.1' : listen.host;
  return `${listen.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${listen.port}`;
}
