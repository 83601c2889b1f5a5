import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type IntentStore, StoreUnavailableError } from '../../pipeline';
import { type Refusal, refusal } from '../http/refusal';
import { RefusedError } from '../http/refused-error';
import type { SessionDoor } from '../http/session-door';
import type { Logger } from '../log';
import type { Metrics } from '../metrics';
import { handOverPath, mediaPath, voicePath } from './addresses';
import type { Calls } from './calls';
import type { CallDocument, CallNotice, Carrier, Directions, WebhookLine } from './line';
import type { MediaTokens } from './media-token';
import type { Switchboard } from './switchboard';

/** What the routes are made with. */
export interface VoiceRoutesOptions {
  readonly carriers: readonly Carrier[];
  readonly switchboard: Switchboard;
  readonly calls: Pick<Calls, 'announce' | 'isAwaited' | 'isOn' | 'command'>;
  readonly door: SessionDoor;
  readonly tokens: MediaTokens;
  /** Where it is known which calls have been commanded what to do with, for every process. */
  readonly store: Pick<IntentStore, 'redeem'>;
  /** The relay's origin as carriers know it. */
  readonly publicUrl: string;
  readonly isDraining: () => boolean;
  readonly metrics: Pick<Metrics, 'refused'>;
  readonly log: Logger;
}

/** Bytes of a webhook's body; most have a few hundred, some bring along what was said between telephone networks. */
export const webhookBodyBytes = 65_536;

/** Milliseconds within which a webhook that comes again is known; carriers try for a minute or so. */
const commandedMs = 600_000;

/**
 * `POST /telephony/<carrier>/voice`: a carrier asks what to do with a call, and is told to stream it to the relay; and
 * `…/transfer`: what to do with one that is handed over. Nothing is looked at before it is clear that the carrier asks.
 */
export function addVoiceRoutes(app: FastifyInstance, options: VoiceRoutesOptions): void {
  const { carriers, switchboard, calls, door, tokens, store, publicUrl, isDraining, metrics, log } = options;

  /** The call that is asked about; undefined where the carrier only tells of something. */
  const callOf = async (carrier: Carrier, request: FastifyRequest): Promise<Call | undefined> => {
    const body = typeof request.body === 'string' ? request.body : '';
    const connection = await switchboard.find(carrier, { path: request.url, headers: request.headers, body });
    switch (connection.kind) {
      case 'line':
        return connection;
      case 'news':
        return undefined;
      case 'forged':
        throw refused(carrier.name, refusal.wrongSignature());
      case 'unknown_number':
        throw refused(carrier.name, refusal.unknownNumber());
    }
  };

  const refused = (carrier: string, why: Refusal) => {
    log.warn({ carrier, code: why.code }, 'Webhook of a call refused');
    return new RefusedError(why);
  };

  /** Why a call cannot be taken; a caller is told in a way that can be heard, so this is no HTTP error. */
  const obstacle = async (call: Call): Promise<Refusal | undefined> => {
    const { line, notice } = call;
    if (isDraining()) return refusal.draining();
    const place = await door(line.org);
    if ('status' in place) return place;
    // Time has passed: the relay may be stopping, and the webhook may have come again.
    if (isDraining() || isKnown(call)) {
      place.leave();
      return isDraining() ? refusal.draining() : undefined;
    }
    return calls.announce(line, notice.callId, place) ? undefined : refusal.internal();
  };

  const directionsFor = async (call: Call): Promise<Directions> => {
    const { line, notice } = call;
    const why = await obstacle(call);
    const fields = { carrier: line.carrier, orgId: line.org.id, phoneCallId: notice.callId };
    if (why === undefined) {
      log.info(fields, 'Call announced');
      return connect(call);
    }
    metrics.refused(why.code);
    log.warn({ ...fields, code: why.code }, 'Call turned away');
    return line.busy(notice.callId);
  };

  const connect = async ({ line, notice: { callId } }: Call): Promise<Directions> => {
    const { mediaTokenMs } = line.org.limits;
    const token = await tokens.mint({ carrier: line.carrier, orgId: line.org.id, callId }, mediaTokenMs);
    const url = publicUrl.replace(/^http/, 'ws') + mediaPath(line.carrier, token);
    return line.connect({ url, bearer: tokens.bearerOf(token), callId });
  };

  /** What a webhook is answered with, if with anything; whatever is to be commanded is under way then. */
  const documentFor = ({ line, notice }: Call, directions: Directions): CallDocument | undefined => {
    if (!('command' in directions)) return directions;
    calls.command(line, notice.callId, directions.command);
    return undefined;
  };

  /** A webhook comes again when its answer was lost. A document was lost with it; a command was not, and is given once. */
  const answerCall = async (carrier: Carrier, request: FastifyRequest): Promise<CallDocument | undefined> => {
    const call = await callOf(carrier, request);
    if (call === undefined || (await wasCommanded(call))) return undefined;
    return documentFor(call, await (isKnown(call) ? connect(call) : directionsFor(call)));
  };

  const isKnown = ({ line, notice: { callId } }: Call) => calls.isAwaited(line, callId) || calls.isOn(line, callId);

  /** Whether it has been commanded what to do with a call, by whichever process. */
  const wasCommanded = async (call: Call): Promise<boolean> => {
    const { line, notice } = call;
    if (line.takesCommands !== true) return false;
    if (isKnown(call)) return true;
    try {
      return !(await store.redeem(`command:${line.carrier}:${line.org.id}:${notice.callId}`, commandedMs));
    } catch (error) {
      // Nobody is turned away because a webhook might have come twice.
      if (error instanceof StoreUnavailableError) return false;
      throw error;
    }
  };

  const handOver = async (carrier: Carrier, request: FastifyRequest): Promise<CallDocument | undefined> => {
    const call = await callOf(carrier, request);
    return call && documentFor(call, call.line.handOver ?? call.line.busy(call.notice.callId));
  };

  // A scope of its own, in which a body may be whatever a carrier sends, and is read when it is known whose it is.
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) => parsed(null, body));
    for (const carrier of carriers) {
      const limits = { bodyLimit: webhookBodyBytes };
      scope.post(voicePath(carrier.name), limits, async (request, reply) =>
        answer(reply, await answerCall(carrier, request)),
      );
      scope.post(handOverPath(carrier.name), limits, async (request, reply) =>
        answer(reply, await handOver(carrier, request)),
      );
    }
    done();
  });
}

/** Whose call it is, and which. */
interface Call {
  readonly line: WebhookLine;
  readonly notice: CallNotice;
}

/** What a carrier is to do, if it is to do anything. */
function answer(reply: FastifyReply, document: CallDocument | undefined): FastifyReply {
  return document === undefined ? reply.code(204).send() : reply.type(document.contentType).send(document.body);
}
