/** What the process says of itself when it ends. */
export const exitCode = {
  done: 0,
  /** It could not do what it was asked, or crashed. */
  failed: 1,
  /** It was asked or set up wrongly; trying again changes nothing. */
  misused: 2,
} as const;
