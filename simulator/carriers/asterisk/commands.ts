import { z } from 'zod';
import { type Read, readJson } from '../examine';

/** What the relay may tell the driver to do; `id` is the correlation id, where there is one. */
export interface DriverCommand {
  readonly name: (typeof NAMES)[number];
  readonly id: string | undefined;
}

export type ControlForm = 'json' | 'plain-text';

const NAMES = [
  'ANSWER',
  'HANGUP',
  'START_MEDIA_BUFFERING',
  'STOP_MEDIA_BUFFERING',
  'MARK_MEDIA',
  'FLUSH_MEDIA',
  'GET_STATUS',
  'REPORT_QUEUE_DRAINED',
] as const;

/** Reads a command in either form; pausing and the direction of media are not simulated. */
export function readCommand(text: string, form: ControlForm): Read<DriverCommand> {
  if (form === 'json') {
    const read = readJson(text, command);
    return read.ok ? { ok: true, value: { name: read.value.command, id: read.value.correlation_id } } : read;
  }
  const [word, id, ...rest] = text.split(' ');
  const name = NAMES.find((known) => known === word);
  if (name === undefined || rest.length > 0) return { ok: false, why: 'it is no command with at most one argument' };
  return { ok: true, value: { name, id } };
}

/** An event in either form. */
export function eventText(
  event: string,
  members: Readonly<Record<string, string | number | boolean>>,
  form: ControlForm,
): string {
  if (form === 'json') return JSON.stringify({ event, ...members });
  return [event, ...Object.entries(members).map(([name, value]) => `${name}:${String(value)}`)].join(' ');
}

const command = z.strictObject({ command: z.enum(NAMES), correlation_id: z.string().min(1).optional() });
