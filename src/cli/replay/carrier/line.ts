import { once } from 'node:events';
import { createServer } from 'node:net';
import { type TelephonySettings, telephonySchema } from '../../../config/telephony';
import { ownOrigin } from '../../own-origin';
import { settingsOrExit } from '../../settings';
import { startStandIn } from '../stand-in';
import { UsageError } from '../usage-error';
import { madeUpAccount } from './account';
import type { CarrierName } from './names';
import { type RunningCarrier, startCarrier, telnyxTestKey, type Whereabouts } from './start-carrier';

/** A carrier at which a relay's number can be called. */
export interface CarrierLine {
  readonly carrier: RunningCarrier;
  readonly number: string;
  /** Whose the number is, for people. */
  readonly shown: string;
  close(): Promise<void>;
}

/**
 * Brings up a stand-in for a carrier that calls the relay of this directory's settings: its number, its credentials.
 *
 * @param url where that relay is reached; by default where its settings say.
 * @throws UsageError where the settings do not do for that.
 */
export async function lineOfSettings(name: CarrierName, url: string | undefined): Promise<CarrierLine> {
  const config = settingsOrExit({ needsUpstream: false });
  const telephony = config.orgs.map((org) => org.telephony).find((settings) => settings?.[name] !== undefined);
  const address = url === undefined ? ownOrigin(config) : originOf(url);
  const publicUrl = config.listen.publicUrl ?? address;
  const apiPort = telephony === undefined ? 0 : apiPortOf(name, telephony);
  const carrier = telephony && (await startCarrier(name, telephony, { publicUrl, address, apiPort }));
  const [number] = telephony?.[name]?.numbers ?? [];
  if (carrier === undefined || number === undefined) {
    throw new UsageError(
      `--carrier: the settings have no number of ${name} (telephony.${name}.numbers); --stand-in needs none.`,
    );
  }
  return { carrier, number, shown: address, close: () => carrier.close() };
}

/** Brings up a stand-in for a carrier, and a relay and a stand-in for OpenAI that have nothing else to do. */
export async function lineOfItsOwn(name: CarrierName): Promise<CarrierLine> {
  const account = { ...madeUpAccount(name), numbers: [number] };
  // The relay has to know where the carrier is, and the carrier where the relay will be.
  const port = await freePort();
  const at: Whereabouts = { publicUrl, address: `http://127.0.0.1:${port}`, apiPort: 0 };
  const carrier = await startCarrier(name, telephonySchema.parse({ [name]: account }), at);
  if (carrier === undefined) throw new Error(`There is no account at ${name}.`);
  const telephony = { [name]: { ...account, apiBaseUrl: carrier.apiUrl } };
  const relay = await startStandIn({ port, publicUrl, telephony });
  return {
    carrier,
    number,
    shown: 'a relay of its own, with a stand-in for OpenAI',
    async close() {
      await carrier.close();
      await relay.close();
    },
  };
}

/** What is called, and the name of a relay that carriers know by no other. */
const [number, publicUrl] = ['+15550002222', 'https://relay.invalid'];

function originOf(url: string): string {
  const address = URL.parse(url.replace(/^ws/, 'http'));
  if (address === null || !/^https?:$/.test(address.protocol)) {
    throw new UsageError('--url: must be a URL such as wss://voice.example.com.');
  }
  return address.origin;
}

/**
 * Where the relay asks for the carrier's HTTP interface: on this machine, or the real carrier hears of calls it does not know.
 * Telnyx answers no call without it.
 */
function apiPortOf(name: CarrierName, telephony: TelephonySettings): number {
  const port = loopbackPort(telephony[name]?.apiBaseUrl);
  const advice = `Set telephony.${name}.apiBaseUrl to http://127.0.0.1:9100 for the test, and start the relay anew.`;
  if (name === 'telnyx') {
    if (port === undefined) throw new UsageError(`--carrier: Telnyx answers calls by commands. ${advice}`);
    requireTestKey(telephony);
  } else if (port === undefined) {
    console.log(`Note: the relay would ask the real ${name} to hang up these calls, which it does not know. ${advice}`);
  }
  return port ?? 0;
}

function requireTestKey({ telnyx }: TelephonySettings): void {
  if (telnyx === undefined) return;
  const key = telnyxTestKey(telnyx.apiKey);
  if (telnyx.publicKey.includes(key)) return;
  throw new UsageError(
    `--carrier: Telnyx signs with a key that only Telnyx has. For the test add ${key} to the list telephony.telnyx.publicKey, ` +
      'and start the relay anew.',
  );
}

/** The port of an address of this machine. */
function loopbackPort(url: string | undefined): number | undefined {
  if (url === undefined) return undefined;
  const { hostname, port, protocol } = new URL(url);
  if (hostname !== '127.0.0.1' && hostname !== 'localhost') return undefined;
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A port has no number.');
  return address.port;
}
