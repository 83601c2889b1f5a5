import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../scripts/redis-server';
import { describeWith } from '../../support/describe-with';
import { pathOf } from './files';

/** Describes what needs a real HAProxy. */
export function describeWithHaproxy(name: string, tests: () => void): void {
  const isThere = spawnSync('haproxy', ['-v']).status === 0;
  describeWith({ isThere, hint: 'haproxy is not installed (Debian, Ubuntu: apt-get install haproxy)' }, name, tests);
}

/** A load balancer that runs with the very configuration of docker-compose.yml. */
export class TestBalancer {
  readonly origin: string;
  readonly #watchUrl: string;
  readonly #child: ChildProcess;

  /** @param relays host and port of each; one that is left out is somewhere where nobody listens. */
  static async start(relays: readonly string[]): Promise<TestBalancer> {
    const [calls, watch, nobody] = await Promise.all([freePort(), freePort(), freePort()]);
    const [a, b, c] = [0, 1, 2].map((index) => relays[index] ?? `127.0.0.1:${nobody}`);
    const child = spawn('haproxy', ['-W', '-db', '-f', pathOf('deploy/haproxy/haproxy.cfg')], {
      env: {
        ...process.env,
        CALLS: `127.0.0.1:${calls}`,
        WATCH: `127.0.0.1:${watch}`,
        RELAY_A: a,
        RELAY_B: b,
        RELAY_C: c,
      },
      stdio: 'ignore',
    });
    const balancer = new TestBalancer(child, calls, watch);
    while (!(await balancer.#answers())) await sleep(20);
    return balancer;
  }

  private constructor(child: ChildProcess, calls: number, watch: number) {
    this.#child = child;
    this.origin = `http://127.0.0.1:${calls}`;
    this.#watchUrl = `http://127.0.0.1:${watch}`;
  }

  /** Resolves when it sees a relay as it is said to be. */
  async sees(relay: 'relay-a' | 'relay-b' | 'relay-c', status: 'UP' | 'DOWN'): Promise<void> {
    const isSeen = async () => {
      const csv = await (await fetch(`${this.#watchUrl}/stats;csv`)).text();
      return new RegExp(`^relays,${relay},.*,${status},`, 'm').test(csv);
    };
    while (!(await isSeen())) await sleep(20);
  }

  /** Its own figures, as Prometheus reads them. */
  async metrics(): Promise<string> {
    return (await fetch(`${this.#watchUrl}/metrics`)).text();
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await gone;
  }

  async #answers(): Promise<boolean> {
    if (this.#child.exitCode !== null) throw new Error(`haproxy ended with ${this.#child.exitCode}.`);
    return fetch(`${this.#watchUrl}/stats`).then(
      () => true,
      () => false,
    );
  }
}
