import type { ClientSecretCreateResponse } from 'openai/resources/realtime/client-secrets';
import { createClientTokens } from '../../../src/auth/client-token';
import { type RelayConfig } from '../../../src/config';
import { WebhookCatcher } from '../../pipeline/support/webhook-catcher';
import { bearer, configWith, operatorKey, orgKey, startTestRelay, stopRelays, withLimits } from '../support/relay';
import { rawRequest } from '../support/raw-http';

let hook: WebhookCatcher;
beforeEach(async () => {
  hook = await WebhookCatcher.start();
});
afterEach(async () => {
  await Promise.all([stopRelays(), hook.close()]);
});

const json = { 'content-type': 'application/json' };
const appointment = {
  title: 'Consultation',
  start_time: '2024-12-20T15:00:00Z',
  end_time: '2024-12-20T16:00:00Z',
  attendee_email: 'user@example.com',
};
const intent = (changes: object = {}) => ({
  tool_name: 'create_appointment',
  tool_args: appointment,
  call_id: 'call_1',
  org_id: 'org_demo_001',
  ...changes,
});

const post = (url: string, body: unknown, headers: Record<string, string> = bearer(orgKey)) =>
  fetch(url, {
    method: 'POST',
    headers: { ...json, ...headers },
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });

const withHook = (variables: Record<string, string> = {}) => configWith({ ZAPIER_WEBHOOK_URL: hook.url, ...variables });

