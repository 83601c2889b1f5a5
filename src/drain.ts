import { defaultDeadlineMs } from '../pipeline';
import type { RelayConfig } from './config';
import type { Logger } from './log';

/** The parts of the program that stop in order. */
export interface Stoppable {
  /** Refuses new sessions and requests from now on. */
  refuseNew(): void;
  /** Lets sessions end at their next quiet moment; resolves when they have. */
  drainSessions(): Promise<void>;
  /** Ends the sessions that are left. */
  endSessions(): void;
  /** Resolves when what was being sent to webhooks has been sent and recorded. */
  settleTools(): Promise<void>;
  /** Stops answering HTTP. */
  closeServer(): Promise<void>;
  /** Closes the store, after which nothing can be recorded. */
  closeStore(): Promise<void>;
}

/** How long stopping may take, in milliseconds. */
export interface DrainLimits {
  /** For sessions to come to a quiet moment. */
  readonly drainMs: number;
  /** Beyond that, for sends to be answered and recorded. */
  readonly settleMs: number;
}

/** Milliseconds for connections to be closed and outcomes to be written once all is over. */
const closingMs = 4_000;

/** As the settings say, and enough for the call of a tool that began just before the relay was told to stop. */
export function drainLimits({ orgs, limits: { drainMs } }: Pick<RelayConfig, 'orgs' | 'limits'>): DrainLimits {
  const longestCallMs = Math.max(...orgs.map(({ webhook }) => webhook?.deadlineMs ?? defaultDeadlineMs));
  return { drainMs, settleMs: Math.max(0, longestCallMs - drainMs) + closingMs };
}

/**
 * Stops the program without dropping what it began: no new sessions or sends; sessions end when they are quiet, or at
 * `drainMs`; sends that are under way are finished and recorded; the store closes last.
 */
export async function drain(parts: Stoppable, { drainMs, settleMs }: DrainLimits, log: Logger): Promise<void> {
  const startedMs = performance.now();
  parts.refuseNew();
  const sessions = parts.drainSessions();
  if ((await within(sessions, drainMs)) === 'late') {
    log.warn({ drainMs }, 'Ending the conversations that are still going');
    parts.endSessions();
  }
  const leftMs = Math.max(0, drainMs - (performance.now() - startedMs)) + settleMs;
  if ((await within(Promise.all([sessions, parts.settleTools()]), leftMs)) === 'late') {
    log.error({ drainMs, settleMs }, 'Stopping while webhooks are being called: their outcome will be unknown');
  }
  await parts.closeServer();
  await parts.closeStore();
}

/** Waits for a promise, but no longer than `ms`. A rejection passes on. */
async function within(promise: Promise<unknown>, ms: number): Promise<'done' | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  try {
    return await Promise.race([promise.then(() => 'done' as const), late]);
  } finally {
    clearTimeout(timer);
  }
}
