import { randomUUID } from 'node:crypto';
import type { Ending } from '../call-event';
import type { Clock } from '../clock';
import { complaint } from '../complaint';
import { overrideHeaders } from '../http';
import { type CallOptions, PhoneCall } from '../phone-call';
import type { Route } from '../route';
import type { ControlForm } from './commands';
import { type ASTERISK_FORMATS, AsteriskDialect } from './frames';

export interface AsteriskCallOptions extends CallOptions {
  /** Overrides headers of the media socket; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** What `websocket_client.conf` and the dialplan say. */
export interface AsteriskHouse {
  readonly uri: string;
  readonly username: string;
  readonly password: string;
  readonly codec: keyof typeof ASTERISK_FORMATS;
  readonly control: ControlForm;
  /** `v(…)`: what stands in the query; `${UNIQUEID}` is the caller's channel, `${EXTEN}` the number called. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What the dialplan reads after `Dial()`. */
const TRANSFER_VARIABLE = 'RELAY_TRANSFER_TO';

/** Attempts to connect, and the time between them, by the call's clock (protocol reference, section 7). */
const CONNECT_ATTEMPTS = 4;
const RECONNECT_MS = 500;

/** A call that a dialplan connects to the relay with `Dial(WebSocket/…)`; its id is that of the caller's channel. */
export class AsteriskCall extends PhoneCall {
  declare protected readonly options: AsteriskCallOptions;
  /** Variables of the channel that others may set: `SHARED(name)`. */
  private readonly shared = new Map<string, string>();

  constructor(
    private readonly house: AsteriskHouse,
    options: AsteriskCallOptions,
    setup: { readonly clock: Clock; readonly route: Route; readonly uniqueId: string },
  ) {
    super(setup.uniqueId, options, setup);
    this.begin();
  }

  /** Hangs the channel up from outside; `false` if it is gone. */
  hangUpByApi(): boolean {
    if (this.ending !== undefined) return false;
    this.end({ kind: 'completed', by: 'api' });
    return true;
  }

  /** Sets `SHARED(name)`; nothing happens to a channel that is gone. */
  share(name: string, value: string): void {
    if (this.ending === undefined) this.shared.set(name, value);
  }

  protected async run(): Promise<Ending> {
    const { house } = this;
    const basic = Buffer.from(`${house.username}:${house.password}`).toString('base64');
    const target = {
      url: this.url(),
      headers: overrideHeaders({ authorization: `Basic ${basic}` }, this.options.headers),
      protocols: ['media'],
    };
    for (let attempt = 1; attempt <= CONNECT_ATTEMPTS; attempt += 1) {
      const channel = {
        channelId: `${this.id}1`,
        connectionId: randomUUID(),
        codec: house.codec,
        control: house.control,
      };
      const end = await this.connect({ ...target, dialect: new AsteriskDialect(channel) });
      if (this.ending !== undefined) return this.ending;
      if ('code' in end) return this.afterwards();
      this.complain(complaint('connection_failed', `The media socket failed: ${end.why}.`));
      if (attempt < CONNECT_ATTEMPTS) await this.passes(RECONNECT_MS);
    }
    return this.fail('unreachable', 'The relay was not reached.');
  }

  /** The dialplan after `Dial()`: transferred if the relay said to whom, else over. */
  private afterwards(): Ending {
    const to = this.shared.get(TRANSFER_VARIABLE) ?? '';
    if (to === '') return { kind: 'completed', by: 'relay' };
    const { transferOutcome: outcome = 'answered' } = this.options;
    this.history.add({ type: 'dialled', to, outcome });
    return outcome === 'answered' ? { kind: 'transferred', to, by: 'document' } : { kind: 'completed', by: 'document' };
  }

  private url(): URL {
    const url = new URL(this.house.uri);
    for (const [name, value] of Object.entries(this.house.variables)) {
      url.searchParams.append(name, value.replace('${UNIQUEID}', this.id).replace('${EXTEN}', this.to));
    }
    return url;
  }
}
