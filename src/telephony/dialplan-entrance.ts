import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { IntentStore } from '../../pipeline';
import { carrierSocketBounds } from '../../relay';
import { type Refusal, refusal } from '../http/refusal';
import type { SessionDoor } from '../http/session-door';
import type { Entrance, Entry } from '../http/upgrade';
import type { Logger } from '../log';
import { heldIf } from '../quota/places';
import type { Calls } from './calls';
import { isDialplanPath, readDialplanAddress } from './dialplan-address';
import { judgedStream } from './judged-stream';
import type { DialplanLine } from './line';

/** What the entrance is made with. */
export interface DialplanEntranceOptions {
  /** As in addresses and logs. */
  readonly carrier: string;
  readonly lines: readonly DialplanLine[];
  readonly calls: Pick<Calls, 'attach'>;
  readonly door: SessionDoor;
  /** Where it is kept which calls had their stream, for every process. */
  readonly store: Pick<IntentStore, 'redeem'>;
  readonly log: Logger;
}

/** Milliseconds for which a call that had its stream gets no second one; ids of channels do not come again. */
export const callUsedMs = 24 * 60 * 60 * 1_000;

/** How many calls are remembered that were used up in vain; a system that gave up tries again at once, or never. */
const mostUnused = 1_000;

/**
 * `/telephony/<carrier>/media?called=…&call=…`: the stream of a call that a dialplan sends, announced by nobody. The system
 * proves itself by its credentials, which stand for what it says of the call; a call gets one stream.
 */
export function dialplanEntrance(options: DialplanEntranceOptions): Entrance {
  const { carrier, lines, calls, door, store, log } = options;

  /** Calls that were used up for streams that never opened; the next stream of such a call is its first. */
  const unused = new LRUCache<string, true>({ max: mostUnused });

  const judge = async ({ url = '', headers }: IncomingMessage): Promise<Entry | Refusal> => {
    const signed = lines.filter((line) => line.signedMedia({ headers }));
    if (signed.length === 0) return refusal.wrongLineCredential();
    const call = readDialplanAddress(url);
    if ('wrong' in call) return refusal.wrongDialplan(call.wrong);
    const { called, callId } = call;
    const line = signed.find(({ numbers }) => numbers.includes(called));
    if (line === undefined) return refusal.unknownNumber();
    const place = await door(line.org);
    if ('status' in place) return place;
    const ticket = `call:${carrier}:${line.org.id}:${callId}`;
    const isFirst = async (): Promise<boolean> => (await store.redeem(ticket, callUsedMs)) || unused.delete(ticket);
    if (!(await heldIf(isFirst, place))) return refusal.callUsed();
    return {
      maxMessageBytes: carrierSocketBounds.maxPayload,
      subprotocol: line.dialect.subprotocol,
      open: (stream) => calls.attach(line, callId, stream, place),
      abandoned: () => {
        place.leave();
        unused.set(ticket, true);
      },
    };
  };

  return {
    judge: (request) =>
      isDialplanPath(carrier, request.url ?? '') ? judgedStream(carrier, log, judge(request)) : undefined,
  };
}
