import { type Log } from '../../../pipeline/log';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

/** A log that keeps its lines. */
export class LogLines implements Log {
  readonly lines: LogLine[] = [];

  get messages(): string[] {
    return this.lines.map(({ message }) => message);
  }

  readonly debug = (fields: object, message: string): void => void this.lines.push({ level: 'debug', fields, message });
  readonly info = (fields: object, message: string): void => void this.lines.push({ level: 'info', fields, message });
  readonly warn = (fields: object, message: string): void => void this.lines.push({ level: 'warn', fields, message });
  readonly error = (fields: object, message: string): void => void this.lines.push({ level: 'error', fields, message });
}
