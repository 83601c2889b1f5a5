import { Agent, type Dispatcher } from 'undici';
import { exchange, type Exchange, type ExchangeRequest } from '../../pipeline';

/** A request to a carrier's HTTP interface. */
export interface ApiRequest extends ExchangeRequest {
  /** Left out: `POST`. */
  readonly method?: 'PUT' | 'DELETE';
  /** Asked for twice it does what it does once, so that it may be sent again; without any answer it counts as not done. */
  readonly isRepeatable?: boolean;
}

/** Its answer, whatever it says. */
export type ApiAnswer = Extract<Exchange, { kind: 'answered' }>;

/** What became of a request that changes a call. `code` is a stable word for the log. */
export type ApiOutcome =
  | { readonly kind: 'done' }
  /** The call was over before. */
  | { readonly kind: 'over' }
  /** Nothing happened, so far as the carrier says. */
  | { readonly kind: 'failed'; readonly code: string }
  /** No answer came, or none that tells: it may have happened. */
  | { readonly kind: 'unknown'; readonly code: string };

/** The way to the HTTP interfaces of carriers. */
export interface CarrierApi {
  /**
   * Sends a request that changes a call, until `signal` aborts. What provably did not arrive or was put off by the carrier is sent
   * once more; what is repeatable also where it failed, or no answer came. Never rejects.
   */
  change(request: ApiRequest, saysOver: (answer: ApiAnswer) => boolean, signal: AbortSignal): Promise<ApiOutcome>;
  /** Cuts what is still under way. */
  close(): Promise<void>;
}

/** Opens the way; connections are made when they are needed. */
export function createCarrierApi(): CarrierApi {
  const agent = new Agent({ connect: { timeout: connectMs } });
  return {
    async change(request, saysOver, signal) {
      const { method, isRepeatable = false, ...posted } = request;
      const dispatcher = method === undefined ? agent : agent.compose(instead(method));
      const first = await exchange(dispatcher, posted, signal);
      const isAgain = (mayComeAgain(first) || (isRepeatable && hasFailed(first))) && !signal.aborted;
      const answer = isAgain ? await exchange(dispatcher, posted, signal) : first;
      const outcome = outcomeOf(answer, saysOver);
      return isRepeatable && outcome.kind === 'unknown' ? { ...outcome, kind: 'failed' } : outcome;
    },
    close: () => agent.destroy(),
  };
}

/** Milliseconds a connection may take to be made. */
const connectMs = 2_000;

/** Sends with another method what would be posted. */
const instead =
  (method: 'PUT' | 'DELETE'): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) =>
    dispatch({ ...options, method }, handler);

/** Nothing has happened: the request never left, or the carrier would not take it at this moment. */
function mayComeAgain(answer: Exchange): boolean {
  return answer.kind === 'not_started' || (answer.kind === 'answered' && putOff.has(answer.httpStatus));
}

/** It may have happened or not, and the carrier may do better in a moment. */
function hasFailed(answer: Exchange): boolean {
  return answer.kind === 'no_answer' || (answer.kind === 'answered' && answer.httpStatus >= 500);
}

const putOff = new Set([429, 503]);

/** Said by a gateway that asked the carrier's own machine, and does not know what that has done. */
const gatewayFailed = new Set([502, 504]);

function outcomeOf(answer: Exchange, saysOver: (answer: ApiAnswer) => boolean): ApiOutcome {
  switch (answer.kind) {
    case 'not_started':
      return { kind: 'failed', code: answer.code };
    case 'no_answer':
      return { kind: 'unknown', code: answer.code };
    case 'answered':
      if (answer.httpStatus >= 200 && answer.httpStatus < 300) return { kind: 'done' };
      if (saysOver(answer)) return { kind: 'over' };
      return { kind: gatewayFailed.has(answer.httpStatus) ? 'unknown' : 'failed', code: `http_${answer.httpStatus}` };
  }
}
