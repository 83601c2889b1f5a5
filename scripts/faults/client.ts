import { request } from 'node:http';
import { outcomeOf, type ToolOutcome, toolResultSchema } from '../../pipeline';
import { keyOf } from './orgs';
import { type PlannedIntent } from './plan';

/** How a call ended, as its client saw it. */
export type CallEnd =
  | { readonly kind: 'answered'; readonly outcome: ToolOutcome }
  /** The request was refused before it came to the pipeline, or answered with something unreadable. */
  | { readonly kind: 'turned_away'; readonly status: number }
  /** There was no relay at this address: nothing was asked. */
  | { readonly kind: 'unreachable' }
  /** The connection ended without an answer. */
  | { readonly kind: 'cut' }
  /** The client dropped the connection. */
  | { readonly kind: 'left' }
  /** The client waited for `patienceMs`. */
  | { readonly kind: 'in_vain' };

/** After how many milliseconds a client takes it that no answer will come: far more than a call's deadline. */
const patienceMs = 30_000;

/** Asks a relay over HTTP, on a connection of its own. Never rejects. */
export function callRelay(url: string, { org, key, args }: PlannedIntent, leavesAfterMs?: number): Promise<CallEnd> {
  const { promise, resolve } = Promise.withResolvers<CallEnd>();
  const body = JSON.stringify({ org_id: org, tool_name: key.tool, tool_args: args });
  const asking = request(new URL('/api/execute-intent', url), {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${keyOf(org)}` },
  });
  const giveUp = (kind: 'left' | 'in_vain') => () => {
    resolve({ kind });
    asking.destroy();
  };
  const timer = setTimeout(giveUp(leavesAfterMs === undefined ? 'in_vain' : 'left'), leavesAfterMs ?? patienceMs);
  asking.on('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => resolve(endOf(response.statusCode ?? 0, Buffer.concat(chunks).toString())));
    response.on('error', () => resolve({ kind: 'cut' }));
  });
  asking.on('error', (error) => {
    resolve({ kind: 'code' in error && error.code === 'ECONNREFUSED' ? 'unreachable' : 'cut' });
  });
  asking.end(body);
  return promise.finally(() => clearTimeout(timer));
}

function endOf(status: number, text: string): CallEnd {
  if (status !== 200) return { kind: 'turned_away', status };
  const result = toolResultSchema.safeParse(JSON.parse(text));
  return result.success ? { kind: 'answered', outcome: outcomeOf(result.data) } : { kind: 'turned_away', status };
}
