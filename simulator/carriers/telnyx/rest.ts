import { z } from 'zod';
import { jsonOf, type RestAnswer, type RestRequest } from '../rest-server';
import type { CommandOutcome, TelnyxCall } from './call';
import { streamOptions } from './stream-options';

/** Gives a command to a call: `POST /v2/calls/{call_control_id}/actions/{command}` (protocol reference, section 15). */
export function telnyxCommand(
  apiKey: string,
  request: RestRequest,
  find: (callControlId: string) => TelnyxCall | undefined,
): RestAnswer {
  if (request.authorization !== `Bearer ${apiKey}`) return refuse(401, '10009', 'Authentication failed');
  const [, id = '', action = ''] = /^\/v2\/calls\/([^/]+)\/actions\/([a-z_]+)$/.exec(request.path) ?? [];
  const call = find(decodeURIComponent(id));
  if (call === undefined || request.method !== 'POST') return refuse(404, '10005', 'Resource not found');
  const answer = obey(call, action, jsonOf(request) ?? {});
  call.history.add({ type: 'api', what: action, status: answer.status });
  return answer;
}

function obey(call: TelnyxCall, action: string, body: Readonly<Record<string, unknown>>): RestAnswer {
  const read = commands.safeParse({ ...body, action });
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return refuse(422, '10015', faults.join('; '));
  }
  if (call.isRepeated(read.data.command_id)) return OK;
  const outcome = perform(call, read.data);
  return outcome.ok ? OK : refuse(422, outcome.code, outcome.detail);
}

function perform(call: TelnyxCall, asked: z.output<typeof commands>): CommandOutcome {
  switch (asked.action) {
    case 'answer': {
      const { action: _, stream_url: url, ...options } = asked;
      return call.answer(url === undefined ? undefined : { ...options, stream_url: url });
    }
    case 'streaming_start': {
      const { action: _, ...options } = asked;
      return call.startStream(options);
    }
    case 'streaming_stop':
      return call.stopStream();
    case 'hangup':
      return call.hangUpByCommand();
    case 'transfer':
      return call.transfer(asked.to);
  }
}

const command_id = z.string().optional();
const client_state = z.base64().optional();

const commands = z.discriminatedUnion('action', [
  streamOptions.extend({ action: z.literal('answer'), stream_url: z.string().optional() }),
  streamOptions.extend({ action: z.literal('streaming_start') }),
  z.strictObject({ action: z.literal('streaming_stop'), command_id, client_state }),
  z.strictObject({ action: z.literal('hangup'), command_id, client_state }),
  z.strictObject({
    action: z.literal('transfer'),
    to: z.string().regex(/^(\+[1-9]\d{6,14}|sips?:.+@.+)$/),
    from: z.string().optional(),
    timeout_secs: z.int().min(5).max(600).optional(),
    command_id,
    client_state,
  }),
]);

const OK: RestAnswer = { status: 200, body: { data: { result: 'ok' } } };

function refuse(status: number, code: string, detail: string): RestAnswer {
  return { status, body: { errors: [{ code, title: detail, detail }] } };
}
