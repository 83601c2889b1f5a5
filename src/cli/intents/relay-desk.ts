import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { intentChangeSchema, intentPageSchema, intentSchema } from '../../intents/intent-json';
import type { IntentDesk, IntentName, Reply } from './desk';

/** Milliseconds a request may take: longer than any webhook's deadline, which a resend waits for. */
const requestMs = 60_000;

/** How often a request is made at most while the relay says that it has too many. */
const maxTries = 10;

/** A desk at a running relay. @param operatorKey undefined: none is shown, which only the demo's relay takes */
export function relayDesk(origin: string, operatorKey: string | undefined): IntentDesk {
  const request = async <A>(schema: z.ZodType<A>, path: string, init: RequestInit = {}): Promise<Reply<A>> => {
    const headers = {
      ...(operatorKey === undefined ? {} : { authorization: `Bearer ${operatorKey}` }),
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    try {
      for (let tries = 1; ; tries += 1) {
        const signal = AbortSignal.timeout(requestMs);
        const response = await fetch(new URL(path, origin), { ...init, headers, redirect: 'error', signal });
        if (response.status !== 429 || tries === maxTries) return replyOf(schema, origin, await response.json());
        await response.body?.cancel();
        await sleep(Number(response.headers.get('retry-after') ?? 1) * 1_000);
      }
    } catch (error) {
      return { kind: 'refused', message: `${origin} did not answer (${networkCode(error)}).` };
    }
  };

  return {
    list: (query) => request(intentPageSchema, `/api/intents?${new URLSearchParams(query).toString()}`),
    show: (name) => request(intentSchema, pathOf(name)),
    change: (action, name, fence) =>
      request(intentChangeSchema, `${pathOf(name)}/${action}`, {
        method: 'POST',
        ...(fence === undefined ? {} : { body: JSON.stringify({ fence }) }),
      }),
    close: () => Promise.resolve(),
  };
}

/** Why a request got no answer, in a word. */
export function networkCode(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return error instanceof Error ? error.name : 'unknown reason';
}

const pathOf = ({ org, tool, id }: IntentName) => `/api/intents/${[org, tool, id].map(encodeURIComponent).join('/')}`;

const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

function replyOf<A>(schema: z.ZodType<A>, origin: string, body: unknown): Reply<A> {
  const value = schema.safeParse(body);
  if (value.success) return { kind: 'done', value: value.data };
  const refused = errorSchema.safeParse(body);
  return {
    kind: 'refused',
    message: refused.success ? refused.data.error.message : `What answers at ${origin} is no relay of this version.`,
  };
}
