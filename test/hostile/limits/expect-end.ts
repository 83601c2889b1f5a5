import { endings, type EndCause } from '../../../relay';
import { type Client, record } from '../../simulator/support/client';

/** Expects a session to end for a cause, and its client to be told of it once. */
export async function expectEnd(client: Client, cause: EndCause): Promise<void> {
  expect(await client.closed).toEqual({ code: endings[cause].closeCode, reason: cause });
  expect(client.all('error').map(({ json }) => record(json['error'])['code'])).toEqual([cause]);
}
