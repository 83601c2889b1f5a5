import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RefusedError } from './refused-error';
import { refusal } from './refusal';

/**
 * Lets JSON be the only thing that is understood. Fastify would take plain text as well, which any page may send anywhere
 * without asking; and of what is no UTF-8 it would make other letters, with which an appointment would then be booked.
 *
 * @param onBytes Told the bytes of each body before it is parsed.
 */
export function takeOnlyJson(
  app: FastifyInstance,
  onBytes: (request: FastifyRequest, bytes: Buffer) => void = () => undefined,
): void {
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    onBytes(request, body);
    if (isUtf8(body)) void parseJson(request, body.toString('utf8'), done);
    else done(new RefusedError(refusal.malformed('The body must be JSON in UTF-8.')));
  });
}
