import { type WebSocket } from 'ws';
import { type Allowance } from '../allowance';
import { ClientLeg } from '../client-leg';
import { type ClientSideOptions } from '../client-side';

/** What a carrier's leg tells its phone. */
export interface CarrierLegEvents {
  readonly onMessage: (frame: Buffer, isBinary: boolean) => void;
  readonly onQuiet: () => void;
}

/** The leg on the socket a carrier opened. */
export class CarrierLeg extends ClientLeg {
  constructor(
    socket: WebSocket,
    options: ClientSideOptions,
    allowance: Allowance,
    private readonly events: CarrierLegEvents,
  ) {
    super(socket, options, allowance);
  }

  protected override hear(frame: Buffer, isBinary: boolean): void {
    this.events.onMessage(frame, isBinary);
  }

  protected override onQuiet(): void {
    this.events.onQuiet();
  }
}
