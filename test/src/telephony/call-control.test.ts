import { isToolFailure } from '../../../pipeline';
import { RestServer, type RestFault } from '../../../simulator/carriers';
import { loggerTo } from '../../../src/log';
import { type CallAction, type CallControlOptions, PhoneControl } from '../../../src/telephony/call-control';
import { type ApiOutcome, type ApiRequest, createCarrierApi } from '../../../src/telephony/carrier-api';
import { createSwitchboard } from '../../../src/telephony/switchboard';
import { carrierKinds } from '../../e2e/support/phone-carriers';
import { telephonyFor, phone } from '../../e2e/support/phone-house';
import { Closing } from '../../pipeline/support/closing';
import { orgWith } from '../support/org';

const opened = new Closing();
afterEach(() => opened.all());

const never = new AbortController().signal;
const callId = 'CA1';
const gone = { status: 400, body: { code: 21220, message: 'Call is not in-progress.' } };

/** Control over a call at a carrier whose interface fails as given and otherwise does what it is asked. */
async function control(
  faults: readonly RestFault[] = [],
  changes: Partial<CallControlOptions> = {},
  line: Readonly<Record<string, unknown>> = {},
) {
  const rest = opened.add(await RestServer.start(() => ({ status: 200, body: {} })), (server) => server.close());
  rest.failNext(...faults);
  const api = opened.add(createCarrierApi(), (each) => each.close());
  const org = orgWith({ telephony: telephonyFor('twilio', rest.url, line) });
  const found = createSwitchboard([org], 'https://relay.example.com').lineOf('twilio', 'acme');
  if (found === undefined) throw new Error('The org has a line.');
  const log: string[] = [];
  const outcomes: string[] = [];
  let ends = 0;
  const phoneControl: PhoneControl = new PhoneControl({
    line: found,
    callId,
    api,
    heard: () => Promise.resolve(),
    endSession: () => {
      ends += 1;
      void phoneControl.sessionEnded(true);
    },
    toolMs: 2_000,
    log: loggerTo({ write: (text) => void log.push(text) }),
    observe: (action, outcome) => outcomes.push(`${action} ${outcome}`),
    ...changes,
  });
  return { control: phoneControl, rest, outcomes, log, ends: () => ends };
}

const formOf = ({ body }: ApiRequest) => new URLSearchParams(body.toString());

const forms = (rest: RestServer) => rest.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));

/** How a transfer failed, in the words of the pipeline. */
const failureOf = (transfer: Promise<void>) =>
  transfer.then(
    () => 'worked',
    (error: unknown) => (isToolFailure(error) ? `${error.status}: ${error.reason ?? ''}` : String(error)),
  );

describe('a transfer', () => {
  it('is one request, however often it is asked for', async () => {
    const { control: call, rest, outcomes } = await control();
    await Promise.all([call.transfer(never), call.transfer(never)]);
    await call.transfer(never);
    expect(rest.requests).toMatchObject([
      { method: 'POST', path: `/2010-04-01/Accounts/${phone.accountSid}/Calls/CA1.json`, status: 200 },
    ]);
    expect(forms(rest)).toEqual([
      { Twiml: `<?xml version="1.0" encoding="UTF-8"?><Response><Dial>${phone.colleague}</Dial></Response>` },
    ]);
    expect(outcomes).toEqual(['transfer done']);
  });

  it('reaches a SIP address as well', async () => {
    const { control: call, rest } = await control([], {}, { transferTo: 'sip:desk&1@example.com' });
    await call.transfer(never);
    expect(forms(rest)[0]?.['Twiml']).toContain('<Dial><Sip>sip:desk&#38;1@example.com</Sip></Dial>');
  });

  it('waits until what was said has been heard', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { control: call, rest } = await control([], { heard: () => promise, toolMs: 20_000 });
    const transfer = call.transfer(never);
    await new Promise(setImmediate);
    expect(rest.requests).toEqual([]);
    resolve(undefined);
    await transfer;
    expect(rest.requests).toHaveLength(1);
  });

  it('waits no longer than half of the time there is', async () => {
    const { control: call } = await control([], { heard: () => new Promise(() => undefined), toolMs: 100 });
    expect(await failureOf(call.transfer(never))).toBe('worked');
  });

  it('is impossible where there is nobody to transfer to', async () => {
    const { control: call, rest } = await control([], {}, { transferTo: undefined });
    const reason = 'There is nobody this call could be transferred to.';
    expect(await failureOf(call.transfer(never))).toBe(`not_configured: ${reason}`);
    expect(rest.requests).toEqual([]);
  });

  it.each<[string, readonly RestFault[], string, string]>([
    ['was refused', [{ status: 401 }], 'not_sent: The call could not be transferred.', 'failed'],
    ['failed at the carrier', [{ status: 500 }], 'not_sent: The call could not be transferred.', 'failed'],
    ['was put off twice', [{ status: 429 }, { status: 429 }], 'not_sent: The call could not be transferred.', 'failed'],
    ['found the call over', [gone], 'not_sent: The call is over.', 'over'],
    ['found no such call', [{ status: 404 }], 'not_sent: The call is over.', 'over'],
    ['a gateway gave up', [{ status: 504 }], 'unknown: It is not known whether the call was transferred.', 'unknown'],
    ['was not answered', ['drop'], 'unknown: It is not known whether the call was transferred.', 'unknown'],
    ['hangs', ['hang'], 'unknown: It is not known whether the call was transferred.', 'unknown'],
  ])('says so that %s', async (_what, faults, failure, outcome) => {
    const { control: call, outcomes } = await control(faults, { toolMs: 1_000 });
    expect(await failureOf(call.transfer(never))).toBe(failure);
    expect(outcomes).toEqual([`transfer ${outcome}`]);
  });

  it('ends a session whose carrier streams on', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { control: call, rest } = await control([], { endSession: () => resolve(undefined) });
    await call.transfer(never);
    await promise;
    expect(call.sessionEnded(true)).toBeUndefined();
    expect(rest.requests).toHaveLength(1);
  });

  it('is asked for once more when the carrier put it off', async () => {
    const { control: call, rest } = await control([{ status: 429 }]);
    await call.transfer(never);
    expect(rest.requests).toHaveLength(2);
  });

  it('may be tried again when provably nothing happened', async () => {
    const { control: call, rest } = await control([{ status: 500 }]);
    expect(await failureOf(call.transfer(never))).not.toBe('worked');
    expect(await failureOf(call.transfer(never))).toBe('worked');
    expect(rest.requests).toHaveLength(2);
  });

  it('may not be tried again when nobody knows', async () => {
    const { control: call, rest } = await control(['lose_answer']);
    expect(await failureOf(call.transfer(never))).toMatch(/^unknown/);
    expect(await failureOf(call.transfer(never))).toMatch(/^unknown/);
    expect(rest.requests).toHaveLength(1);
  });

  it('is not asked for when the caller has hung up meanwhile', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { control: call, rest } = await control([], { heard: () => promise });
    const transfer = failureOf(call.transfer(never));
    void call.sessionEnded(false);
    resolve(undefined);
    expect(await transfer).toBe('not_sent: The call is over.');
    expect(rest.requests).toEqual([]);
  });
});

