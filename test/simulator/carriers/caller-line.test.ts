import { MULAW_8K } from '../../../simulator/carriers';
import { CallerLine } from '../../../simulator/carriers/caller-line';
import { seededRandom } from '../../../simulator/carriers/random';

describe('a caller’s line', () => {
  it('carries what is said in frames, one after the other, and silence in between', async () => {
    const line = new CallerLine(MULAW_8K, 0, seededRandom(1));
    const said = line.say(Buffer.alloc(200, 1));
    const next = line.say(Buffer.alloc(160, 2));
    const frames = [1, 2, 3, 4].map(() => line.next());
    expect(frames.map(({ kind }) => kind)).toEqual(['voice', 'voice', 'voice', 'silence']);
    const filledUp = Buffer.concat([Buffer.alloc(40, 1), Buffer.alloc(120, 0xff)]);
    expect(frames[1]).toEqual({ kind: 'voice', frame: filledUp, begins: false });
    expect(frames.map((frame) => 'begins' in frame && frame.begins)).toEqual([true, false, true, false]);
    expect(await Promise.all([said, next])).toEqual(['spoken', 'spoken']);
  });

  it('leaves out about the share of silence it is told to, in stretches, and never a voice', () => {
    const line = new CallerLine(MULAW_8K, 0.3, seededRandom(7));
    const kinds = Array.from({ length: 10_000 }, () => line.next().kind);
    const suppressed = kinds.filter((kind) => kind === 'suppressed').length;
    expect(suppressed).toBeGreaterThan(2_600);
    expect(suppressed).toBeLessThan(3_400);
    const changes = kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
    expect(changes).toBeLessThan(1_000);
    void line.say(Buffer.alloc(1600, 1));
    expect(Array.from({ length: 10 }, () => line.next().kind)).toEqual(Array(10).fill('voice'));
  });

  it('cuts off what is being said when it ends', async () => {
    const line = new CallerLine(MULAW_8K, 0, seededRandom(1));
    const said = line.say(Buffer.alloc(1600, 1));
    line.next();
    line.end();
    expect(await said).toBe('cut_off');
  });
});
