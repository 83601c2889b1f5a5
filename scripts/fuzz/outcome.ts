import { type Effect } from '../../relay/model';

/** What became of a frame, in a few words: the same words for the same kind of thing. */
export function outcomeOf(frame: Buffer, effects: readonly Effect[], direction: 'client' | 'upstream'): string {
  const end = effects.find((effect) => effect.kind === 'end');
  if (end) return `ended the session: ${end.cause}`;
  const onward = direction === 'client' ? 'send.upstream' : 'send.client';
  const sent = effects.filter(isSend);
  if (sent.some(({ kind, data }) => kind === onward && data === frame)) return 'passed as it came';
  if (effects.some(({ kind }) => kind === 'tool.run')) return 'ran a tool';
  if (sent.some(({ kind }) => kind === onward)) return direction === 'client' ? 'passed, rebuilt' : 'shown, rebuilt';
  if (sent.length > 0) return answerTo(sent, direction);
  return direction === 'client' ? 'kept for later' : 'kept from the client';
}

type Send = Extract<Effect, { kind: 'send.client' | 'send.upstream' }>;

const isSend = (effect: Effect): effect is Send => effect.kind === 'send.client' || effect.kind === 'send.upstream';

function answerTo(sent: readonly Send[], direction: 'client' | 'upstream'): string {
  if (direction === 'upstream') return 'answered upstream';
  const code = /"type":"error".*?"code":"(\w+)"/.exec(String(sent[0]?.data))?.[1];
  return code === undefined ? 'answered by the relay' : `refused: ${code}`;
}
