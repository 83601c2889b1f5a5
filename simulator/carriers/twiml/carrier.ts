import { type Clock, realClock } from '../clock';
import { RestServer } from '../rest-server';
import { routeTo } from '../route';
import { TwimlCall, type TwimlCallOptions } from './call';
import type { TwimlHouse } from './house';
import { type CallsResource, updateCall } from './rest';

/** What every carrier's stand-in is told. */
export interface CarrierOptions {
  /** The webhook as it is configured at the carrier, such as `https://relay.example.com/telephony/twilio/voice`. */
  readonly answerUrl: string;
  /** Where the public origin of `answerUrl` is really reached, such as `http://127.0.0.1:8000`. */
  readonly address?: string;
  /** Told of the end of each call. */
  readonly statusCallback?: string;
  /** Default: real time. */
  readonly clock?: Clock;
}

/** A carrier that speaks TwiML: it places calls, and has the HTTP interface to change them. */
export class TwimlCarrier {
  readonly calls: TwimlCall[] = [];
  private readonly clock: Clock;

  private constructor(
    private readonly house: TwimlHouse,
    private readonly options: CarrierOptions,
    /** The HTTP interface, and what goes wrong with it. */
    readonly rest: RestServer,
  ) {
    this.clock = options.clock ?? realClock();
  }

  static async start(
    house: TwimlHouse,
    options: CarrierOptions,
    resource: Omit<CallsResource, 'find' | 'accountSid'>,
  ): Promise<TwimlCarrier> {
    const find = (callSid: string) => carrier.calls.find(({ id }) => id === callSid);
    const calls = { ...resource, accountSid: house.accountSid, find };
    const rest = await RestServer.start((request) => updateCall(calls, request));
    const carrier = new TwimlCarrier(house, options, rest);
    return carrier;
  }

  /** What stands for the carrier's API origin, such as `http://127.0.0.1:40123`. */
  get apiUrl(): string {
    return this.rest.url;
  }

  /** Somebody calls. The carrier asks for a document and follows it. */
  call(options: TwimlCallOptions = {}): TwimlCall {
    const { answerUrl, address } = this.options;
    const call = new TwimlCall(this.house, options, { clock: this.clock, route: routeTo(answerUrl, address) });
    this.calls.push(call);
    return call;
  }

  /** Hangs up every call and stops listening. */
  async close(): Promise<void> {
    for (const call of this.calls) call.hangUp();
    await Promise.all(this.calls.map((call) => call.settled()));
    await this.rest.close();
  }
}
