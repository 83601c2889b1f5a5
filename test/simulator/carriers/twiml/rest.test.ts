import type { RestFault, DocumentCarrier } from '../../../../simulator/carriers';
import { AUTH_TOKEN, closeAll, connected, ORIGIN, response, stage, STREAM } from '../support/twilio';

afterEach(closeAll);

const ACCOUNT = `AC${'0'.repeat(32)}`;

async function update(
  twilio: DocumentCarrier,
  callSid: string,
  form: Readonly<Record<string, string>>,
  { user = ACCOUNT, password = AUTH_TOKEN, signal }: { user?: string; password?: string; signal?: AbortSignal } = {},
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${twilio.apiUrl}/2010-04-01/Accounts/${ACCOUNT}/Calls/${callSid}.json`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
    body: new URLSearchParams(form),
    ...(signal === undefined ? {} : { signal }),
  });
  return { status: answer.status, body: await answer.json() };
}

describe('the HTTP interface of Twilio', () => {
  it('completes a call: stop, a closed socket, the end', async () => {
    const { twilio, call, stream } = await connected();
    const { status, body } = await update(twilio, call.id, { Status: 'completed' });
    expect([status, body]).toMatchObject([200, { sid: call.id, status: 'completed', account_sid: ACCOUNT }]);
    expect(await stream.closed).toBe(1000);
    expect(stream.events('stop')).toHaveLength(1);
    expect(await call.ended).toEqual({ kind: 'completed', by: 'api' });
    expect(call.history.all('api')).toMatchObject([{ what: 'Status=completed', status: 200 }]);
  });

  it('transfers a call by an inline document: the stream ends, then the number is dialled', async () => {
    const { twilio, call, stream } = await connected();
    const { status } = await update(
      twilio,
      call.id,
      { Twiml: response('<Dial>+15550003333</Dial>') },
      { user: 'SK1', password: 'key' },
    );
    expect(status).toBe(200);
    expect(await stream.closed).toBe(1000);
    expect(stream.events('stop')).toHaveLength(1);
    expect(await call.ended).toEqual({ kind: 'transferred', to: '+15550003333', by: 'api' });
  });

  it('transfers a call by a document it asks for, signed', async () => {
    const documents: Record<string, string> = {
      '/voice': response(`<Connect>${STREAM}</Connect>`),
      '/transfer': response('<Dial>+15550003333</Dial>'),
    };
    const { twilio, call, server } = await connected({}, ({ url }) => ({ body: documents[url] ?? '' }));
    await update(twilio, call.id, { Url: `${ORIGIN}/transfer`, Method: 'POST' });
    expect(await call.ended).toEqual({ kind: 'transferred', to: '+15550003333', by: 'api' });
    expect(server.requests[1]?.headers['x-twilio-signature']).toBeDefined();
  });

  it('complains of a change after a transfer, which ends it', async () => {
    const { twilio, call } = await connected();
    await update(twilio, call.id, { Twiml: response('<Dial>+15550003333</Dial>') });
    await call.ended;
    expect(await update(twilio, call.id, { Status: 'completed' })).toMatchObject({ status: 200 });
    expect(call.complaints).toMatchObject([{ code: 'cut_after_transfer' }]);
    expect(await update(twilio, call.id, { Status: 'completed' })).toMatchObject({
      status: 400,
      body: { code: 21220 },
    });
  });

  it.each<[string, Parameters<typeof update>[2], Parameters<typeof update>[3], number, number]>([
    ['a wrong password', { Status: 'completed' }, { password: 'wrong' }, 401, 20003],
    ['another user', { Status: 'completed' }, { user: 'AC1' }, 401, 20003],
    ['nothing to do', {}, {}, 400, 20001],
    ['two things to do', { Status: 'completed', Twiml: '<Response/>' }, {}, 400, 20001],
    ['another status', { Status: 'busy' }, {}, 400, 20001],
    ['a long document', { Twiml: response(`<Say>${'x'.repeat(4000)}</Say>`) }, {}, 400, 32018],
    ['an unknown parameter', { Status: 'completed', Twimll: 'x' }, {}, 400, 20001],
    ['a bad URL', { Url: 'somewhere' }, {}, 400, 21205],
  ])('refuses %s', async (_, form, as, status, code) => {
    const { twilio, call } = await connected();
    expect(await update(twilio, call.id, form, as)).toMatchObject({ status, body: { code, status } });
    expect(call.ending).toBeUndefined();
  });

  it('knows no other call, and none that is over', async () => {
    const { twilio, call } = await connected();
    expect(await update(twilio, 'CA0', { Status: 'completed' })).toMatchObject({ status: 404, body: { code: 20404 } });
    call.hangUp();
    expect(await update(twilio, call.id, { Status: 'completed' })).toMatchObject({
      status: 400,
      body: { code: 21220 },
    });
  });

  it('wants absolute URLs in an inline document', async () => {
    const { twilio, call } = await connected({ transferOutcome: 'busy' });
    await update(twilio, call.id, { Twiml: response('<Dial action="/after">+15550003333</Dial>') });
    expect(await call.ended).toMatchObject({ kind: 'failed', complaint: { code: '15004' } });
  });

  it('does wrong what it is told to, once each', async () => {
    const { twilio } = await stage();
    const call = twilio.call();
    await call.until('stream_opened');
    const faults: RestFault[] = ['drop', { status: 503, body: {} }, { delayMs: 1 }];
    twilio.rest.failNext(...faults);
    await expect(update(twilio, call.id, { Status: 'completed' })).rejects.toThrow();
    expect(await update(twilio, call.id, { Status: 'completed' })).toEqual({ status: 503, body: {} });
    expect(call.ending).toBeUndefined();
    expect(await update(twilio, call.id, { Status: 'completed' })).toMatchObject({ status: 200 });
    expect(twilio.rest.requests.map(({ status }) => status)).toEqual([undefined, 503, 200]);
  });

  it('can do a thing and lose the answer, or never answer', async () => {
    const { twilio, call } = await connected();
    twilio.rest.failNext('hang', 'lose_answer');
    const patience = new AbortController();
    void twilio.rest.until(1).then(() => patience.abort());
    await expect(update(twilio, call.id, { Status: 'completed' }, patience)).rejects.toThrow();
    expect(call.ending).toBeUndefined();
    await expect(update(twilio, call.id, { Status: 'completed' })).rejects.toThrow();
    expect(await call.ended).toEqual({ kind: 'completed', by: 'api' });
  });
});
