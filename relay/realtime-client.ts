import { type WebSocket } from 'ws';
import { Allowance } from './allowance';
import { ClientLeg } from './client-leg';
import { type ClientReport, type ClientSide, type ClientSideOptions, type OpenClientSide } from './client-side';

/** A client that speaks the Realtime protocol itself: its frames are the session's. */
export function realtimeClient(socket: WebSocket): OpenClientSide {
  return (options) => new RealtimeClient(socket, options);
}

class RealtimeClient extends ClientLeg implements ClientSide {
  readonly confirmsHeard = false;
  private readonly report: (event: ClientReport) => void;

  constructor(socket: WebSocket, options: ClientSideOptions) {
    super(socket, options, new Allowance(options.limits.messagesPerSecond, performance.now()));
    this.report = options.report;
  }

  protected override hear(frame: Buffer, isBinary: boolean): void {
    this.report({ kind: 'client.frame', frame, isBinary });
  }
}
