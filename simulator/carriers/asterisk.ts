import { AsteriskCall, type AsteriskCallOptions, type AsteriskHouse } from './asterisk/call';
import { type Clock, realClock } from './clock';
import { hasBasic, type RestAnswer, type RestRequest, RestServer } from './rest-server';
import { routeTo } from './route';

export interface AsteriskOptions {
  /** The media socket as `websocket_client.conf` has it, such as `wss://relay.example.com/telephony/asterisk/media`. */
  readonly uri: string;
  /** Where the public origin of `uri` is really reached, such as `http://127.0.0.1:8000`. */
  readonly address?: string;
  /** Sent as HTTP Basic. */
  readonly username: string;
  readonly password: string;
  /** Default `ulaw`. */
  readonly codec?: AsteriskHouse['codec'];
  /** Default `json`. */
  readonly control?: AsteriskHouse['control'];
  /** What stands in the query: see `AsteriskHouse`. Default: `called` and `call`, the number called and the caller's channel. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The credentials of ARI. Default `ari` and `secret`. */
  readonly ari?: { readonly username: string; readonly password: string };
  /** Where ARI listens. Default 0: any free port. */
  readonly apiPort?: number;
  /** Default: real time. */
  readonly clock?: Clock;
}

/** Starts a stand-in for an Asterisk with `chan_websocket` (protocol reference, section 7). */
export async function startAsterisk(options: AsteriskOptions): Promise<AsteriskCarrier> {
  const find = (id: string) => carrier.calls.find((call) => call.id === id);
  const { ari = { username: 'ari', password: 'secret' } } = options;
  const rest = await RestServer.start((request) => answerAri(ari, request, find), options.apiPort);
  const carrier = new AsteriskCarrier(options, rest);
  return carrier;
}

/** A PBX whose dialplan sends its calls to the relay. */
export class AsteriskCarrier {
  readonly calls: AsteriskCall[] = [];
  private readonly house: AsteriskHouse;
  private readonly clock: Clock;
  private calledSoFar = 0;

  constructor(
    private readonly options: AsteriskOptions,
    /** ARI, and what goes wrong with it. */
    readonly rest: RestServer,
  ) {
    const { uri, username, password, codec = 'ulaw', control = 'json' } = options;
    const { variables = { called: '${EXTEN}', call: '${UNIQUEID}' } } = options;
    this.house = { uri, username, password, codec, control, variables };
    this.clock = options.clock ?? realClock();
  }

  /** What stands for the origin of ARI. */
  get apiUrl(): string {
    return this.rest.url;
  }

  /** Somebody calls. */
  call(options: AsteriskCallOptions = {}): AsteriskCall {
    this.calledSoFar += 1;
    const uniqueId = `1700000000.${this.calledSoFar}`;
    const route = routeTo(this.options.uri, this.options.address);
    const call = new AsteriskCall(this.house, options, { clock: this.clock, route, uniqueId });
    this.calls.push(call);
    return call;
  }

  /** Hangs up every call and stops listening. */
  async close(): Promise<void> {
    for (const call of this.calls) call.hangUp();
    await this.rest.close();
  }
}

/** The part of ARI that works for channels of a dialplan, which are in no Stasis application (protocol reference, section 7). */
function answerAri(
  { username, password }: { readonly username: string; readonly password: string },
  request: RestRequest,
  find: (id: string) => AsteriskCall | undefined,
): RestAnswer {
  if (!hasBasic(request, username, password)) return refuse(401, 'Unauthorized');
  const { pathname, searchParams } = new URL(request.path, 'http://ari');
  if (`${request.method} ${pathname}` === 'POST /ari/asterisk/variable') return setGlobal(searchParams, find);
  const [, id = '', what = 'channel'] = /^\/ari\/channels\/([^/]+)(?:\/([a-z]+))?$/.exec(pathname) ?? [];
  const call = find(id);
  if (call === undefined || call.ending !== undefined) return refuse(404, 'Channel not found');
  const answer = changed(call, `${request.method} ${what}`);
  call.history.add({ type: 'api', what: `${request.method} ${what}`, status: answer.status });
  return answer;
}

function changed(call: AsteriskCall, what: string): RestAnswer {
  switch (what) {
    case 'DELETE channel':
      call.hangUpByApi();
      return { status: 204 };
    case 'POST variable':
    case 'POST redirect':
    case 'POST continue':
      return refuse(409, 'Channel not in Stasis application');
    default:
      return refuse(404, 'Resource not found');
  }
}

/** A global variable, or a function such as `SHARED(name,channel)`; what became of that is not told. */
function setGlobal(query: URLSearchParams, find: (id: string) => AsteriskCall | undefined): RestAnswer {
  const variable = query.get('variable') ?? '';
  if (variable === '') return refuse(400, 'Variable name is required');
  const [, name, channel] = /^SHARED\(([^,]+),([^)]+)\)$/.exec(variable) ?? [];
  if (name !== undefined && channel !== undefined) find(channel)?.share(name, query.get('value') ?? '');
  return { status: 204 };
}

function refuse(status: number, message: string): RestAnswer {
  return { status, body: { message } };
}
