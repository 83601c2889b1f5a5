import { z } from 'zod';

/** `STORE_URL`: where intents are kept. `memory:`, or `sqlite:PATH` with a path relative to the working directory. */
export const storeUrl = z.string().superRefine((value, context) => {
  if (value === 'memory:' || /^sqlite:./.test(value)) return;
  const message = isRedis(value)
    ? 'names a Redis store, which is not possible yet in this build: use "sqlite:PATH" (one process) or "memory:"'
    : 'must be "sqlite:PATH" (one process) or "memory:" (lost at restart)';
  context.addIssue({ code: 'custom', message });
});

/** Whether a value names the store that any number of processes can share. */
export const isRedis = (value: unknown): boolean => typeof value === 'string' && /^rediss?:/.test(value);
