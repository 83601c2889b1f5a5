import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, type BrowserContext, chromium } from 'playwright-core';
import { type Closing } from '../../../pipeline/support/closing';
import { describeWith } from '../../../support/describe-with';

/** The Chromium of this machine: the variable `CHROMIUM`, or the first one on the path. Undefined where there is none. */
const program = process.env['CHROMIUM'] ?? ['chromium', 'chromium-browser', 'google-chrome'].map(onPath).find(Boolean);

const hint = 'Chromium is not installed (Debian: apt-get install chromium; elsewhere: name it in CHROMIUM)';

/** Describes what needs a real browser. */
export function describeInChromium(name: string, tests: () => void): void {
  describeWith({ isThere: program !== undefined, hint }, name, tests);
}

/** What a browser finds on the machine it runs on. */
export interface BrowserParts {
  /** The WAV file that its microphone hears from the moment it is opened, once, then silence. Left out: it has no microphone. */
  readonly microphone?: string;
  /** Names that lead to this machine. */
  readonly hosts?: readonly string[];
}

/** Starts a browser that is closed after the test. */
export async function launchChromium(opened: Closing, { microphone, hosts = [] }: BrowserParts = {}): Promise<Browser> {
  const browser = await chromium.launch({
    ...(program !== undefined && { executablePath: program }),
    args: [
      ...(microphone === undefined
        ? []
        : ['--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${microphone}%noloop`]),
      ...(hosts.length === 0
        ? []
        : [`--host-resolver-rules=${hosts.map((host) => `MAP ${host} 127.0.0.1`).join(', ')}`]),
    ],
  });
  return opened.add(browser, () => browser.close());
}

/** A user of a browser: what is allowed to pages, and how they are shown. Desktop and light unless said otherwise. */
export interface UserParts extends Pick<
  BrowserContextOptions,
  'colorScheme' | 'viewport' | 'reducedMotion' | 'bypassCSP'
> {
  /** Whether pages may open the microphone. Default true. */
  readonly allowsMicrophone?: boolean;
}

/** Somebody with a fresh profile. */
export function newUser(
  browser: Browser,
  { allowsMicrophone = true, ...options }: UserParts = {},
): Promise<BrowserContext> {
  return browser.newContext({ ...options, permissions: allowsMicrophone ? ['microphone'] : [] });
}

function onPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
