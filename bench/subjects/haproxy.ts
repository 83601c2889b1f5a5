import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { subjectPinning } from '../stage/cores';
import { listenOnAnyPort } from '../wire/listen';
import { familyUsage } from './family-usage';
import { type RunningSubject, type Subject } from './subject';

/** Whether there is an HAProxy, and a `/proc` that tells what it has used. */
export function canRunHaproxy(): boolean {
  return process.platform === 'linux' && spawnSync('haproxy', ['-v']).status === 0;
}

/** The floor in C: one thread that passes on bytes and knows nothing of WebSocket once it is open. */
export function haproxy(directory: string): Subject {
  return {
    name: 'HAProxy',
    async start(upstreamUrl): Promise<RunningSubject> {
      const port = await freePort();
      const file = join(mkdtempSync(join(directory, 'haproxy-')), 'haproxy.cfg');
      writeFileSync(file, configuration(port, new URL(upstreamUrl).host));
      const [command, ...rest] = [...subjectPinning(), 'haproxy', '-q', '-db', '-f', file];
      const child = spawn(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
      await accepting(port, child);
      return {
        url: `ws://127.0.0.1:${port}`,
        usage: () => Promise.resolve(familyUsage(child.pid ?? 0)),
        async stop() {
          const gone = once(child, 'exit');
          child.kill('SIGKILL');
          await gone;
        },
      };
    },
  };
}

function configuration(port: number, upstream: string): string {
  return [
    'global',
    '  nbthread 1',
    '  maxconn 4000',
    'defaults',
    '  mode http',
    '  timeout connect 5s',
    '  timeout client 1m',
    '  timeout server 1m',
    '  timeout tunnel 1h',
    'frontend clients',
    `  bind 127.0.0.1:${port}`,
    '  default_backend upstream',
    'backend upstream',
    `  server upstream ${upstream}`,
    '',
  ].join('\n');
}

/** A port nobody listens on now; HAProxy cannot tell which one it was given. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOnAnyPort(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function accepting(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`HAProxy ended with ${child.exitCode}.`);
    const socket = connect(port, '127.0.0.1');
    const isOpen = await Promise.race([
      once(socket, 'connect').then(
        () => true,
        () => false,
      ),
      sleep(1_000, false),
    ]);
    socket.destroy();
    if (isOpen) return;
    await sleep(20);
  }
}
