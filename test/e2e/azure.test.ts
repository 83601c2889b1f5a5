import dns from 'node:dns';
import tls from 'node:tls';
import { type EndCause } from '../../relay';
import { type SimulatorOptions } from '../../simulator';
import { certificateFor } from '../faults/support/certificates';
import { Closing } from '../pipeline/support/closing';
import { FaultProxy } from '../support/fault-proxy';
import { bookingAloud, booked, confirmation, preamble } from './support/conversations';
import { outputsOf, speak, wordsHeard } from './support/exchange';
import { call, dial, type House, openHouse } from './support/house';
import { spokenTurn } from './support/recording';
import { expectPlainView } from './support/view';

/** A resource of Azure OpenAI, as its owner would write it into the settings, and names that are none of Azure's. */
const host = 'contoso.openai.azure.com';
const strangers = ['contoso.openai.azure.com.example.org', 'contoso.notazure.com'];

const opened = new Closing();
afterEach(() => opened.all());

let azure: SimulatorOptions;
const trusted = tls.getCACertificates('default');

beforeAll(async () => {
  const certificate = await certificateFor([host, ...strangers]);
  tls.setDefaultCACertificates([...trusted, certificate.cert]);
  azure = { dialect: 'azure', models: ['our-voices'], tls: certificate, scenario: bookingAloud };
  leadHere([host, ...strangers]);
});
afterAll(() => {
  tls.setDefaultCACertificates(trusted);
  jest.restoreAllMocks();
});

/** Has names lead to this machine; whoever looks them up does not notice. */
function leadHere(names: readonly string[]): void {
  const { lookup } = dns;
  const here = (name: string, ...rest: readonly unknown[]): unknown =>
    Reflect.apply(lookup, dns, [names.includes(name) ? '127.0.0.1' : name, ...rest]);
  jest.spyOn(dns, 'lookup').mockImplementation(here);
}

/** A house whose upstream is Azure, at its own name. */
async function openAzureHouse({ path = '/openai/v1/realtime', model = 'our-voices', at = host } = {}): Promise<House> {
  const door = opened.add(await FaultProxy.start(), (proxy) => proxy.close());
  const house = await openHouse(opened, {
    simulator: azure,
    variables: { OPENAI_REALTIME_URL: `wss://${at}:${door.port}${path}`, OPENAI_REALTIME_MODEL: model },
  });
  door.target = house.simulator.port;
  return house;
}

describe('with Azure OpenAI upstream', () => {
  it('an appointment is made in a conversation that looks like any other', async () => {
    const house = await openAzureHouse();
    const client = await call(opened, house);
    speak(client, spokenTurn);
    await client.done();
    await client.done();

    expect(wordsHeard(client)).toEqual([preamble, confirmation]);
    expect(house.hook.requests.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([{ tool_args: booked }]);
    const session = await house.simulator.session(0);
    expect(session.credentialIn).toBe('api-key header');
    expect(session.settings.model).toBe('our-voices');
    expect(outputsOf(session).map(({ output }) => output)).toMatchObject([{ success: true, is_duplicate: false }]);
    await expectPlainView(client, house);
    expect(client.all('response.content_part.added')).toHaveLength(2);
    expect(client.events.filter(({ json }) => 'content' in json)).toEqual([]);
  });

  it.each<[string, EndCause, Parameters<typeof openAzureHouse>[0]]>([
    ['an api-version', 'upstream_unauthorized', { path: '/openai/v1/realtime?api-version=2025-04-01-preview' }],
    ['the path of OpenAI', 'upstream_not_found', { path: '/v1/realtime' }],
    ['the path of the preview', 'upstream_not_found', { path: '/openai/realtime' }],
    ['a deployment that does not exist', 'upstream_not_found', { model: 'gpt-realtime-2.1' }],
  ])('%s is named to the client as %s', async (_name, cause, setting) => {
    const house = await openAzureHouse(setting);
    expect((await dial(opened, house.url).closed).reason).toBe(cause);
  });

  it.each(strangers)('the key is sent as everywhere else to %s', async (at) => {
    const house = await openAzureHouse({ at });
    await call(opened, house);
    expect((await house.simulator.session(0)).credentialIn).toBe('bearer');
  });
});
