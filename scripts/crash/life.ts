import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Asked, type AskedKind, type ChildOptions, type Report } from './messages';

/** One life of the process that is killed, seen from outside. */
export class Life {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Take>();
  readonly #ready = Promise.withResolvers<undefined>();
  readonly #stopped = Promise.withResolvers<undefined>();
  readonly #over: Promise<unknown>;
  #nextId = 1;
  #isKilled = false;

  /** Starts it and waits until it takes calls. */
  static async begin(options: ChildOptions): Promise<Life> {
    const life = new Life(options);
    await life.#ready.promise;
    return life;
  }

  private constructor(options: ChildOptions) {
    this.#child = fork(join(__dirname, 'child.ts'), [JSON.stringify(options)], {
      execArgv: ['-r', require.resolve('ts-node/register')],
    });
    this.#child.on('message', (report: Report) => this.#hear(report));
    // What it said before its death may arrive after it: the channel ends when everything has been read.
    this.#over = Promise.all([once(this.#child, 'exit'), once(this.#child, 'disconnect')]).then(() => this.#end());
  }

  /** Resolves when it stands where `stopAt` was to stop it. */
  get stopped(): Promise<undefined> {
    return this.#stopped.promise;
  }

  /** Asks; undefined when it died over the question. */
  ask<K extends AskedKind>(kind: K, question: Asked[K]['question']): Promise<Asked[K]['answer'] | undefined> {
    return new Promise((resolve) => {
      const id = this.#nextId++;
      this.#waiting.set(id, resolve);
      if (this.#child.connected) this.#child.send({ kind, id, ...question }, () => undefined);
    });
  }

  /** Kills it as `kill -9` does; resolves when it is gone and everything it said has been heard. */
  async kill(): Promise<void> {
    this.#isKilled = true;
    this.#child.kill('SIGKILL');
    await this.#over;
  }

  #hear(report: Report): void {
    switch (report.kind) {
      case 'ready':
        this.#ready.resolve(undefined);
        break;
      case 'stopped':
        this.#stopped.resolve(undefined);
        break;
      case 'answer':
        this.#waiting.get(report.id)?.(report.answer);
        this.#waiting.delete(report.id);
    }
  }

  #end(): void {
    const failure = new Error(`The process ended by itself with ${String(this.#child.exitCode)}.`);
    if (!this.#isKilled) {
      this.#ready.reject(failure);
      this.#stopped.reject(failure);
    }
    for (const resolve of this.#waiting.values()) resolve(undefined);
    this.#waiting.clear();
  }
}

/** Takes the answer to a question; undefined when none came. */
type Take = (answer: Asked[AskedKind]['answer'] | undefined) => void;
