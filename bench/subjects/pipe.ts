import { join } from 'node:path';
import { root } from '../stage/cores';
import { NodeProcess } from './node-process';
import { type Subject } from './subject';

/** The floor for what is built on `ws`: two sockets a session and no look at what passes. */
export function pipe(profileDirectory?: string): Subject {
  return nodePipe('bare ws pipe', 'pipe-main.ts', profileDirectory);
}

/** What the common samples do: every message is parsed, and what was parsed is sent. */
export function restringifier(profileDirectory?: string): Subject {
  return nodePipe('parse-and-restringify relay', 'restringifier-main.ts', profileDirectory);
}

function nodePipe(name: string, file: string, profileDirectory: string | undefined): Subject {
  return {
    name,
    async start(upstreamUrl, heap) {
      const running = new NodeProcess({
        file: join(__dirname, file),
        args: [upstreamUrl],
        variables: {},
        directory: root,
        listening: /listening on (\S+)\n/,
        heap,
        profileDirectory,
      });
      const url = await running.address;
      return { url, usage: (afterGc) => running.usage(afterGc), stop: () => running.stop() };
    },
  };
}
