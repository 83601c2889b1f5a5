import { differences } from './expectation';
import { addIds } from './item-ids';
import { milestoneOf, nothingReached, reach } from './milestone';
import type { Effect, Leaving, Outcome, Play, PlayEvent, Playing, PlayState } from './model';
import { emptyOutline, outlined } from './outline';
import { farewell, goOn } from './pace';
import type { Seen } from './seen';
import { listen } from './stopwatch';

/** Where a step leads. */
export interface Stepped {
  readonly state: PlayState;
  readonly effects: readonly Effect[];
}

/** The beginning: the connection is being opened since then. */
export function begin(atMs: number): PlayState {
  return { name: 'connecting', sinceMs: atMs };
}

/** The whole behaviour of a replayed client. Pure: it looks at no clock and touches no socket. */
export function step(play: Play, state: PlayState, event: PlayEvent): Stepped {
  switch (state.name) {
    case 'connecting':
      return connecting(play, state.sinceMs, event);
    case 'playing':
      return playing(play, state, event);
    case 'leaving':
      return leaving(state, event);
    case 'over':
      return { state, effects: [] };
  }
}

function connecting(play: Play, sinceMs: number, event: PlayEvent): Stepped {
  switch (event.kind) {
    case 'opened': {
      const connected: Effect = { kind: 'measured', measure: 'connect', ms: event.atMs - sinceMs };
      return prefixed([connected], goOn(play, begun(sinceMs, event.atMs), event.atMs));
    }
    case 'refused':
      return over({ kind: 'refused', code: event.code });
    case 'closed':
      return over({ kind: 'refused', code: `closed_${event.cause}` });
    case 'stopped':
      return prefixed([{ kind: 'hang_up' }], over({ kind: 'stopped' }));
    case 'woken':
      return over({ kind: 'refused', code: 'connect_timeout' });
    case 'received':
      return { state: { name: 'connecting', sinceMs }, effects: [] };
  }
}

function begun(startedMs: number, atMs: number): Playing {
  return {
    name: 'playing',
    startedMs,
    next: 0,
    lastDueMs: atMs,
    reached: reach(nothingReached, 'opened', atMs),
    waitingSinceMs: undefined,
    lastServerMs: atMs,
    ids: {},
    extraParts: 0,
    spokenMs: {},
    outline: emptyOutline,
    turn: { name: 'quiet' },
    unacknowledged: { updated: [], committed: [], cleared: [], item: [] },
    audioMs: 0,
    playedUntilMs: undefined,
    stallMs: 0,
    outputFormat: { type: 'audio/pcm' },
    busySinceMs: undefined,
  };
}

function playing(play: Play, state: Playing, event: PlayEvent): Stepped {
  switch (event.kind) {
    case 'received':
      return received(play, state, event.seen, event.atMs);
    case 'woken':
      return goOn(play, state, event.atMs);
    case 'closed':
      return over(closed(play, state, event.cause));
    case 'stopped':
      return { state: { name: 'leaving', outcome: { kind: 'stopped' } }, effects: farewell(event.atMs) };
    case 'opened':
    case 'refused':
      return { state, effects: [] };
  }
}

function received(play: Play, state: Playing, seen: Seen, atMs: number): Stepped {
  const { state: timed, effects } = listen(play, state, seen, atMs);
  const milestone = milestoneOf(seen);
  const noted: Playing = {
    ...timed,
    lastServerMs: atMs,
    ids: addIds(timed.ids, seen),
    outline: outlined(timed.outline, seen),
    reached: milestone === undefined ? timed.reached : reach(timed.reached, milestone, atMs),
  };
  return milestone === undefined ? { state: noted, effects } : prefixed(effects, goOn(play, noted, atMs));
}

/** The server closed the connection: well if it was its turn to, and as it did when the session was recorded. */
function closed({ script, expect }: Play, state: Playing, cause: string): Outcome {
  const next = script.steps[state.next];
  if (next?.kind !== 'end' || next.by !== 'server') return { kind: 'failed', code: `closed_${cause}` };
  return { kind: 'completed', differences: differences(script.outline, state.outline, expect) };
}

function leaving(state: Leaving, event: PlayEvent): Stepped {
  // A server that does not close its side in time has still had the whole script.
  return event.kind === 'closed' || event.kind === 'woken' ? over(state.outcome) : { state, effects: [] };
}

function over(outcome: Outcome): Stepped {
  return { state: { name: 'over' }, effects: [{ kind: 'ended', outcome }] };
}

function prefixed(first: readonly Effect[], { state, effects }: Stepped): Stepped {
  return { state, effects: [...first, ...effects] };
}
