import { type CallControl, ToolFailure } from '../../pipeline';
import type { Logger } from '../log';
import type { ApiOutcome, ApiRequest, CarrierApi } from './carrier-api';
import type { Line } from './line';

/** What was asked of a carrier about a call. */
export type CallAction = 'transfer' | 'hang_up';

/** Of what a call's control is made. */
export interface CallControlOptions {
  readonly line: Line;
  /** What the carrier calls the call. */
  readonly callId: string;
  readonly api: CarrierApi;
  /** Resolves when everything said so far has been heard. */
  readonly heard: () => Promise<void>;
  /** Ends the session as a call that the model ended. */
  readonly endSession: () => void;
  /** How long a tool may take, in milliseconds. */
  readonly toolMs: number;
  readonly log: Logger;
  /** Told how the carrier took what was asked. */
  readonly observe: (action: CallAction, outcome: ApiOutcome['kind']) => void;
}

/** Milliseconds after which the stream of a call that was handed over is closed, if the carrier has not done so. */
export const handedOverMs = 2_000;

/** Where a call stands between us and its carrier. */
type Standing = 'ours' | 'handing-over' | 'handed-over' | 'perhaps-handed-over' | 'over';

/** Power over one telephone call, by its carrier's HTTP interface. Each thing is done at most once. */
export class PhoneControl implements CallControl {
  #standing: Standing = 'ours';
  #transfer: Promise<void> | undefined;
  #leaving: Promise<void> | undefined;

  constructor(private readonly options: CallControlOptions) {}

  /**
   * Hands the caller over, once what was said before has been heard, or half of the tool's time is gone. A second call while
   * the first goes on, or after it has worked, is the first.
   *
   * @throws ToolFailure where it did not work, or nobody knows.
   */
  transfer(signal: AbortSignal): Promise<void> {
    this.#transfer ??= this.#handOver(signal).finally(() => {
      // Provably nothing happened, so it may be tried again.
      if (this.#standing === 'ours') this.#transfer = undefined;
    });
    return this.#transfer;
  }

  /** Ends the call without waiting for anything to be heard. */
  async hangUp(): Promise<void> {
    this.options.endSession();
    await this.#leaving;
  }

  /**
   * The session is over and the stream about to be closed. A call that the model ended, or that would outlive its stream, is hung
   * up first, unless closing the stream does that; every other one ends with its stream, or goes on elsewhere. One that is being
   * handed over keeps its stream until the carrier has decided, because closing it might end the call; one that could not be handed
   * over is then left like any other.
   *
   * @returns what to wait for before the stream is closed, if anything.
   */
  sessionEnded(isToBeHungUp: boolean): Promise<void> | undefined {
    this.#leaving ??=
      this.#standing === 'handing-over'
        ? this.#decided().then(() => this.#leave(isToBeHungUp))
        : this.#leave(isToBeHungUp);
    return this.#leaving;
  }

  async #handOver(signal: AbortSignal): Promise<void> {
    const { line, callId, api, heard, endSession, toolMs, observe, log } = this.options;
    const request = await line.transfer(callId);
    if (request === undefined) throw failure('not_configured', 'There is nobody this call could be transferred to.');
    await within(heard(), toolMs / 2, signal);
    if (this.#standing !== 'ours') throw failure('not_sent', 'The call is over.');
    if (signal.aborted) throw failure('not_sent', 'There was no time left to transfer the call.');
    this.#standing = 'handing-over';
    const deadline = AbortSignal.timeout(Math.min(line.org.limits.transferMs, toolMs * 0.4));
    const outcome = await api.change(request, (answer) => line.saysOver(answer), AbortSignal.any([signal, deadline]));
    observe('transfer', outcome.kind);
    switch (outcome.kind) {
      case 'done':
        this.#standing = 'handed-over';
        // Some carriers stream on, and two people who are talking to each other need no third.
        setTimeout(endSession, line.handsOverOnClose === true ? 0 : handedOverMs).unref();
        log.info({}, 'Call transferred');
        return;
      case 'over':
        this.#standing = 'over';
        throw failure('not_sent', 'The call is over.');
      case 'failed':
        this.#standing = 'ours';
        log.warn({ code: outcome.code }, 'Call could not be transferred');
        throw failure('not_sent', 'The call could not be transferred.');
      case 'unknown':
        this.#standing = 'perhaps-handed-over';
        log.warn({ code: outcome.code }, 'It is not known whether the call was transferred');
        throw failure('unknown', 'It is not known whether the call was transferred.');
    }
  }

  /** Resolves when it is known whether the caller was handed over, or that nobody will know. */
  async #decided(): Promise<void> {
    await this.#transfer?.catch(() => undefined);
  }

  #leave(isToBeHungUp: boolean): Promise<void> | undefined {
    if (this.#standing !== 'ours') return undefined;
    this.#standing = 'over';
    const { line, callId } = this.options;
    return isToBeHungUp && line.hangUp ? this.#askToHangUp(line.hangUp(callId)) : undefined;
  }

  async #askToHangUp(request: ApiRequest | Promise<ApiRequest>): Promise<void> {
    const { line, api, observe, log } = this.options;
    const signal = AbortSignal.timeout(line.org.limits.hangUpMs);
    const outcome = await api.change(await request, (answer) => line.saysOver(answer), signal);
    observe('hang_up', outcome.kind);
    if (outcome.kind === 'done' || outcome.kind === 'over') log.info({}, 'Call hung up');
    else log.warn({ code: outcome.code }, 'Call is hung up by closing its stream');
  }
}

const failure = (status: ToolFailure['status'], reason: string) =>
  new ToolFailure(status, reason, { code: `transfer_${status}` });

/** Waits for something, but no longer than `ms` or until the signal aborts. */
function within(something: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const timer = setTimeout(stop, ms);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    void something.then(stop);
  });
}