/** Status and body in one. */
async function answerOf(response: Response) {
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const errorWith = (code: string, param: string | null = null) => ({
  error: { type: expect.any(String) as string, code, message: expect.any(String) as string, param },
});

describe('POST /api/execute-intent', () => {
  it('runs a tool once and answers a repeat without running it again', async () => {
    const { url } = await startTestRelay(withHook());
    const first = await answerOf(await post(`${url}/api/execute-intent`, intent()));
    expect(first).toEqual({
      status: 200,
      body: {
        success: true,
        message: 'Appointment created and confirmation email sent to user@example.com',
        appointment_id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
        email_sent: true,
        is_duplicate: false,
      },
    });
    const second = await answerOf(await post(`${url}/api/execute-intent`, intent({ call_id: 'call_2' })));
    expect(second.body).toEqual({ ...first.body, is_duplicate: true });
    expect(hook.requests).toHaveLength(1);
    expect(JSON.parse(hook.requests[0]?.body ?? '')).toMatchObject({
      org_id: 'org_demo_001',
      call_id: 'call_1',
      tool_args: appointment,
    });
  });

  it('takes the arguments as JSON text, and answers 200 to whatever the pipeline says', async () => {
    const { url } = await startTestRelay(withHook());
    const missing = await answerOf(
      await post(
        `${url}/api/execute-intent`,
        intent({ tool_args: JSON.stringify({ ...appointment, attendee_email: '' }) }),
      ),
    );
    expect(missing).toEqual({
      status: 200,
      body: {
        success: false,
        error: 'Missing required fields: attendee_email',
        should_retry: true,
        clarification:
          'VALIDATION_FAILED: Cannot create appointment. Missing required fields: attendee_email. ' +
          'Please ask the user to provide the missing or correct information.',
      },
    });
    const garbled = await answerOf(await post(`${url}/api/execute-intent`, intent({ tool_args: '{"title":' })));
    expect(garbled).toMatchObject({ status: 200, body: { success: false, should_retry: true } });
    expect(hook.requests).toHaveLength(0);
  });

  it.each<[string, unknown, string | null]>([
    ['no JSON', '{', null],
    ['no object', '[]', null],
    ['an empty body', '', null],
    ['arguments that are a number', intent({ tool_args: 1 }), 'tool_args'],
    ['arguments that are a list', intent({ tool_args: [] }), 'tool_args'],
    ['no arguments', intent({ tool_args: undefined }), 'tool_args'],
    ['no org', intent({ org_id: undefined }), 'org_id'],
    ['a call id that is a number', intent({ call_id: 1 }), 'call_id'],
    ['something unknown', intent({ extra: 1 }), null],
    ['letters of another encoding', Buffer.from(JSON.stringify(intent({ call_id: 'Höhe' })), 'latin1'), null],
    ['a poisoned prototype', '{"__proto__":{"x":1},"tool_name":"x"}', null],
  ])('answers 400 to %s', async (_case, body, param) => {
    const { url } = await startTestRelay();
    expect(await answerOf(await post(`${url}/api/execute-intent`, body))).toEqual({
      status: 400,
      body: errorWith('invalid_request', param),
    });
  });

  it('answers 401 without a key or with a wrong one, before it reads the body', async () => {
    const { url, port } = await startTestRelay();
    const none = await post(`${url}/api/execute-intent`, intent(), {});
    expect(none.headers.get('www-authenticate')).toBe('Bearer');
    expect(await answerOf(none)).toEqual({ status: 401, body: errorWith('missing_credential') });
    expect((await post(`${url}/api/execute-intent`, intent(), bearer('wrong'))).status).toBe(401);
    expect(await answerOf(await post(`${url}/api/execute-intent`, intent(), bearer(operatorKey)))).toEqual({
      status: 401,
      body: errorWith('key_required'),
    });
    const early = await rawRequest(
      port,
      'POST /api/execute-intent HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 999999999\r\n\r\n',
    );
    expect(early.status).toBe(401);
  });

  it('answers 403 for another org', async () => {
    const { url } = await startTestRelay();
    const other = await post(`${url}/api/execute-intent`, intent({ org_id: 'org_other' }));
    expect(await answerOf(other)).toEqual({ status: 403, body: errorWith('other_org', 'org_id') });
  });

  it('answers 404 for a tool that there is not', async () => {
    const { url } = await startTestRelay();
    const unknown = await post(`${url}/api/execute-intent`, intent({ tool_name: 'drop_tables' }));
    expect(await answerOf(unknown)).toEqual({ status: 404, body: errorWith('unknown_tool', 'tool_name') });
  });

  it('answers 413 to a body that is too large, and takes one that just fits', async () => {
    const { url } = await startTestRelay(withLimits(withHook(), { httpBodyBytes: 2_048 }));
    const padded = (bytes: number) => {
      const text = JSON.stringify(intent());
      return text + ' '.repeat(bytes - text.length);
    };
    expect((await post(`${url}/api/execute-intent`, padded(2_048))).status).toBe(200);
    expect(await answerOf(await post(`${url}/api/execute-intent`, padded(2_049)))).toEqual({
      status: 413,
      body: errorWith('body_too_large'),
    });
  });

  it('answers 415 to anything that is not sent as JSON', async () => {
    const { url } = await startTestRelay();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const response = await post(`${url}/api/execute-intent`, intent(), { ...bearer(orgKey), 'content-type': type });
      expect(await answerOf(response)).toEqual({
        status: 415,
        body: errorWith('unsupported_media_type', 'Content-Type'),
      });
    }
  });

  it('answers 429 while an org has as many requests under way as it may', async () => {
    let release: () => void = () => undefined;
    hook.answers = [(response) => void (release = () => response.end())];
    const { url } = await startTestRelay(withLimits(withHook(), { httpInFlightPerOrg: 1 }));
    const first = post(`${url}/api/execute-intent`, intent());
    await hook.caught(1);
    const second = await post(`${url}/api/execute-intent`, intent());
    expect(second.headers.get('retry-after')).toBe('1');
    expect(await answerOf(second)).toEqual({ status: 429, body: errorWith('too_many_requests') });
    release();
    expect((await first).status).toBe(200);
    expect((await post(`${url}/api/execute-intent`, intent())).status).toBe(200);
  });

  it('needs no key on this machine where the org has none', async () => {
    const { url } = await startTestRelay(withHook({ RELAY_API_KEY: '' }));
    expect((await post(`${url}/api/execute-intent`, intent(), {})).status).toBe(200);
    expect((await post(`${url}/api/execute-intent`, intent(), { origin: 'https://evil.example' })).status).toBe(401);
    expect((await post(`${url}/api/execute-intent`, intent(), { 'x-forwarded-for': '192.0.2.1' })).status).toBe(401);
  });
});

