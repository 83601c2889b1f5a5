import { randomBytes } from 'node:crypto';
import { type Clock, realClock } from './clock';
import { RestServer } from './rest-server';
import { routeTo } from './route';
import { TelnyxCall, type TelnyxCallOptions } from './telnyx/call';
import { telnyxCommand } from './telnyx/rest';
import { TelnyxKey } from './telnyx/signature';

export interface TelnyxOptions {
  /** Where the events of calls go, such as `https://relay.example.com/telephony/telnyx/voice`. */
  readonly webhookUrl: string;
  /** Where the public origin of `webhookUrl` is really reached, such as `http://127.0.0.1:8000`. */
  readonly address?: string;
  /** The credential of commands. */
  readonly apiKey: string;
  /** What webhooks are signed with, 32 bytes. Default: random. */
  readonly keySeed?: Buffer;
  /** Where the HTTP interface listens. Default 0: any free port. */
  readonly apiPort?: number;
  /** Default: real time. */
  readonly clock?: Clock;
}

/** Starts a stand-in for Telnyx's Call Control (protocol reference, section 4). */
export async function startTelnyx(options: TelnyxOptions): Promise<TelnyxCarrier> {
  const find = (id: string) => carrier.calls.find((call) => call.id === id);
  const rest = await RestServer.start((request) => telnyxCommand(options.apiKey, request, find), options.apiPort);
  const carrier = new TelnyxCarrier(options, rest);
  return carrier;
}

/** A carrier that tells of calls and takes commands. */
export class TelnyxCarrier {
  readonly calls: TelnyxCall[] = [];
  private readonly key: TelnyxKey;
  private readonly clock: Clock;

  constructor(
    private readonly options: TelnyxOptions,
    /** The HTTP interface, and what goes wrong with it. */
    readonly rest: RestServer,
  ) {
    this.key = new TelnyxKey(options.keySeed ?? randomBytes(32));
    this.clock = options.clock ?? realClock();
  }

  /** What stands for `https://api.telnyx.com`. */
  get apiUrl(): string {
    return this.rest.url;
  }

  /** What webhooks are checked with, as the portal shows it. */
  get publicKey(): string {
    return this.key.publicKey;
  }

  /** Somebody calls. */
  call(options: TelnyxCallOptions = {}): TelnyxCall {
    const { webhookUrl, address } = this.options;
    const route = routeTo(webhookUrl, address);
    const call = new TelnyxCall({ key: this.key, webhookUrl }, options, { clock: this.clock, route });
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
