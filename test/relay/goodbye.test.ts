import { beginGoodbye, hearGoodbye, noGoodbye, remainingMs, type Goodbye } from '../../relay/goodbye';

const speaking = (startedAtMs: number | null, audioBytes: number) =>
  ({ name: 'speaking', responseId: 'resp_A', startedAtMs, audioBytes }) as const;

describe('a goodbye', () => {
  it('begins with the first response after it is due, and not before', () => {
    expect(beginGoodbye({ name: 'due' }, 'resp_A')).toEqual(speaking(null, 0));
    const others: readonly Goodbye[] = [noGoodbye, { name: 'playing' }, speaking(1, 2)];
    for (const goodbye of others) expect(beginGoodbye(goodbye, 'resp_B')).toBe(goodbye);
  });

  it('counts the decoded bytes of its own audio from the first piece on', () => {
    const once = hearGoodbye(speaking(null, 0), 'resp_A', 'AAAA', 100);
    expect(once).toEqual(speaking(100, 3));
    expect(hearGoodbye(once, 'resp_A', 'AAA=', 200)).toEqual(speaking(100, 5));
    expect(hearGoodbye(once, 'resp_B', 'AAAA', 200)).toBe(once);
    expect(hearGoodbye(once, 'resp_A', undefined, 200)).toBe(once);
    expect(hearGoodbye(noGoodbye, 'resp_A', 'AAAA', 200)).toBe(noGoodbye);
  });

  it.each([
    ['what has not played yet', speaking(100, 48_000), 48, 400, 15_000, 700],
    ['at the rate of its format', speaking(100, 8000), 8, 100, 15_000, 1000],
    ['nothing once it has played', speaking(100, 48), 48, 400, 15_000, 0],
    ['nothing for one without audio', speaking(null, 0), 48, 400, 15_000, 0],
    ['at most the limit', speaking(0, 48_000_000), 48, 0, 15_000, 15_000],
  ])('lasts %s', (_, goodbye, bytesPerMs, nowMs, maxMs, expected) => {
    expect(remainingMs(goodbye, bytesPerMs, nowMs, maxMs)).toBe(expected);
  });
});
