/** A program that some tests need and not every machine has. */
export interface NeededProgram {
  readonly isThere: boolean;
  /** What is missing, and how to get it; a sentence without its full stop. */
  readonly hint: string;
}

/**
 * Describes what needs a program. Where that is missing it is left out, and says how to get it; except in CI, where it
 * fails, so that it is never left out unnoticed.
 */
export function describeWith({ isThere, hint }: NeededProgram, name: string, tests: () => void): void {
  if (isThere) {
    describe(name, tests);
  } else if (process.env['CI'] === 'true') {
    it(name, () => {
      throw new Error(`${hint}.`);
    });
  } else {
    process.stderr.write(`Left out: ${name}; ${hint}.\n`);
    describe.skip(name, tests);
  }
}
