import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { CallUpdate } from '../documents/call';
import type { FindCall } from '../documents/carrier';
import { jsonOf, type RestAnswer, type RestRequest } from '../rest-server';
import { applicationClaims } from './jwt';

/** Changes a call: `PUT /v1/calls/{uuid}` with an application's token (protocol reference, section 15). */
export function changeVonageCall(
  application: { readonly id: string; readonly publicKey: KeyObject },
  request: RestRequest,
  find: FindCall,
): RestAnswer {
  const token = /^Bearer (\S+)$/.exec(request.authorization ?? '')?.[1] ?? '';
  const claims = applicationClaims(token, application.publicKey);
  if (claims?.['application_id'] !== application.id) return refuse(401, 'Unauthorized');
  const [, id = ''] = /^\/v1\/calls\/([^/]+)$/.exec(request.path) ?? [];
  const call = find(id);
  if (call === undefined || request.method !== 'PUT') return refuse(404, 'Not Found');
  const update = updateOf(request);
  const answer = update === undefined ? refuse(400, 'Bad Request') : answerTo(call.update(update));
  call.history.add({ type: 'api', what: request.body, status: answer.status });
  return answer;
}

/** Only a call in progress is there to be changed: 404 is what Vonage's published interface has for one that is not. */
function answerTo(isDone: boolean): RestAnswer {
  return isDone ? { status: 204 } : refuse(404, 'Not Found');
}

function updateOf(request: RestRequest): CallUpdate | undefined {
  const read = change.safeParse(jsonOf(request));
  if (!read.success) return undefined;
  if (read.data.action === 'hangup') return { kind: 'complete' };
  const { destination } = read.data;
  if ('url' in destination) return { kind: 'url', next: { url: destination.url[0], method: 'GET' } };
  return { kind: 'document', document: JSON.stringify(destination.ncco) };
}

const change = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('hangup') }),
  z.strictObject({
    action: z.literal('transfer'),
    destination: z.union([
      z.strictObject({ type: z.literal('ncco'), ncco: z.array(z.json()).min(1) }),
      z.strictObject({ type: z.literal('ncco'), url: z.tuple([z.url()]) }),
    ]),
  }),
]);

function refuse(status: number, title: string): RestAnswer {
  return { status, body: { type: 'https://developer.vonage.com/api-errors', title } };
}
