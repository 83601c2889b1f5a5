import { operatorKey, orgKey } from './relay';

/** What a request was answered. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** Asks a relay something; a body is sent as JSON, or as it is where it is a text. */
export async function ask(url: string, { method, credential, body, headers }: AskOptions = {}): Promise<Answered> {
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

export interface AskOptions {
  readonly method?: string;
  readonly credential?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Asks as the operator. */
export const askAsOperator = (url: string, options: AskOptions = {}): Promise<Answered> =>
  ask(url, { credential: operatorKey, ...options });

/** The org, tool and person of what `book` books. */
export const bookedOrg = 'org_demo_001';
export const bookedTool = 'create_appointment';
export const attendee = 'canary-person@example.com';

/** Books an appointment; the title tells one from another. Returns the intent's id, and what the caller was told. */
export async function book(url: string, title = 'Canary title'): Promise<{ id: string; told: Answered['body'] }> {
  const body = {
    tool_name: bookedTool,
    org_id: bookedOrg,
    tool_args: {
      title,
      start_time: '2024-12-20T15:00:00Z',
      end_time: '2024-12-20T16:00:00Z',
      attendee_email: attendee,
    },
  };
  const { body: told } = await ask(`${url}/api/execute-intent`, { credential: orgKey, body });
  return { id: String(told['appointment_id']), told };
}

/** Where an intent that `book` made is found. */
export const intentAt = (url: string, id: string) => `${url}/api/intents/${bookedOrg}/${bookedTool}/${id}`;
