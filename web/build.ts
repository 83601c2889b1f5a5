import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';

/**
 * Builds the browser's side: the library into `client`, the page made with it into `page`. Declarations of types are the
 * compiler's work (`tsc -p web/tsconfig.build.json`); where they are there already, they are finished for ES modules.
 *
 * @param into A folder; what is there stays if it has another name.
 */
export async function buildWeb(into: string): Promise<void> {
  await mkdir(into, { recursive: true });
  // The package around it is one of CommonJS modules.
  await writeFile(join(into, 'package.json'), '{ "type": "module" }\n');
  await buildClient(join(into, 'client'));
  await buildPage(join(into, 'page'));
}

/** Builds the library, its worklet as a file beside it. */
export async function buildClient(into: string): Promise<void> {
  const worklet = await bundleWorklet();
  await build({
    ...common,
    entryPoints: [join(__dirname, 'client/index.ts')],
    outfile: join(into, 'index.js'),
    define: { WORKLET_CODE: JSON.stringify(worklet) },
  });
  await writeFile(join(into, 'worklet.js'), worklet);
  await finishDeclarations(into);
}

/**
 * The page's script with the library in it, its styles as one file, the worklet as a file, and everything else of `web/page`.
 */
export async function buildPage(into: string): Promise<void> {
  const page = join(__dirname, 'page');
  const styles = join(page, 'styles');
  await build({
    ...common,
    entryPoints: { index: join(page, 'index.ts'), page: join(styles, 'index.css') },
    outdir: into,
    // It loads the file: its content security policy allows nothing else.
    define: { WORKLET_CODE: '""' },
  });
  await cp(page, into, { recursive: true, filter: (file) => file !== styles && extname(file) !== '.ts' });
  await cp(join(__dirname, '../assets'), join(into, 'voices'), { recursive: true });
  await writeFile(join(into, 'worklet.js'), await bundleWorklet());
}

/** The code of the audio worklet: a script of its own, and a text inside the library. */
async function bundleWorklet(): Promise<string> {
  const { outputFiles } = await build({
    ...common,
    entryPoints: [join(__dirname, 'client/worklet/index.ts')],
    format: 'iife',
    sourcemap: false,
    write: false,
  });
  return outputFiles.map(({ text }) => text).join('');
}

/** Says in declarations where the modules are that they import: ES modules are looked for by their whole name. */
async function finishDeclarations(folder: string): Promise<void> {
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.d.ts')) continue;
    const file = join(folder, name);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/(from '\.[^']*?)(?:\.js)?'/g, "$1.js'"));
  }
}

const common = {
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  sourcemap: true,
  legalComments: 'none',
} as const satisfies BuildOptions;

if (require.main === module) void buildWeb(join(__dirname, '../dist/web'));
