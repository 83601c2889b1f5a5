import { endings } from '../../../../relay/protocol/close';
import { isEnding, judgeEnd } from '../../../../web/client/core/endings';

const ofClients = Object.entries(endings).filter(([cause]) => !cause.startsWith('carrier_'));
/** Nobody may be there any more. */
const notByItself = ['session_expired', 'idle'];

describe('the end of a session', () => {
  it.each(ofClients)('is known by its name: %s', (cause, { closeCode, retry }) => {
    expect(isEnding(cause)).toBe(true);
    const { kind } = judgeEnd(closeCode, cause, undefined);
    const isCompleted = cause === 'client_closed' || cause === 'call_ended';
    expect(kind).toBe(isCompleted ? 'completed' : retry && !notByItself.includes(cause) ? 'transient' : 'final');
  });

  it('is known by the last error where the close has no reason', () => {
    expect(judgeEnd(1001, '', 'idle')).toMatchObject({
      kind: 'final',
      error: { code: 'session_ended', detail: 'idle' },
    });
  });

  it.each([
    [1000, 'completed'],
    [1001, 'transient'],
    [1006, 'transient'],
    [1011, 'transient'],
    [1012, 'transient'],
    [1013, 'transient'],
    [1008, 'final'],
    [4000, 'final'],
  ])('is judged by its close code %i where it has no name', (code, kind) => {
    expect(judgeEnd(code, '', undefined).kind).toBe(kind);
    expect(judgeEnd(code, 'something new', undefined).kind).toBe(kind);
  });
});
