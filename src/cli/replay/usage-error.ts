/** The command was used wrongly; the message names the option and the way out. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
