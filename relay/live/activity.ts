import { isRunning, type ToolRounds } from '../tool-rounds';
import { nextId, tellClient, type Draft } from './draft';

/**
 * Tells a client that asked for it when the first tool of several begins to run and when the last has ended: `busy` or
 * `idle`, and no more. Called at the end of a step with the rounds as they were before it.
 */
export function tellActivity(draft: Draft, before: ToolRounds): void {
  const { settings, rounds } = draft.live;
  if (settings.tellsActivity !== true || rounds === before) return;
  const isBusy = isRunning(rounds);
  if (isBusy === isRunning(before)) return;
  tellClient(draft, { type: 'relay.activity', event_id: nextId(draft, 'ev'), state: isBusy ? 'busy' : 'idle' });
}
