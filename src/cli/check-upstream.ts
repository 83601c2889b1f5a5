import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { builtInTools, ToolRegistry } from '../../pipeline';
import { connectUpstream } from '../../relay';
import type { OrgConfig, RelayConfig } from '../config';
import { scrubText } from '../log/scrub';
import { sessionConfig } from '../session-config';

/** What became of one try. */
export interface Finding {
  readonly isRight: boolean;
  /** For people; without anything secret. */
  readonly text: string;
}

/** Opens a session upstream as the relay would for an org, hands over its settings, and says what came of it. Never rejects. */
export function checkUpstream(config: RelayConfig, org: OrgConfig): Promise<Finding> {
  const { upstream } = config;
  const { promise, resolve } = Promise.withResolvers<Finding>();
  const right = (text: string) => resolve({ isRight: true, text });
  const wrong = (text: string) => resolve({ isRight: false, text });

  const socket = connectUpstream({ ...upstream, apiKey: upstream.apiKey ?? '' }, org.limits);
  const deadline = setTimeout(() => wrong('it did not answer in time'), org.limits.upstreamConnectMs);

  socket.on('unexpected-response', (_request, response) => wrong(refusedHandshake(response)));
  socket.on('error', (error: NodeJS.ErrnoException) =>
    wrong(`it cannot be reached (${error.code ?? 'connection failed'})`),
  );
  socket.on('close', (code) => wrong(`it closed the connection with code ${code}`));
  socket.on('message', (data: Buffer) => {
    const event = eventSchema.safeParse(parsed(data));
    if (!event.success) return;
    switch (event.data.type) {
      case 'session.created':
        socket.send(JSON.stringify({ type: 'session.update', session: sessionOf(config, org) }));
        break;
      case 'session.updated':
        right('the key, the model and the session settings are taken');
        break;
      case 'error':
        wrong(refusedEvent(event.data));
    }
  });

  return promise.finally(() => {
    clearTimeout(deadline);
    socket.terminate();
  });
}

const sessionOf = ({ tools }: RelayConfig, org: OrgConfig) =>
  sessionConfig({
    session: org.session,
    timeZone: org.timeZone,
    tools: new ToolRegistry([...builtInTools, ...tools]).sessionTools(org.tools),
    now: new Date(),
  });

/** The events that are waited for (protocol reference, section 2.2). */
const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('session.created') }),
  z.object({ type: z.literal('session.updated') }),
  z.object({
    type: z.literal('error'),
    error: z.object({ message: z.string(), code: z.string().nullish(), param: z.string().nullish() }),
  }),
]);

function parsed(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return undefined;
  }
}

const wayOut: Readonly<Record<number, string>> = {
  401: 'it does not take OPENAI_API_KEY',
  403: 'OPENAI_API_KEY may not use it',
  404: 'there is no such address or model: see OPENAI_REALTIME_URL and OPENAI_REALTIME_MODEL',
  429: 'the account may open no more sessions now',
};

function refusedHandshake(response: IncomingMessage): string {
  response.resume();
  const status = response.statusCode ?? 0;
  return `${wayOut[status] ?? 'it refused the connection'} (HTTP ${status})`;
}

const refusedEvent = ({
  error,
}: {
  error: { message: string; code?: string | null | undefined; param?: string | null | undefined };
}) =>
  `it refused with ${error.code ?? 'an error'}${error.param ? ` at ${error.param}` : ''}: ${scrubText(error.message)}`;
