import { type JsonObject } from './json';

/**
 * Who may ask for the next response of the default conversation.
 *
 * Upstream allows one active response and refuses a second `response.create` without further word (protocol reference,
 * section 4.4), so every create, the client's and the relay's, goes through this one queue: at most one is asked for
 * or active at any time.
 */
export interface ResponseQueue {
  readonly slot: Slot;
  /** The create sent last, unless it was refused: a late refusal can be about no other. */
  readonly lastAsk: Ask | null;
  readonly speech: Speech;
  /** The client's creates that have to wait, oldest first. */
  readonly waiting: readonly ClientAsk[];
  /** Follow-ups asked for since the user's last turn. */
  readonly followUpsInTurn: number;
  /** How often in a row the relay's create has been refused. */
  readonly followUpRefusals: number;
  /** The relay's create was refused for what it asked, not for a response in its way: it asks for nothing special. */
  readonly isFollowUpPlain: boolean;
}

/** The one place a response can take. */
export type Slot =
  | { readonly name: 'free' }
  /** A create is sent; neither its response nor a refusal has come. `rounds`: the calling responses it speaks for. */
  | { readonly name: 'asked'; readonly ask: Ask; readonly rounds: readonly string[] }
  /** `ask` is the create believed to have started it: a late refusal of that create shows otherwise. */
  | { readonly name: 'active'; readonly responseId: string; readonly ask: Ask | null }
  /** A create was refused because of a response we have not seen begin. */
  | { readonly name: 'taken' };

/**
 * Whether the user has the floor: speaking, or done speaking while the server's automatic response is still to come.
 */
export type Speech = 'silent' | 'speaking' | 'awaited';

/** One request for a response. */
export type Ask = ClientAsk | RelayAsk;

/** A client's create, rebuilt from what a client may ask. */
export interface ClientAsk {
  readonly by: 'client';
  /** The id the create has upstream. */
  readonly eventId: string;
  /** The id the client gave it, for errors; null when it gave none. */
  readonly clientEventId: string | null;
  readonly response: JsonObject | undefined;
  /** How often it has been refused because another response was active. */
  readonly refusals: number;
}

/** The relay's create, which speaks for tool outputs. */
export interface RelayAsk {
  readonly by: 'relay';
  readonly eventId: string;
  /** True when tools are forbidden in it, so that the chain of rounds ends. */
  readonly final: boolean;
}

/** A create that was refused this often is given up. */
export const maxRefusals = 3;

/** How long the server's automatic response may take after the user stops speaking, in milliseconds. */
export const automaticResponseMs = 2_000;

/** The queue of a session in which nobody has spoken. */
export const emptyQueue: ResponseQueue = {
  slot: { name: 'free' },
  lastAsk: null,
  speech: 'silent',
  waiting: [],
  followUpsInTurn: 0,
  followUpRefusals: 0,
  isFollowUpPlain: false,
};

/** True when a create may be sent now; the relay's also waits for the user to finish. */
export function mayAsk(queue: ResponseQueue, by: Ask['by']): boolean {
  return queue.slot.name === 'free' && (by === 'client' || queue.speech === 'silent');
}

/** Takes the slot for a create that is being sent; `rounds` are the ones answered by now. */
export function ask(queue: ResponseQueue, request: Ask, rounds: readonly string[]): ResponseQueue {
  return {
    ...queue,
    slot: { name: 'asked', ask: request, rounds },
    lastAsk: request,
    waiting: queue.waiting.filter(({ eventId }) => eventId !== request.eventId),
    followUpsInTurn: request.by === 'relay' ? queue.followUpsInTurn + 1 : 0,
  };
}

/** A response of the default conversation began. */
export function activate(queue: ResponseQueue, responseId: string): ResponseQueue {
  const { slot } = queue;
  const asked = slot.name === 'asked' ? slot.ask : null;
  return {
    ...queue,
    slot: { name: 'active', responseId, ask: asked },
    followUpRefusals: 0,
    isFollowUpPlain: false,
    // With a create of ours under way the response may be its answer, and the automatic one still to come.
    speech: queue.speech === 'awaited' && asked === null ? 'silent' : queue.speech,
  };
}

/** A response ended; one that does not hold the slot changes nothing. */
export function release(queue: ResponseQueue, responseId: string): ResponseQueue {
  const { slot } = queue;
  const frees = slot.name === 'taken' || (slot.name === 'active' && slot.responseId === responseId);
  return frees ? { ...queue, slot: { name: 'free' } } : queue;
}

/**
 * The create an error refuses. It is known by its `event_id`; where an error carries none, the complaint that another
 * response is active (`isTaken`) can only be about the create last sent, and a failure of the server (`isFailure`) is
 * taken to be about a create that waits for its answer, which would otherwise wait for ever.
 */
export function refusedAsk(
  { lastAsk, slot }: ResponseQueue,
  eventId: string | null,
  { isTaken, isFailure }: { readonly isTaken: boolean; readonly isFailure: boolean },
): Ask | null {
  if (lastAsk === null) return null;
  if (eventId !== null) return lastAsk.eventId === eventId ? lastAsk : null;
  return isTaken || (isFailure && slot.name === 'asked') ? lastAsk : null;
}

/** Takes a refused create out of the slot; a response that was believed to answer it has begun by itself. */
export function refuse(queue: ResponseQueue, request: Ask, isTaken: boolean): ResponseQueue {
  const refused = { ...queue, lastAsk: null, slot: slotWithout(queue.slot, isTaken) };
  if (request.by === 'client') return refused;
  const followUpsInTurn = Math.max(0, queue.followUpsInTurn - 1);
  const isFollowUpPlain = queue.isFollowUpPlain || !isTaken;
  return { ...refused, followUpsInTurn, followUpRefusals: queue.followUpRefusals + 1, isFollowUpPlain };
}

function slotWithout(slot: Slot, isTaken: boolean): Slot {
  if (slot.name === 'active') return { ...slot, ask: null };
  return slot.name === 'asked' ? { name: isTaken ? 'taken' : 'free' } : slot;
}

/** Puts a client's create in the queue: behind the others, or in front when it comes back refused. */
export function enqueue(queue: ResponseQueue, request: ClientAsk): ResponseQueue {
  const waiting = request.refusals > 0 ? [request, ...queue.waiting] : [...queue.waiting, request];
  return { ...queue, waiting };
}

/** The user began to speak. */
export function startSpeech(queue: ResponseQueue): ResponseQueue {
  return { ...queue, speech: 'speaking' };
}

/** The user's turn is complete; `automatic`: the server will respond by itself. */
export function stopSpeech(queue: ResponseQueue, automatic: boolean): ResponseQueue {
  return { ...queue, speech: automatic ? 'awaited' : 'silent', followUpsInTurn: 0 };
}

/** The automatic response is not waited for any longer. */
export function endWait(queue: ResponseQueue): ResponseQueue {
  return {
    ...queue,
    slot: queue.slot.name === 'taken' ? { name: 'free' } : queue.slot,
    speech: queue.speech === 'awaited' ? 'silent' : queue.speech,
  };
}
