/**
 * Handles events one at a time: one that is caused while another is handled waits until that is done. `handle` must not
 * throw.
 */
export function inTurn<Event>(handle: (event: Event) => void): (event: Event) => void {
  const queue: Event[] = [];
  let isHandling = false;
  return (event) => {
    if (isHandling) {
      queue.push(event);
      return;
    }
    isHandling = true;
    handle(event);
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) handle(next);
    isHandling = false;
  };
}
