import { type Clock, realClock } from '../clock';
import { type RestAnswer, type RestRequest, RestServer } from '../rest-server';
import { routeTo } from '../route';
import { DocumentCall, type DocumentCallOptions } from './call';
import type { DocumentHouse } from './house';

/** What every carrier's stand-in is told. */
export interface CarrierOptions {
  /** The webhook as it is configured at the carrier, such as `https://relay.example.com/telephony/twilio/voice`. */
  readonly answerUrl: string;
  /** Where the public origin of `answerUrl` is really reached, such as `http://127.0.0.1:8000`. */
  readonly address?: string;
  /** Told of the end of each call. */
  readonly statusCallback?: string;
  /** Where the HTTP interface listens. Default 0: any free port. */
  readonly apiPort?: number;
  /** Default: real time. */
  readonly clock?: Clock;
}

/** A carrier that asks for documents: it places calls, and has the HTTP interface to change them. */
export class DocumentCarrier {
  readonly calls: DocumentCall[] = [];
  private readonly clock: Clock;

  private constructor(
    private readonly house: DocumentHouse,
    private readonly options: CarrierOptions,
    /** The HTTP interface, and what goes wrong with it. */
    readonly rest: RestServer,
  ) {
    this.clock = options.clock ?? realClock();
  }

  /** @param answer what the carrier's HTTP interface does with a request, given the calls there are. */
  static async start(
    house: DocumentHouse,
    options: CarrierOptions,
    answer: (request: RestRequest, find: FindCall) => RestAnswer,
  ): Promise<DocumentCarrier> {
    const find: FindCall = (callId) => carrier.calls.find(({ id }) => id === callId);
    const rest = await RestServer.start((request) => answer(request, find), options.apiPort);
    const carrier = new DocumentCarrier(house, options, rest);
    return carrier;
  }

  /** What stands for the carrier's API origin, such as `http://127.0.0.1:40123`. */
  get apiUrl(): string {
    return this.rest.url;
  }

  /** Somebody calls. The carrier asks for a document and follows it. */
  call(options: DocumentCallOptions = {}): DocumentCall {
    const { answerUrl, address } = this.options;
    const call = new DocumentCall(this.house, options, { clock: this.clock, route: routeTo(answerUrl, address) });
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

/** A call by the carrier's id. */
export type FindCall = (callId: string) => DocumentCall | undefined;
