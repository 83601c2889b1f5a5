/** Options of a `ws` socket that bound what a peer can make it hold. */
export interface SocketBounds {
  readonly maxPayload: number;
  readonly maxFragments: number;
  readonly maxBufferedChunks: number;
  readonly maxPendingAutoPongs: number;
}

/**
 * Bounds for a socket that takes messages of at most `maxBytes`.
 *
 * Size alone is not enough: every fragment of a message, and every piece in which the network delivers one, is kept as an
 * object of its own until the message is whole, so a peer that sends a byte at a time would make a message cost a hundred
 * times its size. On average a fragment must carry 4 KiB and a piece 256 bytes, which no honest peer falls short of; small
 * messages may come in smaller parts. What breaks a bound closes the socket with 1009 (size) or 1008 (parts).
 *
 * Pongs are left to the leg, which bounds all that waits to be sent, by bytes: the library would cut a peer off without a
 * name for 61 pings in one packet.
 */
export function socketBounds(maxBytes: number): SocketBounds {
  return {
    maxPayload: maxBytes,
    maxFragments: Math.max(256, Math.ceil(maxBytes / 4096)),
    maxBufferedChunks: Math.max(1024, Math.ceil(maxBytes / 256)),
    maxPendingAutoPongs: 0,
  };
}
