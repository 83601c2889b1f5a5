import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { importEventLog } from '../../replay/import/event-log';
import { type Imported, ImportError, recordingText } from '../../replay/import/imported';
import { importWavFolder } from '../../replay/import/wav-folder';
import { exitCode } from './exit-code';

interface ImportOptions {
  readonly out: string;
  readonly format: 'audio/pcm' | 'audio/pcmu';
}

/** `import`: makes a recording of what people already have. */
export function addImport(program: Command): void {
  program
    .command('import')
    .description('Make a recording for "replay" of a log of Realtime events, or of a folder of WAV files.')
    .argument(
      '<log or folder>',
      'JSON lines (or one JSON array) of events, or a folder with WAV files and a script.json',
    )
    .requiredOption('--out <file>', 'where the recording goes; what is there is overwritten')
    .addOption(
      new Option('--format <format>', 'how the voice of WAV files is sent')
        .choices(['audio/pcm', 'audio/pcmu'])
        .default('audio/pcm'),
    )
    .addHelpText(
      'after',
      `
A script.json is a list of {"say": "file.wav"}, {"text": "…"} and {"pause_ms": 500}; without one the WAV files are said in
the order of their names. Nothing is redacted: a recording holds what was imported.`,
    )
    .action(importAny);
}

function importAny(path: string, { out, format }: ImportOptions): void {
  try {
    const imported = statSync(path).isDirectory()
      ? importWavFolder(path, { format })
      : importEventLog(readFileSync(path, 'utf8'), basename(path));
    writeFileSync(out, recordingText(imported));
    for (const note of imported.notes) console.log(`Note: ${note}`);
    console.log(`${out}: ${described(imported)}`);
  } catch (error) {
    if (error instanceof ImportError) console.error(error.message);
    else if (error instanceof Error && 'code' in error) console.error(error.message);
    else throw error;
    process.exit(exitCode.misused);
  }
}

/** Such as `213 events, 185 of them the client's, over 12.4 s`. */
function described({ lines }: Imported): string {
  const events = lines.filter((line) => 'event' in line);
  const own = events.filter(({ from }) => from === 'client').length;
  return `${events.length} events, ${own} of them the client's, over ${((lines.at(-1)?.t ?? 0) / 1_000).toFixed(1)} s`;
}
