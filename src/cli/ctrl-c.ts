/** What is shown on a terminal would take Ctrl-C for itself and end the process in the middle: makes it a signal again. */
export function giveBackCtrlC(): void {
  process.stdin.removeAllListeners('keypress');
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
}
