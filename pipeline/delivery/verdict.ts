import { answerClass } from './answer-class';
import { type Delivery } from './delivery';
import { type Exchange } from './exchange';
import { remoteIdOf } from './remote-id';
import { retryAfterMs } from './retry';

/** What one exchange proves about the request, were it the last; `nowMs` is what the date of a `Retry-After` is read by. */
export function deliveryOf(exchanged: Exchange, nowMs: number): Delivery {
  switch (exchanged.kind) {
    case 'not_started':
      return { kind: 'not_sent', code: exchanged.code };
    case 'no_answer':
      return { kind: 'unknown', code: exchanged.code };
    case 'answered': {
      const { httpStatus, retryAfter, body } = exchanged;
      const kind = answerClass(httpStatus);
      switch (kind) {
        case 'accepted': {
          const remoteId = remoteIdOf(body);
          return { kind, httpStatus, ...(remoteId !== undefined && { remoteId }) };
        }
        case 'not_sent': {
          const askedMs = retryAfterMs(retryAfter, nowMs);
          return {
            kind,
            httpStatus,
            code: codeOf(httpStatus),
            ...(askedMs !== undefined && { retryAfterMs: askedMs }),
          };
        }
        case 'rejected':
        case 'unknown':
          return { kind, httpStatus, code: codeOf(httpStatus) };
      }
    }
  }
}

const codeOf = (httpStatus: number): string => `http_${httpStatus}`;
