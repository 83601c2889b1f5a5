import { objectOf, parseObject, textOf } from '../core/json';
import { type Refused } from '../core/model';
import { CallError } from '../errors';

/**
 * Asks the relay why it refuses a connection: a page is not told the HTTP answer to its WebSocket, but a plain request with the
 * same token gets the same one. Where that is not to be had, all that can be said is that the relay cannot be reached.
 */
export async function askWhyRefused(socketUrl: string, token: string): Promise<Refused> {
  try {
    const response = await fetch(socketUrl.replace(/^ws/, 'http'), {
      headers: { authorization: `Bearer ${token}` },
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(patienceMs),
    });
    return judge(response.status, await response.text(), response.headers.get('retry-after'));
  } catch (error) {
    return transient(new CallError('relay_unreachable', undefined, { cause: error }));
  }
}

function judge(status: number, body: string, retryAfter: string | null): Refused {
  const code = textOf(objectOf(parseObject(body)['error'])['code']) || String(status);
  switch (status) {
    case 401:
      return { kind: 'final', error: new CallError(code === 'token_expired' ? code : 'token_refused', code) };
    case 403:
      return {
        kind: 'final',
        error: new CallError(code === 'origin_not_allowed' ? 'origin_refused' : 'token_refused', code),
      };
    case 429:
    case 503:
      return transient(new CallError('relay_busy', code), Number(retryAfter ?? 0) * 1_000);
    default:
      return transient(new CallError('relay_unreachable', code));
  }
}

function transient(error: CallError, retryAfterMs = 0): Refused {
  return { kind: 'transient', error, retryAfterMs: Number.isFinite(retryAfterMs) ? retryAfterMs : 0 };
}

const patienceMs = 5_000;
