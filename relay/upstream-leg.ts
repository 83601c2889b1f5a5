import { type WebSocket } from 'ws';
import { Leg } from './leg';
import { type SessionLimits } from './limits';
import { type SessionEvent } from './model';

/** What upstream's leg is given by the session it belongs to. */
export interface UpstreamLegOptions {
  readonly limits: SessionLimits;
  readonly report: (event: SessionEvent) => void;
  /** More is waiting to be sent than `bufferHighBytes` (true), or it has drained to half of that (false). */
  readonly onPressure: (isHigh: boolean) => void;
}

/** The leg on upstream's socket, once or before it is open. */
export class UpstreamLeg extends Leg {
  private readonly report: (event: SessionEvent) => void;
  private readonly tellPressure: (isHigh: boolean) => void;

  constructor(socket: WebSocket, { limits, report, onPressure }: UpstreamLegOptions) {
    super(socket, limits);
    this.report = report;
    this.tellPressure = onPressure;
  }

  protected override onMessage(frame: Buffer): void {
    this.report({ kind: 'upstream.frame', frame });
  }

  protected override onChatter(): void {
    // Upstream may ping as often as it likes.
  }

  protected override onClose(code: number): void {
    this.report({ kind: 'upstream.closed', code });
  }

  protected override onQuiet(): void {
    // It is asked by pings already.
  }

  protected override onStalled(): void {
    this.report({ kind: 'end', cause: 'upstream_stalled' });
  }

  protected override onDead(): void {
    this.report({ kind: 'end', cause: 'upstream_unresponsive' });
  }

  protected override onPressure(isHigh: boolean): void {
    this.tellPressure(isHigh);
  }
}
