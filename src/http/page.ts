import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RelayConfig } from '../config';
import { pageFile, type PageFile, readPageFiles } from './page-files';
import { realtimePath } from './upgrade';

/**
 * `GET /`: the page that talks, and its files. They are read once and are the same for everyone; the page gets its token
 * from the fragment of its address, which no server sees, or asks for one.
 */
export function addPage(app: FastifyInstance, { folder, isDemo }: RelayConfig['page']): void {
  const files = readPageFiles(folder);
  if (!files) {
    app.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(notBuilt));
    return;
  }
  for (const file of isDemo ? files.map(asDemo) : files) {
    const serve = (request: FastifyRequest, reply: FastifyReply) => send(file, request, reply);
    app.get(`/${file.path === 'index.html' ? '' : file.path}`, serve);
  }
}

const notBuilt = `This is a realtime relay. Connect a Realtime client to ${realtimePath}.

Its page is not built: run "npm run build", and start the relay again.
`;

/** The page of the demo knows by a mark on its root that it is one. */
function asDemo(file: PageFile): PageFile {
  if (file.path !== 'index.html') return file;
  return pageFile(file.path, Buffer.from(file.body.toString().replace('<html', '<html data-demo')), file.type);
}

function send({ body, type, etag }: PageFile, { headers }: FastifyRequest, reply: FastifyReply) {
  reply.headers({ ...protection, etag, 'cache-control': 'no-cache' });
  if (isKnown(headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.type(type).send(body);
}

/** Whether a client has this very content already (RFC 9110, section 13.1.2). */
function isKnown(condition: string | undefined, etag: string): boolean {
  const tags = condition?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes(etag) || tags.includes('*');
}

/** The page runs its own files alone, talks to this relay alone, and stands in no other page. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "media-src 'self'",
  // In a browser's eyes 'self' covers ws: and wss: of the same host and port.
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const protection = {
  'content-security-policy': contentSecurityPolicy,
  'permissions-policy':
    'microphone=(self), speaker-selection=(self), camera=(), geolocation=(), display-capture=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;
