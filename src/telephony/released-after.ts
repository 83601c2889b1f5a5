import type { ClientSide, OpenClientSide } from '../../relay';

/** A client's side that is let go of only after what `before` does, if it does anything about this end. */
export function releasedAfter(
  open: OpenClientSide,
  before: (reason: string) => Promise<void> | undefined,
): OpenClientSide {
  return (options): ClientSide => {
    const side = open(options);
    return {
      get lastMessage() {
        return side.lastMessage;
      },
      confirmsHeard: side.confirmsHeard,
      send: (data) => side.send(data),
      pause: (reason) => side.pause(reason),
      resume: (reason) => side.resume(reason),
      release(code, reason) {
        const delay = before(reason);
        if (delay === undefined) side.release(code, reason);
        else void delay.finally(() => side.release(code, reason));
      },
    };
  };
}
