/** Something the carrier would not accept, or would log as an error. */
export interface Complaint {
  /** The carrier's own error code where it has one, such as `31951`; else a word. */
  readonly code: string;
  readonly message: string;
}

export function complaint(code: string, message: string): Complaint {
  return { code, message };
}

/** What a message from the relay looks like in a complaint: its beginning, since some carry minutes of audio. */
export function excerpt(message: string): string {
  return message.length > 120 ? `${message.slice(0, 120)}…` : message;
}
