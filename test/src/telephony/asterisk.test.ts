import fc from 'fast-check';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { StoreUnavailableError } from '../../../pipeline';
import { RestServer, type RestFault } from '../../../simulator/carriers';
import type { OrgConfig } from '../../../src/config';
import { loggerTo } from '../../../src/log';
import { sharedVariable } from '../../../src/telephony/asterisk/ari';
import { basic } from '../../../src/telephony/basic';
import { PhoneControl } from '../../../src/telephony/call-control';
import { createCarrierApi } from '../../../src/telephony/carrier-api';
import { asterisk } from '../../../src/telephony/carriers/asterisk';
import { readDialplanAddress } from '../../../src/telephony/dialplan-address';
import { dialplanEntrance } from '../../../src/telephony/dialplan-entrance';
import type { DialplanLine, Line } from '../../../src/telephony/line';
import { asteriskAccount } from '../../e2e/support/phone-carriers';
import { telephonyFor } from '../../e2e/support/phone-house';
import { Closing } from '../../pipeline/support/closing';
import { fullDoor, openDoor } from '../support/doors';
import { orgWith } from '../support/org';

const opened = new Closing();
afterEach(() => opened.all());

const { username, password } = asteriskAccount.credentials;

/** The line of an org. */
function lineWith(
  line: Readonly<Record<string, unknown>> = {},
  org: Partial<OrgConfig> = {},
  api = 'http://127.0.0.1:9',
) {
  const found = asterisk.lineOf(orgWith({ telephony: telephonyFor('asterisk', api, line), ...org }));
  if (found === undefined) throw new Error('The org has a line.');
  return found;
}

it('who has no number at Asterisk has no line', () => {
  expect(asterisk.lineOf(orgWith())).toBeUndefined();
});

it.each([
  ['ulaw', { encoding: 'pcmu', rateHz: 8000 }],
  ['alaw', { encoding: 'pcma', rateHz: 8000 }],
  ['slin', { encoding: 'l16', rateHz: 8000 }],
  ['slin16', { encoding: 'l16', rateHz: 16000 }],
  ['slin24', { encoding: 'l16', rateHz: 24000 }],
])('calls may be heard and spoken in %s', (codec, format) => {
  expect(lineWith({ codec }).format).toEqual(format);
});

it('a stream shows the name and a password, of which there may be two while one takes the place of the other', () => {
  const line = lineWith({ password: ['the-new-password', password] });
  const isSigned = (authorization: string | undefined) =>
    line.signedMedia({ headers: authorization === undefined ? {} : { authorization } });
  expect([basic(username, password), basic(username, 'the-new-password')].map(isSigned)).toEqual([true, true]);
  const wrong = [undefined, '', 'Basic', basic(username, ''), basic('', password), basic('PBX', password)];
  expect(wrong.filter(isSigned)).toEqual([]);
});

it('the vector of the telephony reference, section 16, is the right credential', () => {
  expect(basic('gw', 'secret')).toBe('Basic Z3c6c2VjcmV0');
});

it('a variable for a dialplan is shared with its channel, and nothing of it can be taken for something else', () => {
  const ari = { origin: 'http://127.0.0.1:8088', username: 'relay', password: 'secret' };
  const { path, headers, body } = sharedVariable(ari, 'pbx1-1700000000.12', 'RELAY_TRANSFER_TO', '+1 555&value=2');
  expect(path.slice(0, path.indexOf('?'))).toBe('/ari/asterisk/variable');
  expect(path).toContain('%2B1');
  expect([...new URL(path, ari.origin).searchParams]).toEqual([
    ['variable', 'SHARED(RELAY_TRANSFER_TO,pbx1-1700000000.12)'],
    ['value', '+1 555&value=2'],
  ]);
  expect(headers).toEqual({ authorization: 'Basic cmVsYXk6c2VjcmV0' });
  expect(body).toHaveLength(0);
});

