import { type ToolOutcome } from '../../pipeline';
import { type Certificates, makeCertificates } from './support/certificates';
import { notSent, rejected, success, unknown } from './support/webhook-faults';
import { land, type Landing, type WebhookFault } from './support/webhook-scene';

let certificates: Certificates;
const landings = new Map<WebhookFault, Promise<Landing>>();

function landingOf(row: WebhookFault): Promise<Landing> {
  const landing = landings.get(row) ?? land(row, certificates);
  landings.set(row, landing);
  return landing;
}

beforeAll(async () => {
  certificates = await makeCertificates();
  // Those that only the deadline ends wait for it side by side.
  const lasting = [...notSent, ...unknown].filter(({ lasts }) => lasts);
  for (const row of lasting) landingOf(row).catch(() => undefined);
});

/* After each fault the network is healed, and the same call comes again. */
describe.each<[ToolOutcome, readonly WebhookFault[], ToolOutcome, number]>([
  ['not_sent', notSent, 'success', 1],
  ['unknown', unknown, 'unknown', 0],
  ['rejected', rejected, 'rejected', 0],
  ['success', success, 'duplicate', 0],
])('is %s', (outcome, rows, afterwards, more) => {
  it.each(rows)('$fault', async (row) => {
    const { received, attempts = expect.any(Number) as number } = row;
    const { again, ...first } = await landingOf(row);
    expect(first).toEqual({ outcome, received, attempts });
    const repeated = row.rests === true ? { outcome, received } : { outcome: afterwards, received: received + more };
    if (again !== 'not tried') expect(again).toEqual(repeated);
  });
});
