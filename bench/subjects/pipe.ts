import { join } from 'node:path';
import { root } from '../stage/cores';
import { NodeProcess } from './node-process';
import { type Subject } from './subject';

/** The floor for what is built on `ws`: two sockets a session and no look at what passes. */
export function pipe(profileDirectory?: string): Subject {
  return {
    name: 'bare ws pipe',
    async start(upstreamUrl) {
      const running = new NodeProcess({
        file: join(__dirname, 'pipe-main.ts'),
        args: [upstreamUrl],
        variables: {},
        directory: root,
        listening: /listening on (\S+)\n/,
        profileDirectory,
      });
      const url = await running.address;
      return { url, usage: (afterGc) => running.usage(afterGc), stop: () => running.stop() };
    },
  };
}