describe('POST /v1/realtime/client_secrets', () => {
  const secrets = (url: string, body?: unknown, headers: Record<string, string> = bearer(orgKey)) =>
    body === undefined
      ? fetch(`${url}/v1/realtime/client_secrets`, { method: 'POST', headers })
      : post(`${url}/v1/realtime/client_secrets`, body, headers);

  it('gives a token, shaped as OpenAI does, that says nothing of the session', async () => {
    const { url } = await startTestRelay();
    const before = Math.floor(Date.now() / 1_000);
    const { status: code, body } = await answerOf(
      await secrets(url, {
        expires_after: { anchor: 'created_at', seconds: 60 },
        session: { type: 'realtime', instructions: 'x' },
      }),
    );
    expect(code).toBe(200);
    const expected: ClientSecretCreateResponse = {
      value: expect.stringMatching(/^ek_/) as string,
      expires_at: expect.any(Number) as number,
      session: {
        type: 'realtime',
        object: 'realtime.session',
        id: expect.stringMatching(/^sess_/) as string,
        model: 'gpt-realtime-2.1',
        instructions: '',
        tools: [],
        tool_choice: 'auto',
      },
    };
    expect(body).toEqual(expected);
    expect(body['expires_at']).toBeGreaterThanOrEqual(before + 60);
    expect(body['expires_at']).toBeLessThan(before + 120);
  });

  it('needs no body', async () => {
    const { url } = await startTestRelay();
    expect((await secrets(url)).status).toBe(200);
  });

  it.each([9, 7_201, '60', 60.5])('refuses a lifetime of %p seconds', async (seconds) => {
    const { url } = await startTestRelay();
    expect(await answerOf(await secrets(url, { expires_after: { seconds } }))).toEqual({
      status: 400,
      body: errorWith('invalid_request', 'expires_after.seconds'),
    });
  });

  it('gives no token for a token', async () => {
    const { url } = await startTestRelay();
    const { body } = await answerOf(await secrets(url));
    expect(await answerOf(await secrets(url, undefined, bearer(String(body['value']))))).toEqual({
      status: 401,
      body: errorWith('key_required'),
    });
  });
});

describe('GET /api/execute-intent/stats', () => {
  const stats = (url: string, headers: Record<string, string>, query = '') =>
    fetch(`${url}/api/execute-intent/stats${query}`, { headers });

  it('shows an org its own counts', async () => {
    const { url } = await startTestRelay(withHook());
    await post(`${url}/api/execute-intent`, intent());
    await post(`${url}/api/execute-intent`, intent());
    expect(await answerOf(await stats(url, bearer(orgKey)))).toMatchObject({
      status: 200,
      body: { org_id: 'org_demo_001', store: 'memory', calls: 2, duplicates_prevented: 1, in_flight: 0 },
    });
    expect((await stats(url, bearer(orgKey), '?org_id=other')).status).toBe(403);
    expect((await stats(url, {})).status).toBe(401);
  });

  it('shows the operator every org', async () => {
    const { url } = await startTestRelay();
    expect(await answerOf(await stats(url, bearer(operatorKey)))).toMatchObject({
      status: 200,
      body: { orgs: [{ org_id: 'org_demo_001' }] },
    });
    expect(await answerOf(await stats(url, bearer(operatorKey), '?org_id=org_demo_001'))).toMatchObject({
      body: { org_id: 'org_demo_001' },
    });
    expect((await stats(url, bearer(operatorKey), '?org_id=other')).status).toBe(403);
  });
});

describe('health and metrics', () => {
  it('is alive and ready', async () => {
    const { url } = await startTestRelay();
    expect(await answerOf(await fetch(`${url}/healthz`))).toEqual({ status: 200, body: { status: 'ok' } });
    expect(await answerOf(await fetch(`${url}/readyz`))).toEqual({ status: 200, body: { status: 'ready' } });
  });

  it('counts calls and refusals', async () => {
    const { url } = await startTestRelay(withHook());
    await post(`${url}/api/execute-intent`, intent());
    await post(`${url}/api/execute-intent`, intent());
    await post(`${url}/api/execute-intent`, intent(), {});
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('relay_tool_calls_total{tool="create_appointment",status="success"} 1');
    expect(text).toContain('relay_webhook_deliveries_total{org="org_demo_001",outcome="accepted"} 1');
    expect(text).toContain('relay_webhook_delivery_seconds_count{org="org_demo_001"} 1');
    expect(text).toContain('relay_duplicates_prevented_total{tool="create_appointment"} 1');
    expect(text).toContain('relay_refused_total{code="missing_credential"} 1');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });

  it('shows metrics to this machine, and to the operator elsewhere', async () => {
    const { url } = await startTestRelay();
    const elsewhere = { 'x-forwarded-for': '192.0.2.1' };
    expect((await fetch(`${url}/metrics`, { headers: elsewhere })).status).toBe(401);
    expect((await fetch(`${url}/metrics`, { headers: { ...elsewhere, ...bearer(orgKey) } })).status).toBe(401);
    expect((await fetch(`${url}/metrics`, { headers: { ...elsewhere, ...bearer(operatorKey) } })).status).toBe(200);
  });
});

