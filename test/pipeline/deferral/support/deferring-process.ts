/** Opens the SQLite file it is given, makes a booking at the webhook it is given, says what it was told, and stays. */
import { realEdge } from '../../../../pipeline/edge';
import { openSqliteStore } from '../../../../pipeline/store/sqlite';
import { Closing } from '../../support/closing';
import { pipeline } from '../../support/pipeline';
import { bookingToCome } from './booking-to-come';

async function main(file: string, url: string): Promise<string> {
  const store = await openSqliteStore({ file, timeoutMs: 20_000 });
  const edge = { ...realEdge, random: () => 0 };
  const handler = pipeline(new Closing(), { store, url, edge, deadlineMs: 1_500, webhook: { defer: true } });
  return JSON.stringify(await handler.handleToolCall(bookingToCome));
}

const [file = '', url = ''] = process.argv.slice(2);
void main(file, url).then((result) => process.stdout.write(`${result}\n`));
// The timers of deferred deliveries keep no process alive.
setInterval(() => undefined, 60_000);
