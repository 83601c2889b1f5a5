/** Options of a `ws` socket that bound the memory one message may take before it is whole. */
export interface MessageBounds {
  readonly maxPayload: number;
  readonly maxFragments: number;
  readonly maxBufferedChunks: number;
}

/**
 * Bounds for messages of at most `maxBytes`. Size alone is not enough: every fragment of a message, and every piece in
 * which the network delivers one, is kept as an object of its own until the message is whole, so a peer that sends a byte
 * at a time would make a message cost a hundred times its size. On average a fragment must carry 4 KiB and a piece 256
 * bytes, which no honest peer falls short of; small messages may come in smaller parts.
 *
 * What breaks a bound closes the socket with 1009 (size) or 1008 (parts).
 */
export function messageBounds(maxBytes: number): MessageBounds {
  return {
    maxPayload: maxBytes,
    maxFragments: Math.max(256, Math.ceil(maxBytes / 4096)),
    maxBufferedChunks: Math.max(1024, Math.ceil(maxBytes / 256)),
  };
}
