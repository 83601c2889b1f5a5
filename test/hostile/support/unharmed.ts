import { type Closing } from '../../pipeline/support/closing';
import { call, type House } from '../../e2e/support/house';
import { metricFallsTo, metricsOf } from './metrics';

/** Gauge of open sessions of the only org of a house. */
export const openSessions = 'relay_sessions{org="org_demo_001"}';

/**
 * Expects a house to be none the worse for what was done to it: once the guests are gone no session is open, nothing was
 * logged as a fault of the program, and a new client is served.
 */
export async function expectUnharmed(opened: Closing, house: House): Promise<void> {
  await metricFallsTo(house.relay, openSessions, 0);
  expect(house.relay.sessionCount()).toBe(0);
  expect(house.log.filter((line) => /"level":"(error|fatal)"/.test(line))).toEqual([]);
  expect((await metricsOf(house.relay)).get('relay_sessions_ended_total{cause="internal_error"}')).toBeUndefined();

  const client = await call(opened, house);
  expect(await client.ask('Hello')).toMatchObject({ status: 'completed' });
  client.socket.close();
  await client.closed;
}
