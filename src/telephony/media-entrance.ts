import type { IncomingMessage } from 'node:http';
import type { IntentStore } from '../../pipeline';
import { carrierSocketBounds } from '../../relay';
import { type Refusal, refusal } from '../http/refusal';
import type { Entrance, Entry } from '../http/upgrade';
import type { Logger } from '../log';
import type { Sessions } from '../sessions';
import { readMediaPath } from './addresses';
import type { Calls } from './calls';
import { judgedStream } from './judged-stream';
import { type MediaTokens } from './media-token';
import { streamTicket, ticketMs } from './stream-ticket';
import type { Switchboard } from './switchboard';

/** What the entrance is made with. */
export interface MediaEntranceOptions {
  readonly switchboard: Pick<Switchboard, 'lineOf'>;
  readonly calls: Pick<Calls, 'attach' | 'isAwaited'>;
  readonly sessions: Pick<Sessions, 'hasRoom'>;
  readonly tokens: MediaTokens;
  /** Where tokens are used up, for every process. */
  readonly store: Pick<IntentStore, 'redeem'>;
  readonly log: Logger;
}

/**
 * `/telephony/<carrier>/media/<token>`: the stream of a call that a webhook was answered for. The token says which call it is,
 * the carrier has to prove itself beside it, and only then is the token used up, so that nobody else can spoil it.
 */
export function mediaEntrance(options: MediaEntranceOptions): Entrance {
  const { switchboard, calls, sessions, tokens, store, log } = options;

  const judge = async (
    carrier: string,
    token: string,
    { url = '', headers }: IncomingMessage,
  ): Promise<Entry | Refusal> => {
    const verdict = await tokens.verify(token);
    if (verdict.kind === 'expired') return refusal.mediaTokenExpired();
    if (verdict.kind === 'forged') return refusal.wrongMediaToken();
    const { claim, ticket } = verdict;
    const line = claim.carrier === carrier ? switchboard.lineOf(carrier, claim.orgId) : undefined;
    if (line === undefined) return refusal.wrongMediaToken();
    const bearer = tokens.bearerOf(token);
    if (!(await line.signedMedia({ path: url, headers, bearer }))) return refusal.wrongSignature();
    const { callId } = claim;
    const obstacle = () =>
      calls.isAwaited(line, callId) || sessions.hasRoom(line.org) ? undefined : refusal.tooManySessions();
    const why = obstacle();
    if (why !== undefined) return why;
    const toBeUsed = line.outlivesStream === true ? streamTicket(line, callId) : ticket;
    if (!(await store.redeem(toBeUsed, ticketMs(line)))) return refusal.mediaTokenUsed();
    return {
      maxMessageBytes: carrierSocketBounds.maxPayload,
      subprotocol: line.dialect.subprotocol,
      obstacle,
      open: (stream) => calls.attach(line, callId, stream),
    };
  };

  return {
    judge(request) {
      const address = readMediaPath(request.url ?? '');
      if (address === undefined) return undefined;
      const { carrier, token } = address;
      return judgedStream(carrier, log, judge(carrier, token, request));
    },
  };
}
