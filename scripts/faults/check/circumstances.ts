import { type HistoryEvent, type Life } from '../history';

/** What befell everybody: when relays were killed, and when the store did not answer. */
export interface Circumstances {
  /** When each life that was killed was killed, in milliseconds since the epoch. */
  readonly deaths: ReadonlyMap<Life, number>;
  /** In their order. */
  readonly outages: readonly Span[];
}

/** From one moment to another, in milliseconds since the epoch. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export function circumstancesOf(events: readonly HistoryEvent[]): Circumstances {
  const deaths = new Map<Life, number>();
  const outages: Span[] = [];
  let downSinceMs: number | undefined;
  for (const event of events) {
    if (event.kind !== 'injected') continue;
    switch (event.what) {
      case 'relay_kill':
        deaths.set(event.life, event.atMs);
        break;
      case 'store_freeze':
      case 'store_kill':
        downSinceMs ??= event.atMs;
        break;
      case 'store_back':
        if (downSinceMs !== undefined) outages.push({ fromMs: downSinceMs, toMs: event.atMs });
        downSinceMs = undefined;
        break;
      case 'relay_up':
      case 'relay_not_up':
      case 'relay_gone':
      case 'relay_stop':
      case 'relay_ended_by_itself':
      case 'hook_close':
      case 'hook_open':
        break;
    }
  }
  if (downSinceMs !== undefined) outages.push({ fromMs: downSinceMs, toMs: Infinity });
  return { deaths, outages };
}
