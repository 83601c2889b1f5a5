import { BeatCollector } from '../../../replay/load/beat';
import { judgeGenerator } from '../../../replay/load/generator';
import { htmlReport } from '../../../replay/load/report/html';
import { isFine, summarize } from '../../../replay/load/report/summary';
import { table } from '../../../replay/load/report/table';
import { Totals } from '../../../replay/load/totals';

function summaryOf(about: { target?: string; latenessMs?: number; errors?: string[]; frames?: number } = {}) {
  const { target = 'ws://127.0.0.1:8000/v1/realtime', latenessMs = 1, errors = [], frames = 0 } = about;
  const totals = new Totals();
  for (let second = 0; second < 5; second += 1) {
    const collector = new BeatCollector();
    collector.count('started');
    collector.measured('first_audio', 100 * (second + 1));
    collector.ended({ kind: 'completed', differences: [] });
    for (const code of errors) collector.ended({ kind: 'failed', code });
    totals.add(collector.take({ second, held: 1, busy: 0.2 }));
  }
  return summarize(
    {
      target,
      recordings: ['booking'],
      plan: { kind: 'steady', sessions: 5, rampMs: 1_000, durationMs: undefined },
      speed: 1,
      expect: 'shape',
      isInterrupted: false,
      standIns: { frames, texts: 0, leftOut: 0 },
    },
    { totals, seconds: 5, generator: judgeGenerator(totals.points(), latenessMs, 0.3) },
  );
}

describe('a report', () => {
  it('says what was measured in a table', () => {
    const text = table(summaryOf());
    expect(text).toMatch(/first audio after end of turn +5 +300 +500 +500 +500 +500/);
    expect(text).toContain('Sessions   5 started: 5 completed; at most 1 held at once');
    expect(text).not.toContain('Note');
  });

  it('names every error, and is not fine then', () => {
    const summary = summaryOf({ errors: ['http_429', 'no_answer'] });
    expect(table(summary)).toMatch(/Errors +5 × http_429\n +5 × no_answer/);
    expect([isFine(summary), isFine(summaryOf())]).toEqual([false, true]);
  });

  it('says when the generator was the bottleneck, and what was not played as it was recorded', () => {
    const text = table(summaryOf({ latenessMs: 50, frames: 12 }));
    expect(text).toContain(
      'The load generator itself was the bottleneck: it sent 1 % of what was due more than 50 ms late',
    );
    expect(text).toContain('12 frames of audio were not kept');
  });

  it('is a page that asks nobody for anything, whatever stands in it', () => {
    const page = htmlReport(summaryOf({ target: '<script src="http://evil.example/x.js">', errors: ['<img src=x>'] }));
    expect(page).not.toMatch(/<(script|img|link|iframe|object)\b/i);
    expect(page).not.toMatch(/\b(src|href)="|url\(/);
    expect(page).toContain("default-src 'none'");
    expect(page.match(/<svg/g)).toHaveLength(3);
    expect(page).toContain('prefers-color-scheme: dark');
  });

  it('draws a long run with no more points than can be told apart', () => {
    const totals = new Totals();
    for (let second = 0; second < 5_000; second += 1) {
      totals.add(new BeatCollector().take({ second, held: second === 2_500 ? 900 : 1, busy: 0 }));
    }
    const page = htmlReport({ ...summaryOf(), timeline: totals.points() });
    const [line = ''] = /points="[^"]*"/.exec(page) ?? [];
    expect(line.split(' ').length).toBeLessThanOrEqual(600);
    expect(page).toContain('1000</text>');
  });
});