describe('GET /v1/realtime without a WebSocket', () => {
  const ask = async (config: RelayConfig, credential?: string) => {
    const { url } = await startTestRelay(config);
    return answerOf(await fetch(`${url}/v1/realtime?activity=1`, credential ? { headers: bearer(credential) } : {}));
  };

  it('says that one is needed where it would be let in', async () => {
    expect(await ask(configWith(), orgKey)).toEqual({ status: 426, body: errorWith('upgrade_required') });
  });

  it('says why one would be refused, as browsers do not', async () => {
    const secret = 's'.repeat(32);
    const expired = await createClientTokens(secret, () => Date.now() - 3_600_000).mint('org_demo_001');
    const config = configWith({ RELAY_TOKEN_SECRET: secret });
    const full = withLimits(config, { sessionsPerOrg: 0 });
    expect(await ask(config)).toEqual({ status: 401, body: errorWith('missing_credential') });
    expect(await ask(config, expired.value)).toEqual({ status: 401, body: errorWith('token_expired') });
    expect(await ask(full, orgKey)).toEqual({ status: 429, body: errorWith('too_many_sessions') });
  });

  it('counts as a connection, so that it says of too many, and is no way around that limit', async () => {
    const { url } = await startTestRelay(withLimits(configWith(), { connectsPerSecondPerAddress: 1 }));
    const asked = await Promise.all(
      Array.from({ length: 20 }, () => fetch(`${url}/v1/realtime`, { headers: bearer(orgKey) })),
    );
    const refused = asked.find(({ status }) => status !== 426);
    expect(refused && (await answerOf(refused))).toEqual({ status: 429, body: errorWith('too_many_connects') });
    expect(refused?.headers.get('retry-after')).toBe('1');
    expect(refused?.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('may be read by any page, which learns the same and no more', async () => {
    const { url } = await startTestRelay();
    const origin = 'https://page.example.com';
    const asked = await fetch(`${url}/v1/realtime`, { headers: { ...bearer(orgKey), origin } });
    expect(await answerOf(asked)).toEqual({ status: 403, body: errorWith('origin_not_allowed', 'Origin') });
    expect(asked.headers.get('access-control-allow-origin')).toBe('*');
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    const preflight = await fetch(`${url}/v1/realtime`, { method: 'OPTIONS', headers: { origin } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization');
    const other = await fetch(`${url}/api/execute-intent/stats`, { headers: { ...bearer(orgKey), origin } });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('anything else', () => {
  it('is answered in the same shape', async () => {
    const { url } = await startTestRelay();
    expect(await answerOf(await fetch(`${url}/nowhere`))).toEqual({ status: 404, body: errorWith('not_found') });
    expect(await answerOf(await fetch(`${url}/%`))).toEqual({ status: 400, body: errorWith('invalid_request') });
    expect((await fetch(url)).status).toBe(200);
  });

  it.each<[string, string, number, string]>([
    ['no HTTP', 'hello\r\n\r\n', 400, 'invalid_request'],
    ['a huge header', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(17_000)}\r\n\r\n`, 431, 'headers_too_large'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      400,
      'invalid_request',
    ],
  ])('is answered in the same shape where it is %s', async (_case, text, code, name) => {
    const { port } = await startTestRelay();
    const answer = await rawRequest(port, text);
    expect(answer.status).toBe(code);
    expect(JSON.parse(answer.body)).toEqual(errorWith(name));
  });

  it('is served where it asks for another protocol', async () => {
    const { port } = await startTestRelay();
    const asks = 'GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: Upgrade, close\r\nupgrade: h2c\r\n\r\n';
    expect((await rawRequest(port, asks)).status).toBe(200);
  });
});
