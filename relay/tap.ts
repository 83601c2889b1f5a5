import { type ClientReport, type ClientSide, type ClientSideOptions, type OpenClientSide } from './client-side';

/**
 * Sees what passes the client's side of a session, in the order in which it passes: what the client says in the Realtime
 * protocol, before the relay has judged it, and what it is sent. Called for every message, so every member must be cheap;
 * a message may change once the member has returned, and must be copied to be kept. Binary messages, which the protocol
 * does not have, are not shown.
 */
export interface SessionTap {
  fromClient(message: Buffer): void;
  toClient(message: Buffer | string): void;
}

/** A client's side with a tap on it. A tap that throws is taken off, and the session goes on. */
export function tapped(open: OpenClientSide, tap: SessionTap): OpenClientSide {
  return (options) => new TappedSide(open, tap, options);
}

class TappedSide implements ClientSide {
  readonly #options: ClientSideOptions;
  readonly #side: ClientSide;
  #tap: SessionTap | undefined;

  constructor(open: OpenClientSide, tap: SessionTap, options: ClientSideOptions) {
    this.#options = options;
    this.#tap = tap;
    this.#side = open({ ...options, report: (event) => this.#report(event) });
  }

  get lastMessage(): number {
    return this.#side.lastMessage;
  }

  get confirmsHeard(): boolean {
    return this.#side.confirmsHeard;
  }

  send(data: Buffer | string): void {
    try {
      this.#tap?.toClient(data);
    } catch (error) {
      this.#takeOff(error);
    }
    this.#side.send(data);
  }

  pause(reason: string): void {
    this.#side.pause(reason);
  }

  resume(reason: string): void {
    this.#side.resume(reason);
  }

  release(code: number, reason: string): void {
    this.#side.release(code, reason);
  }

  #report(event: ClientReport): void {
    try {
      if (event.kind === 'client.frame' && !event.isBinary) this.#tap?.fromClient(event.frame);
    } catch (error) {
      this.#takeOff(error);
    }
    this.#options.report(event);
  }

  #takeOff(error: unknown): void {
    this.#tap = undefined;
    this.#options.log.error({ err: error }, 'Tap failed');
  }
}
