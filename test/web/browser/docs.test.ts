import { spawn } from 'node:child_process';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../scripts/redis-server';
import { Closing } from '../../pipeline/support/closing';
import { orgKey } from '../../src/support/relay';
import { describeInChromium, launchChromium, newUser } from './support/chromium';
import { openWebHouse } from './support/house';
import { blankPage } from './support/library-page';
import { microphoneHearing } from './support/microphone';
import { servePage } from './support/page-server';

const opened = new Closing();
afterEach(() => opened.all());

/** The first block of code of a language in docs/browser.md. */
async function snippet(language: string): Promise<string> {
  const text = await readFile(join(__dirname, '../../../docs/browser.md'), 'utf8');
  const code = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(text)?.[1];
  if (code === undefined) throw new Error(`There is no code in ${language}.`);
  return code;
}

/** Runs the documented server on a free port; resolves with its address once it answers, whatever it does. */
async function runTokenServer(folder: string, relay: string): Promise<string> {
  const file = join(folder, 'token-server.mjs');
  await writeFile(file, (await snippet('js')).replace('https://relay.example.com', relay));
  const port = await freePort();
  const child = spawn(process.execPath, [file], { env: { ...process.env, PORT: String(port), RELAY_API_KEY: orgKey } });
  opened.add(child, (running) => {
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill();
    return ended;
  });
  const address = `http://127.0.0.1:${port}/call-token`;
  while (
    !(await fetch(address, { method: 'POST' }).then(
      () => true,
      () => false,
    ))
  )
    await sleep(50);
  return address;
}

describeInChromium('docs/browser.md', () => {
  it('puts a call into a page, with tokens from a server of one’s own', async () => {
    const library = await blankPage(opened);
    const page = join(library, 'page');
    await mkdir(page);
    const address = await servePage(opened, page, "script-src 'self' 'unsafe-inline' blob:");
    const house = await openWebHouse(opened, {
      page: library,
      variables: { RELAY_API_KEY: orgKey },
      allowedOrigins: [new URL(address).origin],
    });
    await mkdir(join(page, 'realtime-relay'));
    await rename(join(library, 'index.js'), join(page, 'realtime-relay/index.js'));
    const here = house.relay.url.replace('http', 'ws');
    await writeFile(join(page, 'index.html'), (await snippet('html')).replace('wss://relay.example.com', here));
    const tokens = await runTokenServer(library, house.relay.url);

    const microphone = await microphoneHearing(opened, 500, 'booking', 3_000);
    const user = await newUser(await launchChromium(opened, { microphone }));
    await user.route('**/call-token', (route) => route.continue({ url: tokens }));
    const tab = await user.newPage();
    await tab.goto(address);
    await tab.click('#call');
    await tab.waitForFunction(() => document.getElementById('words')?.textContent.startsWith('assistant: Hello.'));
  });
});

describe('the server of docs/browser.md', () => {
  it('stays up while the relay is away, and gives no token then', async () => {
    const tokens = await runTokenServer(await blankPage(opened), 'http://127.0.0.1:9');
    const answer = await fetch(tokens, { method: 'POST' });
    expect([answer.status, await answer.text()]).toEqual([502, '']);
  });
});
