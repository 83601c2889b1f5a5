import type { IncomingMessage } from 'node:http';

/** What a proxy in front and the relay could read in two ways. */

/** Whether the head of a request says that a body follows. */
export const announcesBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

/** The header by which a request is judged and which it has more than once: Node would take the first, others the last. */
export const repeatedHeader = ({ headersDistinct }: IncomingMessage): string | undefined =>
  ['host', 'authorization'].find((name) => (headersDistinct[name]?.length ?? 0) > 1);
