import { type WebSocket } from 'ws';

/** What arrived on a socket, and a way to wait for what is still to come. */
export class Inbox {
  readonly frames: Buffer[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  private cursor = 0;
  private wake: () => void = () => undefined;

  constructor(readonly socket: WebSocket) {
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      this.frames.push(data);
      this.wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  send(event: object): void {
    this.socket.send(JSON.stringify(event));
  }

  /** The next event of a type (what a carrier calls `event`); earlier ones of other types are passed over. */
  async next(type: string): Promise<Record<string, unknown>> {
    for (;;) {
      while (this.cursor < this.frames.length) {
        const frame = this.frames[this.cursor++];
        const event = JSON.parse(String(frame)) as Record<string, unknown>;
        if ((event['type'] ?? event['event']) === type) return event;
      }
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
