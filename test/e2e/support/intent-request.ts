/** An appointment to be made. */
export const demoCall = {
  title: 'Demo Call',
  start_time: '2024-12-20T14:00:00Z',
  end_time: '2024-12-20T14:30:00Z',
  attendee_email: 'user@example.com',
};

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Asks a relay to make an appointment. */
export function executeIntent(relayUrl: string, toolArgs: object, headers?: Record<string, string>): Promise<Answer> {
  const body = { tool_name: 'create_appointment', tool_args: toolArgs, org_id: 'org_demo_001' };
  return postIntent(relayUrl, JSON.stringify(body), headers);
}

/** Sends a body to where intents are executed. */
export async function postIntent(relayUrl: string, body: string, headers?: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${relayUrl}/api/execute-intent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, text: await response.text() };
}
