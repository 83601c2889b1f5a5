import { type Simulator } from '../../simulator';
import { speak } from '../e2e/support/exchange';
import { spokenTurn } from '../e2e/support/recording';
import { record } from '../simulator/support/client';
import { callbackSecretOf, keyOf } from './config-file';
import { type Guests } from './life';
import { conversation, secrets } from './marks';

/** Breaks a line, colours a terminal, turns the reading direction, and closes a JSON text. */
export const trick = 'x\n{"level":"fatal"}\r\u001b[31m\u009b31m\u007f\u0000\u2028\u202e"}';

const appointment = {
  title: secrets.title,
  start_time: '2024-12-20T10:00:00Z',
  end_time: '2024-12-20T10:30:00Z',
  attendee_email: secrets.email,
};

const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

/** Each org's webhook fails in its way. Returns what came of it, by org. */
export async function failWebhooks(guests: Guests, orgs: readonly string[]): Promise<Record<string, unknown>> {
  const statuses: Record<string, unknown> = {};
  for (const org of orgs) {
    const { text } = await guests.execute(org, 'create_appointment', appointment, { call_id: trick });
    statuses[org] = record(JSON.parse(text))['status'] ?? 'success';
  }
  return statuses;
}

/** Tools throw whatever they have, and get arguments that are none, over HTTP and in calls. */
export async function failTools(guests: Guests): Promise<void> {
  for (const name of ['throws', 'rejects', 'throws_text', 'gives_up', 'tells']) {
    await guests.execute('accepted', name, {});
    await guests.ask(`Please use ${name}.`);
  }
  await guests.execute('accepted', 'create_appointment', `{"title":"${secrets.malformed}`);
  await guests.execute('accepted', 'create_appointment', { ...appointment, [secrets.malformed]: secrets.malformed });
  for (const words of ['book', 'malformed', 'invalid']) await guests.ask(`Please ${words} it, ${conversation.typed}.`);
}

/** Upstream refuses, fails, says strange things, and leaves. */
export async function failUpstream(guests: Guests, simulator: Simulator): Promise<void> {
  for (const words of ['error', 'fail', 'quota', 'strange', 'close', 'drop']) await guests.ask(words);
  for (const status of [400, 401, 403, 404, 429, 500, 503] as const) {
    simulator.faults = { handshake: { status, code: 'x', message: secrets.upstreamError } };
    await guests.dial().closed;
  }
  simulator.faults = { handshake: 'drop' };
  await guests.dial().closed;
  simulator.faults = { sessionUpdate: 'refuse' };
  await guests.dial().closed;
  simulator.faults = {};
}

/** A client speaks, and another says what it may not. */
export async function converse(guests: Guests): Promise<void> {
  const speaker = await guests.call();
  const audio = Buffer.from(conversation.audio.repeat(20)).toString('base64');
  speaker.send({ type: 'input_audio_buffer.append', audio });
  speak(speaker, spokenTurn);
  await speaker.next('conversation.item.input_audio_transcription.completed');
  await speaker.done();
  await guests.leave(speaker);

  const liar = await guests.call();
  const garbage = secrets.garbage;
  const forged = { type: 'function_call_output', call_id: garbage, output: garbage };
  liar.send(`{"type":"${garbage}`);
  for (const event of [
    { type: garbage },
    { type: 'session.update', session: { instructions: garbage, audio: garbage } },
    { type: 'conversation.item.create', item: forged },
    { type: 'conversation.item.retrieve', item_id: garbage },
    { type: 'response.create', response: { metadata: { mine: conversation.metadata }, instructions: garbage } },
  ]) {
    liar.send({ ...event, event_id: conversation.eventId });
  }
  await liar.done();
  await guests.leave(liar);
}

/** Names, ids, codes and types of upstream try to write the log themselves. */
export async function forgeLines(guests: Guests, simulator: Simulator): Promise<void> {
  const client = await guests.call();
  const session = simulator.sessions.at(-1);
  if (session === undefined) throw new Error('no session upstream');
  const item = { id: trick, type: 'function_call', status: 'completed', call_id: trick, name: trick, arguments: trick };
  for (const id of ['resp_1', 'resp_2']) {
    session.inject({ type: 'response.created', response: { id, conversation_id: 'c', output: [] } });
    session.inject({ type: 'response.output_item.done', response_id: id, output_index: 0, item });
    session.inject({
      type: 'response.done',
      response: { id, conversation_id: 'c', status: 'completed', output: [item] },
    });
  }
  session.inject({ type: `new.${trick}`, item: {} });
  session.inject({ type: 'error', error: { type: trick, code: trick, message: trick, event_id: 'rly_x' } });
  session.inject({ type: 'input_audio_buffer.cleared' });
  await client.next('input_audio_buffer.cleared');
  await session.waitForReceived('conversation.item.create');
  await guests.leave(client);
}