describe('the address of a stream', () => {
  it.each([
    ['called=15550002222&call=1700000000.12', { called: '+15550002222', callId: '1700000000.12' }],
    ['call=pbx-1.2&called=%2B15550002222', { called: '+15550002222', callId: 'pbx-1.2' }],
    ['called=+15550002222&call=1.2&more=1', { called: '+15550002222', callId: '1.2' }],
    ['called=s&call=1.2', { called: 's', callId: '1.2' }],
    ['', { wrong: 'called' }],
    ['called=&call=1.2', { wrong: 'called' }],
    ['called=15550002222', { wrong: 'call' }],
    ['called=15550002222&call=', { wrong: 'call' }],
    ['called=15550002222&call=1)%2CX', { wrong: 'call' }],
    [`called=15550002222&call=${'1'.repeat(129)}`, { wrong: 'call' }],
    ['called=15550002222&called=15550002222&call=1.2', { wrong: 'called' }],
  ])('is read: %s', (query, address) => {
    expect(readDialplanAddress(`/telephony/asterisk/media?${query}`)).toEqual(address);
  });

  it('names a channel that can stand in a function of the dialplan, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (called, call) => {
        const query = new URLSearchParams({ called, call }).toString();
        const address = readDialplanAddress(`/telephony/asterisk/media?${query}`);
        expect('wrong' in address || /^[\w.:-]+$/.test(address.callId)).toBe(true);
      }),
    );
    fc.assert(fc.property(fc.string(), (url) => void readDialplanAddress(url)));
  });
});

describe('the entrance', () => {
  /** The entrance to these lines; what it opened. */
  function entranceTo(lines: readonly DialplanLine[], redeem: (ticket: string) => Promise<boolean>, hasRoom = true) {
    const attached: [line: Line, callId: string][] = [];
    const log: string[] = [];
    const entrance = dialplanEntrance({
      carrier: 'asterisk',
      lines,
      calls: { attach: (line, callId) => void attached.push([line, callId]) },
      door: hasRoom ? openDoor : fullDoor,
      store: { redeem },
      log: loggerTo({ write: (line) => void log.push(line) }),
    });
    const judge = (url: string, authorization: string) => {
      const request = new IncomingMessage(new Socket());
      request.url = url;
      request.headers.authorization = authorization;
      return entrance.judge(request);
    };
    return { judge, log };
  }

  const address = '/telephony/asterisk/media?called=15550002222&call=1.2';
  const free = () => Promise.resolve(true);

  it('leads to the org whose number was called, also where two orgs share a system', async () => {
    const tickets: string[] = [];
    const redeem = (ticket: string) => Promise.resolve(tickets.push(ticket) > 0);
    const other = { numbers: ['+15550004444'] };
    const { judge } = entranceTo([lineWith(other, { id: 'other' }), lineWith()], redeem);
    expect(await judge(address, basic(username, password))).toMatchObject({ subprotocol: 'media' });
    const another = address.replace('2222', '4444');
    expect(await judge(another, basic(username, password))).toMatchObject({ maxMessageBytes: 65_536 });
    expect(tickets).toEqual(['call:asterisk:acme:1.2', 'call:asterisk:other:1.2']);
  });

  it('does not lead to the number of an org whose credentials were not shown', async () => {
    const other = lineWith({ numbers: ['+15550004444'], username: 'other' }, { id: 'other' });
    const { judge } = entranceTo([other, lineWith()], free);
    const another = address.replace('2222', '4444');
    expect(await judge(another, basic(username, password))).toMatchObject({ status: 404, code: 'unknown_number' });
    expect(await judge(another, basic('other', password))).toMatchObject({ subprotocol: 'media' });
  });

  it('is closed while the store cannot say whether a call had its stream', async () => {
    const { judge, log } = entranceTo([lineWith()], () =>
      Promise.reject(new StoreUnavailableError('down', 'It is away.')),
    );
    const verdict = await judge(address, basic(username, password));
    expect(verdict).toMatchObject({ status: 503, code: 'store_unavailable' });
    expect(log.join('')).toContain('store_unavailable');
  });

  it('gives a call its stream at the second try where the first was given up before it opened, and none at the third', async () => {
    const used = new Set<string>();
    const redeem = (ticket: string) => Promise.resolve(!used.has(ticket) && used.add(ticket).has(ticket));
    const { judge } = entranceTo([lineWith()], redeem);
    const ask = () => judge(address, basic(username, password));
    const first = await ask();
    if (first !== undefined && 'open' in first) first.abandoned?.();
    expect(await ask()).toMatchObject({ subprotocol: 'media' });
    expect(await ask()).toMatchObject({ status: 403, code: 'call_used' });
  });

  it('uses nothing up of a call that there is no room for', async () => {
    const { judge } = entranceTo([lineWith()], () => Promise.reject(new Error('Nobody asks.')), false);
    expect(await judge(address, basic(username, password))).toMatchObject({ code: 'too_many_sessions' });
  });

  it('tells nothing of numbers and secrets to the log', async () => {
    const { judge, log } = entranceTo([lineWith()], () => Promise.resolve(false));
    await judge(address, basic(username, password));
    await judge(address, basic(username, 'something-else'));
    await judge(address.replace('2222', '4444'), basic(username, password));
    expect(log).toHaveLength(3);
    for (const secret of ['15550002222', '15550004444', password, 'something-else', basic(username, password)]) {
      expect(log.join('')).not.toContain(secret);
    }
  });

  it.each(['/telephony/asterisk/media/x', '/telephony/asterisk', '/telephony/other/media', '/v1/realtime'])(
    'is not at %s',
    (url) => {
      expect(entranceTo([lineWith()], free).judge(url, basic(username, password))).toBeUndefined();
    },
  );
});

