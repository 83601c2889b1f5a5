import type { IncomingMessage } from 'node:http';
import type { IntentStore } from '../../pipeline';
import { carrierSocketBounds } from '../../relay';
import { type Refusal, refusal } from '../http/refusal';
import type { SessionDoor } from '../http/session-door';
import type { Entrance, Entry } from '../http/upgrade';
import type { Logger } from '../log';
import { heldIf, type Place } from '../quota/places';
import { readMediaPath } from './addresses';
import type { Calls } from './calls';
import { judgedStream } from './judged-stream';
import type { Line } from './line';
import { type MediaTokens } from './media-token';
import { streamTicket, ticketMs } from './stream-ticket';
import type { Switchboard } from './switchboard';

/** What the entrance is made with. */
export interface MediaEntranceOptions {
  readonly switchboard: Pick<Switchboard, 'lineOf'>;
  readonly calls: Pick<Calls, 'attach' | 'isAwaited'>;
  readonly door: SessionDoor;
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
  const { switchboard, calls, door, tokens, store, log } = options;

  /** What the session of a stream needs: nothing where it waits here, and otherwise a place. */
  const placeFor = async (line: Line, callId: string, isLetIn: boolean): Promise<Place | undefined | Refusal> =>
    calls.isAwaited(line, callId) ? undefined : door(line.org, isLetIn);

  const judge = async (
    carrier: string,
    token: string,
    { url = '', headers }: IncomingMessage,
  ): Promise<Entry | Refusal> => {
    const verdict = await tokens.verify(token);
    if (verdict.kind === 'expired') return refusal.mediaTokenExpired();
    if (verdict.kind === 'forged') return refusal.wrongMediaToken();
    const { claim, ticket, isOwn, ageMs } = verdict;
    const line = claim.carrier === carrier ? switchboard.lineOf(carrier, claim.orgId) : undefined;
    if (line === undefined) return refusal.wrongMediaToken();
    const bearer = tokens.bearerOf(token);
    if (!(await line.signedMedia({ path: url, headers, bearer }))) return refusal.wrongSignature();
    const { callId } = claim;
    // Who let the call in holds a place for it as long as its stream is awaited there.
    const isLetIn = !isOwn && ageMs < line.org.limits.carrierStartMs;
    const place = await placeFor(line, callId, isLetIn);
    if (place !== undefined && 'status' in place) return place;
    const toBeUsed = line.outlivesStream === true ? streamTicket(line, callId) : ticket;
    if (!(await heldIf(() => store.redeem(toBeUsed, ticketMs(line)), place))) return refusal.mediaTokenUsed();
    return {
      maxMessageBytes: carrierSocketBounds.maxPayload,
      subprotocol: line.dialect.subprotocol,
      open: (stream) => calls.attach(line, callId, stream, place),
      abandoned: () => place?.leave(),
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
