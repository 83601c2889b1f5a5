import { InvalidArgumentError } from 'commander';
import { duration } from '../intents/duration';

/** Reads the value of an option as a whole number within bounds. */
export const wholeNumberOption =
  (min: number, max: number) =>
  (value: string): number => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };

/** Reads the value of an option as a number within bounds. */
export const numberOption =
  (min: number, max: number) =>
  (value: string): number => {
    const number = /^\d{1,15}(\.\d{1,6})?$/.test(value) ? Number(value) : NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
  };

/** Reads the value of an option as a length of time, such as `30s`, in milliseconds. */
export function durationOption(value: string): number {
  const { data } = duration.safeParse(value);
  if (data !== undefined) return data;
  throw new InvalidArgumentError('It must be a length of time such as 30s, 10m or 2h.');
}