describe('control over a call', () => {
  async function control(faults: readonly RestFault[], line: Readonly<Record<string, unknown>> = {}) {
    const rest = opened.add(await RestServer.start(() => ({ status: 204 })), (server) => server.close());
    rest.failNext(...faults);
    const api = opened.add(createCarrierApi(), (each) => each.close());
    const { promise: ended, resolve: endSession } = Promise.withResolvers<undefined>();
    const outcomes: string[] = [];
    const phoneControl = new PhoneControl({
      line: lineWith(line, {}, rest.url),
      callId: '1700000000.1',
      api,
      heard: () => Promise.resolve(),
      endSession: () => endSession(undefined),
      toolMs: 1_000,
      log: loggerTo({ write: () => undefined }),
      observe: (action, outcome) => outcomes.push(`${action} ${outcome}`),
    });
    return { control: phoneControl, rest, ended, outcomes };
  }

  const never = new AbortController().signal;
  const failed = 'The call could not be transferred.';

  it('closes the stream at once when the dialplan knows whom to connect the caller with', async () => {
    const { control: call, rest, ended, outcomes } = await control([]);
    await Promise.all([call.transfer(never), call.transfer(never)]);
    await ended;
    expect(call.sessionEnded(true)).toBeUndefined();
    expect(rest.requests).toHaveLength(1);
    expect(outcomes).toEqual(['transfer done']);
  });

  it.each<[string, readonly RestFault[]]>([
    ['was lost', ['lose_answer']],
    ['broke off', ['drop']],
    ['was put off', [{ status: 503 }]],
  ])('tells the dialplan once more when the request %s, because that does no harm', async (_what, faults) => {
    const { control: call, rest } = await control(faults);
    await call.transfer(never);
    expect(rest.requests).toHaveLength(2);
  });

  it.each<[string, readonly RestFault[]]>([
    ['refuses', [{ status: 401 }]],
    ['is not switched on', [{ status: 404 }]],
    ['breaks off twice', ['drop', 'drop']],
    ['hangs', ['hang']],
  ])('keeps the caller when ARI %s, and may try again', async (_what, faults) => {
    const { control: call, outcomes } = await control(faults);
    await expect(call.transfer(never)).rejects.toMatchObject({ status: 'not_sent', reason: failed });
    expect(outcomes).toEqual(['transfer failed']);
    await call.transfer(never);
    expect(outcomes).toEqual(['transfer failed', 'transfer done']);
  });

  it('hangs up by closing the stream, and asks nobody', async () => {
    const { control: call, rest, ended } = await control([]);
    await call.hangUp();
    await ended;
    expect(call.sessionEnded(true)).toBeUndefined();
    expect(rest.requests).toEqual([]);
  });

  it('has nobody to hand over to without transferTo', async () => {
    const { control: call, rest } = await control([], { transferTo: undefined });
    await expect(call.transfer(never)).rejects.toMatchObject({ status: 'not_configured' });
    expect(rest.requests).toEqual([]);
  });
});
