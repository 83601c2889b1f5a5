import type { CallUpdate, DocumentCall } from '../documents/call';
import type { FindCall } from '../documents/carrier';
import { formOf, hasBasic, type RestAnswer, type RestRequest } from '../rest-server';

/** What an account's HTTP interface knows. */
export interface CallsResource {
  readonly accountSid: string;
  /** What stands before `/Accounts`. */
  readonly base: string;
  /** Name and password pairs that are let in (HTTP Basic). */
  readonly credentials: readonly (readonly [user: string, password: string])[];
  /** Whether a document may be given inline. */
  readonly takesTwiml: boolean;
}

/** The length a document given inline may have, in characters. */
const MAX_INLINE_CHARACTERS = 4000;

/**
 * Changes a live call, or says why not, as `POST …/Calls/{CallSid}.json` does (protocol reference, sections 2 and 15):
 * 401 for wrong credentials, 404 with 20404 for an unknown call, 400 with 21220 for one that is over.
 */
export function updateCall(resource: CallsResource, request: RestRequest, find: FindCall): RestAnswer {
  if (!resource.credentials.some(([user, password]) => hasBasic(request, user, password))) {
    return refuse(401, 20003, 'Authenticate');
  }
  const call = find(callSidOf(resource, request));
  if (call === undefined) return refuse(404, 20404, `The requested resource ${request.path} was not found`);
  const answer = applied(resource, request, call);
  call.history.add({ type: 'api', what: request.body, status: answer.status });
  return answer;
}

function applied(resource: CallsResource, request: RestRequest, call: DocumentCall): RestAnswer {
  if (request.method !== 'POST') return refuse(405, 20004, 'Method not allowed');
  const update = updateOf(request, resource.takesTwiml);
  if ('status' in update) return update;
  if (!call.update(update)) return refuse(400, 21220, 'Call is not in-progress. Cannot redirect.');
  const { accountSid } = resource;
  const { id: sid, from, to, status } = call;
  const body = {
    sid,
    account_sid: accountSid,
    api_version: '2010-04-01',
    direction: 'inbound',
    from,
    to,
    status,
    uri: request.path,
  };
  return { status: 200, body };
}

function callSidOf({ base, accountSid }: CallsResource, { path }: RestRequest): string {
  const before = `${base}/Accounts/${accountSid}/Calls/`;
  return path.startsWith(before) && path.endsWith('.json') ? path.slice(before.length, -'.json'.length) : '';
}

const FIELDS = new Set(['Status', 'Twiml', 'Url', 'Method', 'FallbackUrl', 'FallbackMethod', 'StatusCallback']);

function updateOf(request: RestRequest, takesTwiml: boolean): CallUpdate | RestAnswer {
  const form = formOf(request);
  if (form === undefined) return refuse(400, 20001, 'The request is no form.');
  const unknown = [...form.keys()].find((name) => !FIELDS.has(name));
  if (unknown !== undefined) return refuse(400, 20001, `'${unknown}' is no parameter of a call.`);
  const [status, twiml, url] = [form.get('Status'), form.get('Twiml'), form.get('Url')];
  if ([status, twiml, url].filter((value) => value !== null).length !== 1) {
    return refuse(400, 20001, 'Give exactly one of Status, Twiml and Url.');
  }
  if (status !== null) {
    return status === 'completed' ? { kind: 'complete' } : refuse(400, 20001, `Status '${status}' is not completed.`);
  }
  if (twiml !== null) return takesTwiml ? inline(twiml) : refuse(400, 20001, "'Twiml' is no parameter of a call.");
  if (!URL.canParse(url ?? '')) return refuse(400, 21205, 'Url is not a valid URL');
  return { kind: 'url', next: { url: url ?? '', method: form.get('Method') === 'GET' ? 'GET' : 'POST' } };
}

function inline(document: string): CallUpdate | RestAnswer {
  if (document.length <= MAX_INLINE_CHARACTERS) return { kind: 'document', document };
  return refuse(400, 32018, `Twiml size exceeded maximum allowed value of ${MAX_INLINE_CHARACTERS} characters`);
}

function refuse(status: number, code: number, message: string): RestAnswer {
  return { status, body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } };
}
