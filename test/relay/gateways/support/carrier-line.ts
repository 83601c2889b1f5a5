import { type WebSocket } from 'ws';
import { lifeSign } from '../../../../relay/gateways/phone/mark-name';
import { type CarrierSide, type Message, type Told } from './carriers';

/** A carrier at its end of a socket: says its messages and reads what it is told. */
export class CarrierLine {
  /** Everything it was told, in order. */
  readonly told: Told[] = [];
  /** What it was told and would not take. */
  readonly complaints: unknown[] = [];
  private cursor = 0;
  private frames = 0;
  private wake: () => void = () => undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly side: CarrierSide,
  ) {
    socket.on('message', (data: Buffer, isBinary) => {
      try {
        const told = side.read(data, isBinary);
        // While nothing plays a mark is answered at once, and it stands behind no audio.
        if (told.kind === 'mark' && told.name === lifeSign) this.say(side.played(told.name));
        else this.told.push(told);
      } catch (error) {
        this.complaints.push(error);
      }
      this.wake();
    });
  }

  say(...messages: readonly Message[]): void {
    for (const message of messages) {
      this.socket.send(typeof message === 'string' || message instanceof Buffer ? message : JSON.stringify(message));
    }
  }

  /** The caller says so much, in whole frames. */
  speak(...frames: readonly Buffer[]): void {
    for (const bytes of frames) this.say(this.side.audio(bytes, this.frames++));
  }

  /** The next thing of a kind it is told; what it is told before that is passed over. */
  async next<Kind extends Told['kind']>(kind: Kind): Promise<Extract<Told, { kind: Kind }>> {
    for (;;) {
      for (let told = this.told[this.cursor++]; told !== undefined; told = this.told[this.cursor++]) {
        if (isOf(told, kind)) return told;
      }
      this.cursor = this.told.length;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** All audio it was played so far. */
  get played(): Buffer {
    return Buffer.concat(this.told.map((told) => (told.kind === 'audio' ? told.bytes : Buffer.alloc(0))));
  }
}

function isOf<Kind extends Told['kind']>(told: Told, kind: Kind): told is Extract<Told, { kind: Kind }> {
  return told.kind === kind;
}
