import { Journal } from '../../simulator/journal';

describe('a journal', () => {
  it('finds what was, and what is to come', async () => {
    const journal = new Journal(10);
    journal.record('sent', { type: 'a' });
    expect((await journal.waitFor('a')).index).toBe(0);
    const second = journal.waitFor('a', { after: journal.lastIndex });
    journal.record('received', { type: 'a' });
    journal.record('sent', { type: 'a' });
    expect((await second).index).toBe(2);
  });

  it('remembers only the newest entries', () => {
    const journal = new Journal(10);
    for (let index = 0; index < 1000; index += 1) journal.record('sent', { type: String(index) });
    expect(journal.entries.length).toBeLessThanOrEqual(20);
    expect(journal.entries.at(-1)?.index).toBe(999);
  });

  it('remembers nothing if told so', () => {
    const journal = new Journal(0);
    journal.record('sent', { type: 'a' });
    expect(journal.entries).toHaveLength(0);
  });

  it('says what happened when what it waits for does not come', async () => {
    const journal = new Journal(10);
    journal.record('received', 'garbage');
    await expect(journal.waitFor('b', { timeoutMs: 1 })).rejects.toThrow(
      "'b' did not come within 1 ms; last: received a strange frame.",
    );
  });
});
