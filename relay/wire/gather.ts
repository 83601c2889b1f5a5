import { type Writable } from 'node:stream';

/*
 * Messages that are read at once, because they came at once, are sent on at once: whatever connections they lead to, each is
 * written to when the last of them has been dealt with.
 */
let isGathering = false;
const gathering = new Set<Writable>();

/** More messages are at hand: from now until `writeGathered` nothing leaves. */
export function gather(): void {
  isGathering = true;
}

/** Writes at once, or with all that is gathered; in either case in order. */
export function write(socket: Writable, frame: Buffer, onFlushed: (() => void) | undefined): void {
  if (isGathering && !gathering.has(socket)) {
    socket.cork();
    gathering.add(socket);
  }
  socket.write(frame, onFlushed);
}

export function writeGathered(): void {
  if (!isGathering) return;
  isGathering = false;
  for (const socket of gathering) socket.uncork();
  gathering.clear();
}
