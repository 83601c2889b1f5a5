import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { WorkerLink, type WorkerLinkOptions } from '../../../pipeline/store/worker-link';

/** Answers each request with itself; told to, it hangs or dies instead. */
const workerSource = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ type, id, expiresAtMs, request }) => {
  if (type === 'close') return parentPort.close();
  if (request === 'throw') throw new Error('broken');
  if (request === 'exit') process.exit(1);
  if (request === 'refuse') return parentPort.postMessage([{ id, ok: false, reason: 'full', message: 'no room' }]);
  if (request instanceof SharedArrayBuffer) return void Atomics.wait(new Int32Array(request), 0, 0);
  if (request === 'ignore') return;
  parentPort.postMessage([{ id, ok: true, answer: request }]);
  if (request.answered) Atomics.store(request.answered, 0, 1);
});
`;

describe('a link to a worker', () => {
  const workers: Worker[] = [];

  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
  });

  function link(options: Partial<WorkerLinkOptions> = {}): WorkerLink<unknown, unknown> {
    const worker = new Worker(workerSource, { eval: true });
    workers.push(worker);
    return new WorkerLink(worker, { timeoutMs: 20_000, ...options });
  }

  it('answers each request with its own answer', async () => {
    const echo = link();
    const requests = Array.from({ length: 100 }, (_, index) => index);
    await expect(Promise.all(requests.map((request) => echo.request(request)))).resolves.toEqual(requests);
  });

  it('hands on why a request was refused', async () => {
    await expect(link().request('refuse')).rejects.toMatchObject({ reason: 'full', message: 'no room' });
  });

  it.each(['throw', 'exit'])('fails waiting and later requests with `down` when its worker dies by %s', async (how) => {
    const echo = link();
    const waiting = [echo.request('ignore'), echo.request(how), echo.request('never read')];
    const down = { status: 'rejected', reason: { code: 'store_unavailable', reason: 'down' } };
    await expect(Promise.allSettled(waiting)).resolves.toMatchObject([down, down, down]);
    await expect(echo.request('later')).rejects.toMatchObject({ code: 'store_unavailable', reason: 'down' });
    await expect(echo.close()).resolves.toBeUndefined();
  });

  it('fails with `slow` while its worker hangs, and works again afterwards', async () => {
    const echo = link({ timeoutMs: 200 });
    const wake = new SharedArrayBuffer(4);
    await expect(echo.request(wake)).rejects.toMatchObject({ code: 'store_unavailable', reason: 'slow' });
    await expect(echo.request('waiting')).rejects.toMatchObject({ reason: 'slow' });
    Atomics.store(new Int32Array(wake), 0, 1);
    Atomics.notify(new Int32Array(wake), 0);
    await eventually(() => echo.request('again'));
  });

  it('hears an answer that came in time although this thread was busy past the deadline', async () => {
    const timeoutMs = 200;
    const echo = link({ timeoutMs });
    await eventually(() => echo.request('ready'));
    const answered = new Int32Array(new SharedArrayBuffer(4));
    // Whoever is busy from here on finds the event loop going on with timers, and only then with messages.
    await setImmediate();
    const request = echo.request({ answered });
    const start = performance.now();
    while (Atomics.load(answered, 0) === 0 || performance.now() < start + 2 * timeoutMs);
    await expect(request).resolves.toEqual({ answered });
  });

  it('tells its owner of every answer, also of one that nobody waits for any more', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const echo = link({ timeoutMs: 200, onAnswer: resolve });
    const wake = new SharedArrayBuffer(4);
    const late = [echo.request(wake), echo.request('late')];
    await expect(Promise.allSettled(late)).resolves.toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    Atomics.store(new Int32Array(wake), 0, 1);
    Atomics.notify(new Int32Array(wake), 0);
    await expect(promise).resolves.toBe('late');
  });

  it('refuses at once what would make the queue too long', async () => {
    const echo = link({ maxUnanswered: 2 });
    const waiting = Promise.allSettled([echo.request('ignore'), echo.request('ignore')]);
    await expect(echo.request('one too many')).rejects.toMatchObject({ code: 'store_unavailable', reason: 'slow' });
    await echo.close();
    await expect(waiting).resolves.toMatchObject([{ reason: { reason: 'down' } }, { reason: { reason: 'down' } }]);
  });

  it('ends a worker by force that does not end by itself', async () => {
    const echo = link({ closeTimeoutMs: 50 });
    const stuck = echo.request(new SharedArrayBuffer(4));
    await Promise.all([echo.close(), expect(stuck).rejects.toMatchObject({ reason: 'down' })]);
  });

  it('leaves nothing running once closed', async () => {
    const echo = link();
    const [worker] = workers;
    const exit = worker && once(worker, 'exit');
    await Promise.all([echo.close(), echo.close()]);
    await expect(exit).resolves.toEqual([0]);
  });
});

async function eventually(attempt: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await attempt();
      return;
    } catch {
      // The worker has not come back yet; the test's own timeout ends this.
    }
  }
}
