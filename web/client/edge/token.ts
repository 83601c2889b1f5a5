import { type Refused } from '../core/model';
import { CallError } from '../errors';

/** A client token, or how to get one. */
export type TokenSource = string | (() => string | Promise<string>);

/** Gets a token for one connection; where there is none, says why, and whether trying again makes sense. */
export async function tokenFrom(source: TokenSource): Promise<string | Refused> {
  try {
    const token: unknown = typeof source === 'string' ? source : await source();
    return typeof token === 'string' && token !== '' ? token : final(new CallError('token_unavailable'));
  } catch (error) {
    return whyNone(error);
  }
}

/** Where the network is down, whoever gives tokens is out of reach as well. A page that knows more throws a CallError of its own. */
function whyNone(error: unknown): Refused {
  if (isOfNetwork(error)) return transient(new CallError('relay_unreachable', 'token', { cause: error }));
  if (!(error instanceof CallError)) return final(new CallError('token_unavailable', undefined, { cause: error }));
  return error.code === 'relay_busy' || error.code === 'relay_unreachable' ? transient(error) : final(error);
}

/** How `fetch` fails where nobody answers, or not in time. By name, because the error may be another window's. */
function isOfNetwork(error: unknown): boolean {
  const name: unknown = Reflect.get(Object(error) as object, 'name');
  return name === 'TypeError' || name === 'TimeoutError';
}

const final = (error: CallError): Refused => ({ kind: 'final', error });
const transient = (error: CallError): Refused => ({ kind: 'transient', error, retryAfterMs: 0 });
