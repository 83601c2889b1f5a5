import { setTimeout as sleep } from 'node:timers/promises';
import { type RelayName, relayNames } from './project';

/** How the load balancer sees a relay. */
export interface RelaySeen {
  readonly isUp: boolean;
  /** Connections to it that are open. */
  readonly connections: number;
}

/** How it sees them all; a relay that it does not know counts as down. */
export async function relaysSeen(watchUrl: string): Promise<Readonly<Record<RelayName, RelaySeen>>> {
  const csv = await (await fetch(`${watchUrl}/stats;csv`)).text();
  const [head = '', ...lines] = csv.replace(/^# /, '').trim().split('\n');
  const names = head.split(',');
  const rows = lines.map((line) => {
    const values = line.split(',');
    return new Map(names.map((name, index) => [name, values[index] ?? '']));
  });
  const seen = (relay: RelayName): RelaySeen => {
    const row = rows.find((each) => each.get('pxname') === 'relays' && each.get('svname') === relay);
    return { isUp: row?.get('status') === 'UP', connections: Number(row?.get('scur') ?? 0) };
  };
  const [a, b, c] = relayNames;
  return { [a]: seen(a), [b]: seen(b), [c]: seen(c) };
}

/**
 * Resolves when the load balancer sends calls to every relay.
 *
 * @throws where that takes more than two minutes.
 */
export async function allUp(watchUrl: string): Promise<void> {
  const endMs = performance.now() + 120_000;
  for (;;) {
    const seen = await relaysSeen(watchUrl).catch(() => undefined);
    if (seen !== undefined && Object.values(seen).every(({ isUp }) => isUp)) return;
    if (performance.now() > endMs) throw new Error(`Not every relay is up: ${JSON.stringify(seen)}.`);
    await sleep(250);
  }
}
