import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  createProgram,
  flattenDiagnosticMessageText,
  ModuleKind,
  ModuleResolutionKind,
  parseJsonConfigFileContent,
  readConfigFile,
  ScriptTarget,
  sys,
} from 'typescript';
import packageJson from '../../../package.json';
import { buildClient } from '../../../web/build';

const root = join(__dirname, '../../..');
/** What is built once for all tests, as `npm run build` builds it. */
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relay-bundle-'));
  emitDeclarations(folder);
  await buildClient(join(folder, 'client'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
}, 120_000);

afterAll(() => rm(folder, { recursive: true }));

const built = (name: string) => readFile(join(folder, 'client', name), 'utf8');

describe('the library as it is published', () => {
  it('is one ES module that imports nothing', async () => {
    const code = await built('index.js');
    expect(code).not.toMatch(/\b(import\s*[{*"']|import\(|require\()/);
    const module = (await import(join(folder, 'client', 'index.js'))) as Record<string, unknown>;
    expect(Object.keys(module).sort()).toEqual(['CallError', 'connect']);
  });

  it('is smaller than 12 KB, gzipped', async () => {
    const bytes = gzipSync(await built('index.js'), { level: 9 }).length;
    process.stderr.write(`The browser library is ${bytes} bytes, gzipped.\n`);
    expect(bytes).toBeLessThan(12_000);
  });

  it('has a source map, and its worklet as a file too', async () => {
    expect(await built('index.js')).toContain('//# sourceMappingURL=index.js.map');
    expect(JSON.parse(await built('index.js.map'))).toMatchObject({ version: 3 });
    expect(await built('worklet.js')).toContain('registerProcessor');
    expect(await built('index.js')).toContain('registerProcessor');
  });

  it('knows nothing of tools, keys or the server', async () => {
    expect(await built('index.js')).not.toMatch(/function_call|tool_choice|instructions|sk-|zapier/i);
  });

  it.each([
    ['a bundler', ModuleKind.ESNext, ModuleResolutionKind.Bundler],
    ['Node', ModuleKind.NodeNext, ModuleResolutionKind.NodeNext],
  ])('is typed for %s', async (_for, module, moduleResolution) => {
    expect(packageJson.exports['./client'].types).toBe('./dist/web/client/index.d.ts');
    const file = join(folder, 'page.ts');
    await writeFile(file, usage);
    const program = createProgram([file], {
      strict: true,
      noEmit: true,
      target: ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      types: [],
      module,
      moduleResolution,
    });
    const problems = program
      .getSemanticDiagnostics()
      .map(({ messageText }) => flattenDiagnosticMessageText(messageText, '\n'));
    expect(problems).toEqual([]);
  });
});

/** A page that would not compile if a type were missing. */
const usage = `
import { connect, CallError, type CallErrorCode, type CallState, type Transcript } from './client/index.js';
const call = connect({ url: '/v1/realtime', token: async () => 'ek_1', reconnect: { maxAttempts: 3 } });
const stop: () => void = call.on('transcript', ({ text, role }: Transcript) => console.log(role, text.length));
call.on('error', ({ code }) => { const known: CallErrorCode = code; console.log(known); });
call.on('state', (state: CallState) => {
  if (state.name === 'ended' && state.cause.kind === 'failed') console.log(state.cause.error instanceof CallError);
  // @ts-expect-error There is no such state.
  if (state.name === 'dreaming') stop();
});
// @ts-expect-error There is no such event.
call.on('tool', () => undefined);
// @ts-expect-error A token is needed.
connect({ url: '/v1/realtime' });
`;

function emitDeclarations(into: string): void {
  const config = join(root, 'web/tsconfig.build.json');
  const { options, fileNames } = parseJsonConfigFileContent(
    readConfigFile(config, (file) => sys.readFile(file)).config,
    sys,
    join(root, 'web'),
  );
  createProgram(fileNames, { ...options, outDir: into }).emit();
}
