import { VirtualClock } from '../../../simulator/carriers';
import { Playback } from '../../../simulator/carriers/playback';

function player(maxQueuedMs = 600_000) {
  const clock = new VirtualClock();
  const events: string[] = [];
  const playback = new Playback(
    clock,
    { bytesPerMs: 8, maxQueuedMs },
    {
      markReached: (name) => events.push(`mark ${name} at ${clock.now()}`),
      started: (message) => events.push(`playing ${message} at ${clock.now()}`),
      stopped: () => events.push(`quiet at ${clock.now()}`),
    },
  );
  const sound = (ms: number) => Buffer.alloc(ms * 8, 1);
  return { clock, events, playback, sound };
}

describe('the far end', () => {
  it('plays in the time of the clock, whatever comes in a burst', async () => {
    const { clock, playback, sound, events } = player();
    playback.play(0, sound(100));
    playback.play(1, sound(200));
    await clock.advance(150);
    expect(playback.heard).toEqual([
      { message: 0, fromMs: 0, lengthMs: 100, heardMs: 100, cleared: false },
      { message: 1, fromMs: 100, lengthMs: 200, heardMs: 50, cleared: false },
    ]);
    expect([playback.heardMs, playback.queuedMs]).toEqual([150, 150]);
    await clock.advance(200);
    expect(events).toEqual(['playing 0 at 0', 'quiet at 300']);
  });

  it('returns a mark when what was queued before it has been played, and at once when nothing is', async () => {
    const { clock, playback, sound, events } = player();
    playback.mark('idle');
    playback.play(0, sound(100));
    playback.mark('a');
    playback.play(1, sound(100));
    playback.mark('b');
    playback.mark('c');
    expect(events).toEqual(['mark idle at 0', 'playing 0 at 0']);
    await clock.advance(300);
    expect(events.slice(2)).toEqual(['mark a at 100', 'mark b at 200', 'mark c at 200', 'quiet at 200']);
  });

  it('drops on clear what was not heard, and hands over the marks that waited', async () => {
    const { clock, playback, sound, events } = player();
    playback.play(0, sound(100));
    playback.mark('heard');
    playback.play(1, sound(100));
    playback.mark('cut');
    playback.play(2, sound(100));
    playback.mark('never');
    await clock.advance(130);
    expect(playback.clear()).toEqual({ droppedMs: 170, marks: ['cut', 'never'] });
    await clock.advance(500);
    expect(playback.heard.map(({ heardMs, cleared }) => [heardMs, cleared])).toEqual([
      [100, false],
      [30, true],
      [0, true],
    ]);
    expect(playback.heardMs).toBe(130);
    expect(playback.heardAudio()).toHaveLength(130 * 8);
    expect(events).toEqual(['playing 0 at 0', 'mark heard at 100', 'quiet at 130']);
  });

  it('has nothing to drop when it is quiet', () => {
    expect(player().playback.clear()).toEqual({ droppedMs: 0, marks: [] });
  });

  it('knows the silences between what was heard', async () => {
    const { clock, playback, sound } = player();
    playback.play(0, sound(100));
    await clock.advance(160);
    playback.play(1, sound(100));
    await clock.advance(50);
    playback.clear();
    await clock.advance(100);
    playback.play(2, sound(20));
    await clock.advance(20);
    expect(playback.gaps).toEqual([
      { fromMs: 100, toMs: 160 },
      { fromMs: 210, toMs: 310 },
    ]);
  });

  it('does not take more than it may queue', async () => {
    const { clock, playback, sound } = player(150);
    expect(playback.play(0, sound(100))).toBe(true);
    expect(playback.play(1, sound(60))).toBe(false);
    await clock.advance(10);
    expect(playback.play(2, sound(60))).toBe(true);
  });
});
