import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const root = join(__dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'bench-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

const figure = z.object({ name: z.string(), unit: z.string(), values: z.array(z.number()), median: z.number() });
const report = z.object({
  machine: z.object({ cpu: z.string(), cores: z.number(), node: z.string() }),
  command: z.string(),
  measures: z.array(z.object({ name: z.string(), title: z.string(), figures: z.array(figure).min(1) })),
});

it('prints and writes what a short run of one measure found', async () => {
  const file = join(directory, 'figures.json');
  const bench = ['-r', 'ts-node/register', 'bench/main.ts', '--quick', '--only', 'tool-turnaround'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...bench, '--relay', join(root, 'src/main.ts'), '--json', file],
    { cwd: root },
  );
  expect(stdout).toMatch(/turnaround median +[\d.]+ ms\n/);
  const { measures, machine } = report.parse(JSON.parse(readFileSync(file, 'utf8')));
  expect(machine.node).toBe(process.version);
  expect(measures.map(({ name }) => name)).toEqual(['tool-turnaround']);
  expect(measures[0]?.figures.map(({ values }) => values.length)).toEqual([1, 1, 1, 1, 1]);
}, 120_000);

it('names what it can measure when asked for something else', async () => {
  const asked = promisify(execFile)(
    process.execPath,
    ['-r', 'ts-node/register', 'bench/main.ts', '--only', 'everything'],
    { cwd: root },
  );
  await expect(asked).rejects.toMatchObject({ stderr: expect.stringContaining('tool-turnaround, ') as string });
});
