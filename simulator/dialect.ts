import type { ServerBody } from './protocol/wire';

export type DialectName = 'openai' | 'azure';

/** Where a handshake may carry its credential. */
export type CredentialPlace = 'bearer' | 'api-key header' | 'api-key query' | 'subprotocol';

/** What differs between the services that speak the GA protocol; all else they have in common. */
export interface Dialect {
  /** The one path there is. */
  readonly path: string;
  /** Where a credential is looked for, in this order. */
  readonly credentials: readonly CredentialPlace[];
  /** Query parameters with which nobody is let in. */
  readonly refusedQuery: readonly string[];
  /** The models that exist unless the options name them. */
  readonly models: RegExp;
  readonly reasoningEfforts: readonly string[];
  /** Undefined: deployments, whatever they are called. */
  readonly transcriptionModels: readonly string[] | undefined;
  /** The name under which the part of a content part event is sent once more. */
  readonly partAgainAs: 'content' | undefined;
  /** Whether `rate_limits.updated` follows a response. */
  readonly hasRateLimits: boolean;
}

const openai: Dialect = {
  path: '/v1/realtime',
  credentials: ['bearer', 'subprotocol'],
  refusedQuery: [],
  models: /^gpt-(4o-|4o-mini-)?realtime/,
  reasoningEfforts: ['minimal', 'low', 'medium', 'high', 'xhigh'],
  transcriptionModels: [
    'whisper-1',
    'gpt-4o-transcribe',
    'gpt-4o-mini-transcribe',
    'gpt-4o-mini-transcribe-2025-12-15',
    'gpt-4o-transcribe-diarize',
    'gpt-transcribe',
    'gpt-live-transcribe',
    'gpt-realtime-whisper',
  ],
  partAgainAs: undefined,
  hasRateLimits: true,
};

/** Azure OpenAI's v1 endpoint (protocol reference, sections 1.1, 2.3, 3.2 and 10). */
const azure: Dialect = {
  path: '/openai/v1/realtime',
  credentials: ['api-key header', 'bearer', 'api-key query'],
  refusedQuery: ['api-version'],
  models: /./,
  reasoningEfforts: ['minimal', 'low', 'medium', 'high'],
  transcriptionModels: undefined,
  partAgainAs: 'content',
  hasRateLimits: false,
};

export const dialects: Readonly<Record<DialectName, Dialect>> = { openai, azure };

/** An event as the service of a dialect sends it. */
export function inDialect(body: ServerBody, { partAgainAs }: Dialect): { readonly type: string } {
  const hasPart = body.type === 'response.content_part.added' || body.type === 'response.content_part.done';
  if (!hasPart || partAgainAs === undefined) return body;
  const again: object = { [partAgainAs]: body.part };
  return { ...body, ...again };
}
