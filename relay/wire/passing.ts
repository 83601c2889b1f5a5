/** Who is given text messages as they come. */
export interface TextTaker {
  /** The message changes when it is sent on; who wants to keep it has to copy it. */
  onText(message: Buffer): void;
}

/*
 * Who sends on the very message that is being delivered to it can write the frame the message came in, instead of making
 * another. One message at a time is being delivered in a process, so it is remembered here and nobody in between need know.
 */
let passingMessage: Buffer | undefined;
let passingFrame: Buffer | undefined;

/** Delivers a message, which is the end of `frame`; while that lasts, `takeFrame` knows it. */
export function carry(message: Buffer, frame: Buffer, taker: TextTaker): void {
  passingMessage = message;
  passingFrame = frame;
  try {
    taker.onText(message);
  } finally {
    passingMessage = passingFrame = undefined;
  }
}

/** The frame of the message that is being delivered, once; undefined for any other data. */
export function takeFrame(data: Buffer | string): Buffer | undefined {
  if (data !== passingMessage) return undefined;
  const frame = passingFrame;
  passingMessage = passingFrame = undefined;
  return frame;
}
