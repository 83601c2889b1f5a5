import { Closing } from '../pipeline/support/closing';
import { type Client } from '../simulator/support/client';
import { bookingAloud, confirmation } from './support/conversations';
import { wordsHeard } from './support/exchange';
import { dial, openHouse } from './support/house';
import { recording } from './support/recording';
import { expectPlainView } from './support/view';

const opened = new Closing();
afterEach(() => opened.all());

/** Books aloud at a query of its own, and gives what was seen. */
async function book(query: string): Promise<Client> {
  const house = await openHouse(opened, { simulator: { scenario: bookingAloud } });
  const client = dial(opened, `${house.url}${query}`);
  await client.next('session.created');
  await client.ask(recording.words);
  await client.done();
  expect(wordsHeard(client).at(-1)).toBe(confirmation);
  expect(house.hook.requests).toHaveLength(1);
  await expectPlainView(client, house);
  return client;
}

const activityIn = ({ events }: Client) =>
  events.filter(({ type }) => type === 'relay.activity').map(({ json }) => json['state']);

describe('activity', () => {
  it('is told to a client that connects with activity=1: busy while the webhook is asked, then idle', async () => {
    expect(activityIn(await book('?model=any&activity=1'))).toEqual(['busy', 'idle']);
  });

  it.each(['', '?activity', '?activity=0', '?activity=yes', '?activity=11'])(
    'is not told to a client that connects with “%s”',
    async (query) => {
      expect(activityIn(await book(query))).toEqual([]);
    },
  );
});
