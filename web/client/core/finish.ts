import { type EndCause } from '../call';
import { type Draft, enter, isInConversation, tell } from './draft';

/** The call is over: connection, microphone and speaker are let go of. */
export function finish(draft: Draft, cause: EndCause): void {
  leave(draft);
  draft.effects.push({ kind: 'timer.clear' }, { kind: 'disconnect' }, { kind: 'release' });
  enter(draft, { name: 'over', cause });
}

/** A conversation is over, whatever comes after it: nothing of it is heard any more, and nothing is going on in it. */
export function leave(draft: Draft): void {
  if (!isInConversation(draft)) return;
  const { playback, isBusy } = draft.state.phase;
  if (playback.parts.length > 0) draft.effects.push({ kind: 'silence' });
  if (isBusy) tell(draft, 'activity', 'idle');
}
