import { InvalidArgumentError } from 'commander';

/** Reads the value of an option as a whole number within bounds. */
export const wholeNumberOption =
  (min: number, max: number) =>
  (value: string): number => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