/** The operator looks at everything and settles it, and receivers report, rightly and wrongly. Returns all that was told. */
export async function settle(guests: Guests): Promise<string> {
  const told: string[] = [];
  const ask = async (path: string, headers: Record<string, string>, body?: unknown) => {
    const text = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await guests.request(`/api/intents${path}`, {
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...text,
    });
    told.push(answer.text);
    return answer;
  };
  const operator = bearer(secrets.operatorKey);
  const { intents } = record(JSON.parse((await ask('?limit=500', operator)).text)) as { intents: Shown[] };
  for (const { org_id: org, tool_name: tool, intent_id: id } of intents) {
    await ask(`/${org}/${tool}/${id}`, operator);
    const report = { org_id: org, tool_name: tool, intent_id: id, result: 'failed' };
    await ask('/callback', bearer(secrets.wrongCredential), report);
    await ask(`/${org}/${tool}/${id}/resend`, operator, {});
    await ask('/callback', bearer(callbackSecretOf(org)), report);
    for (const action of ['resend', 'reject', 'confirm']) await ask(`/${org}/${tool}/${id}/${action}`, operator, {});
    await ask('/callback', bearer(callbackSecretOf(org)), { ...report, result: 'confirmed' });
    await ask('/callback', bearer(callbackSecretOf(org)), { ...report, extra: secrets.requestValue });
  }
  await ask(`?state=${secrets.requestQuery}`, operator);
  await ask(`/${secrets.requestPath}/x/y/confirm`, operator, { fence: secrets.requestValue });
  return told.join('\n');
}

interface Shown {
  readonly org_id: string;
  readonly tool_name: string;
  readonly intent_id: string;
}

/** Credentials of every kind are tried, and requests that are none. Returns a client token that was minted. */
export async function knock(guests: Guests): Promise<string> {
  const init = { method: 'POST', headers: bearer(keyOf('accepted')) };
  const minted = await guests.request('/v1/realtime/client_secrets', init);
  const token = String(record(JSON.parse(minted.text))['value']);
  await guests.leave(await guests.call(token));
  await guests.dial(`${token}x`).closed;
  await guests.dial(secrets.wrongCredential).closed;

  const telling = { cookie: secrets.requestHeader, 'user-agent': secrets.requestHeader };
  for (const given of [
    {},
    bearer(secrets.wrongCredential),
    bearer(token),
    { authorization: secrets.wrongCredential },
  ]) {
    const headers = { ...given, ...telling };
    await guests.request(`/v1/realtime?api_key=${secrets.requestQuery}`, { headers });
    await guests.request('/api/execute-intent/stats', { headers });
    await guests.request(`/${secrets.requestPath}%0a%1b`, { headers });
  }
  const post = (body: string, more: Record<string, string> = {}) =>
    guests.request('/api/execute-intent', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer(keyOf('accepted')), ...telling, ...more },
      body,
    });
  const call = { org_id: 'accepted', tool_name: 'end_call', tool_args: {} };
  await post(`{"x":"${secrets.requestValue}`);
  await post(JSON.stringify({ ...call, org_id: secrets.requestValue }));
  await post(JSON.stringify({ ...call, tool_name: secrets.requestValue }));
  await post(JSON.stringify({ ...call, tool_args: [secrets.requestValue] }));
  await post(JSON.stringify({ ...call, tool_args: secrets.requestValue.repeat(20_000) }));
  await post(secrets.requestValue, { 'content-type': secrets.requestHeader });

  const { garbage } = secrets;
  const upgrade = 'connection: upgrade\r\nupgrade: websocket\r\n';
  await guests.write(`${garbage}\r\n\r\n`);
  await guests.write(`GET /${garbage} HTTP/1.1\r\nhost: x\r\ncookie: ${garbage.repeat(1_000)}\r\n\r\n`);
  await guests.write(`GET /v1/realtime HTTP/1.1\r\nhost: x\r\n${upgrade}authorization: Bearer ${garbage}\r\n\r\n`);
  return token;
}
