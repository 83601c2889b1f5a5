/** Handles events one at a time: one that is caused while another is handled waits until that is done. */
export abstract class InTurn<Event> {
  private isHandling = false;
  private caused: Event[] | undefined;

  protected dispatch(event: Event): void {
    if (this.isHandling) {
      this.caused ??= [];
      this.caused.push(event);
      return;
    }
    this.isHandling = true;
    this.handle(event);
    while (this.caused !== undefined) {
      const following: readonly Event[] = this.caused;
      this.caused = undefined;
      for (const next of following) this.handle(next);
    }
    this.isHandling = false;
  }

  /** Must not throw. */
  protected abstract handle(event: Event): void;
}