describe('a session that ends while its call is handed over', () => {
  it.each<[string, ApiOutcome, readonly CallAction[]]>([
    ['hangs up once it has failed', { kind: 'failed', code: 'http_500' }, ['transfer', 'hang_up']],
    ['leaves the call alone where it has worked', { kind: 'done' }, ['transfer']],
    ['leaves the call alone where nobody knows', { kind: 'unknown', code: 'timeout' }, ['transfer']],
    ['asks for nothing more where the call is over', { kind: 'over' }, ['transfer']],
  ])('keeps the stream until the carrier has decided, and %s', async (_what, outcome, actions) => {
    const asked = Promise.withResolvers<undefined>();
    const decided = Promise.withResolvers<ApiOutcome>();
    const change = (request: ApiRequest) => {
      asked.resolve(undefined);
      return formOf(request).has('Twiml') ? decided.promise : Promise.resolve<ApiOutcome>({ kind: 'done' });
    };
    const { control: call, outcomes } = await control([], { api: { change, close: () => Promise.resolve() } });
    const transfer = failureOf(call.transfer(never));
    await asked.promise;
    const letGo = call.sessionEnded(true);
    expect(letGo).toBeDefined();
    decided.resolve(outcome);
    await Promise.all([transfer, letGo]);
    expect(outcomes.map((each) => each.split(' ')[0])).toEqual(actions);
  });
});

describe('hanging up', () => {
  it('ends the session and is one request, however often it is asked for', async () => {
    const { control: call, rest, ends } = await control();
    await Promise.all([call.hangUp(), call.hangUp()]);
    expect(forms(rest)).toEqual([{ Status: 'completed' }]);
    expect(ends()).toBeGreaterThan(0);
  });

  it('is not asked of the carrier where the session ended otherwise', async () => {
    const { control: call, rest } = await control();
    expect(call.sessionEnded(false)).toBeUndefined();
    expect(rest.requests).toEqual([]);
  });

  it('leaves a call alone that was handed over, or perhaps', async () => {
    for (const faults of [[], ['lose_answer']] as const) {
      const { control: call, rest } = await control(faults);
      await failureOf(call.transfer(never));
      expect(call.sessionEnded(true)).toBeUndefined();
      expect(rest.requests).toHaveLength(1);
    }
  });

  it.each<[string, RestFault, string]>([
    ['found it over', gone, 'Call hung up'],
    ['is refused', { status: 401 }, 'Call is hung up by closing its stream'],
    ['hangs', 'hang', 'Call is hung up by closing its stream'],
  ])('is over in any case when the carrier %s', async (_what, fault, message) => {
    const { control: call, log } = await control([fault]);
    await call.sessionEnded(true);
    expect(log.join('')).toContain(message);
  });
});

it.each(['twilio', 'signalwire', 'plivo', 'vonage', 'jambonz'] as const)(
  '%s says of a call that it is over',
  async (name) => {
    const whereabouts = { answerUrl: 'http://127.0.0.1:9/voice', address: 'http://127.0.0.1:9' };
    const carrier = opened.add(await carrierKinds[name].start(whereabouts), (running) => running.close());
    const api = opened.add(createCarrierApi(), (each) => each.close());
    const org = orgWith({ telephony: telephonyFor(name, carrier.apiUrl) });
    const line = createSwitchboard([org], 'https://relay.example.com').lineOf(name, 'acme');
    const { id, ended } = carrier.call();
    await ended;
    const request = await line?.hangUp?.(id);
    if (line === undefined || request === undefined) throw new Error('The line can hang up.');
    const outcome = await api.change(request, (answer) => line.saysOver(answer), AbortSignal.timeout(5_000));
    expect(outcome).toEqual({ kind: 'over' });
  },
);

it('nothing of a number, an account or a secret is logged', async () => {
  for (const faults of [[], [{ status: 500 }], ['drop']] as const) {
    const { control: call, log } = await control(faults);
    await failureOf(call.transfer(never));
    await call.hangUp();
    for (const secret of [phone.colleague.slice(1), phone.accountSid, phone.authToken]) {
      expect(log.join('')).not.toContain(secret);
    }
  }
});
