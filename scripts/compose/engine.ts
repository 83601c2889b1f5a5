import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How Compose is called on this machine: the plugin of today, or the older program. */
export type ComposeCommand = readonly [program: string, ...args: string[]];

/** What a machine lacks that the test needs; the message says how to get it. */
export class MissingError extends Error {
  override readonly name = 'MissingError';
}

/**
 * Finds Docker and Compose.
 *
 * @throws MissingError where there is no Compose or no engine that answers.
 */
export async function findCompose(): Promise<ComposeCommand> {
  if (!(await works('docker', 'info'))) {
    throw new MissingError(
      'No Docker engine answers. Debian and Ubuntu bring one: apt-get install docker.io docker-compose; where no service' +
        ' starts it, run "dockerd --storage-driver=vfs" as root.',
    );
  }
  if (await works('docker', 'compose', 'version')) return ['docker', 'compose'];
  if (await works('docker-compose', 'version')) return ['docker-compose'];
  throw new MissingError('There is no Compose (Debian, Ubuntu: apt-get install docker-compose).');
}

/**
 * Sees to it that images are here, pulling those that are not.
 *
 * @throws MissingError where one is not to be had.
 */
export async function haveImages(names: readonly string[]): Promise<void> {
  for (const name of names) {
    if ((await works('docker', 'image', 'inspect', name)) || (await works('docker', 'pull', '--quiet', name))) continue;
    throw new MissingError(
      `The image ${name} cannot be pulled. "deploy/stand-ins/build", as root, makes stand-ins from Debian's packages.`,
    );
  }
}

async function works(program: string, ...args: readonly string[]): Promise<boolean> {
  try {
    await run(program, args);
    return true;
  } catch {
    return false;
  }
}
