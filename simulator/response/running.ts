import type { Pace } from '../pace';
import { pause, pauseAfter } from '../pace';
import type { Beat, WaitFor } from './perform';
import type { ResponseEnd, ResponseWriter } from './response-writer';

/** A response from its `response.created` to its `response.done`, driven through its performance. */
export class RunningResponse {
  private readonly stopped = new AbortController();
  private waiting: { readonly until: WaitFor; readonly goOn: () => void } | undefined;
  private ended = false;
  /** Releases that came before anything waited for them: a test need not know how far a response has got. */
  private releases = 0;

  /** @param onEnd called once, right after `response.done` was sent. */
  constructor(
    readonly writer: ResponseWriter,
    private readonly performance: Generator<Beat, ResponseEnd>,
    private readonly pace: Pace,
    private readonly onEnd: (end: ResponseEnd) => void,
  ) {}

  get id(): string {
    return this.writer.id;
  }

  /** Speaks until the plan is carried out or something ends it. */
  async run(): Promise<void> {
    const { signal } = this.stopped;
    await pause(this.pace === 'instant' ? 0 : this.pace.thinkMs, signal);
    while (!this.ended) {
      const next = this.performance.next();
      if (this.hasEnded()) return;
      if (next.done === true) {
        this.end(next.value);
        return;
      }
      if (next.value.kind === 'pause') await pause(pauseAfter(next.value.speechMs, this.pace), signal);
      else await this.wait(next.value.until, signal);
    }
  }

  /** Ends it now. Does nothing once it has ended. */
  end(end: ResponseEnd): void {
    if (this.ended) return;
    this.abandon();
    this.writer.finish(end);
    this.onEnd(end);
  }

  /** Stops without another word: the connection is gone. */
  abandon(): void {
    this.ended = true;
    this.stopped.abort();
    this.waiting?.goOn();
  }

  /** Tells a waiting response that something happened: a client event of that type came, or a test released it. */
  notice(happening: { readonly event: string } | 'release'): void {
    const until = this.waiting?.until;
    if (until !== 'release' && happening === 'release') this.releases += 1;
    if (until === undefined || until === 'cancel') return;
    const isAwaited =
      happening === 'release'
        ? until === 'release'
        : typeof until === 'object' && 'event' in until && until.event === happening.event;
    if (isAwaited) this.waiting?.goOn();
  }

  /** Apart from the field, because calls in between may have ended the response, which the compiler cannot see. */
  private hasEnded(): boolean {
    return this.ended;
  }

  private async wait(until: WaitFor, signal: AbortSignal): Promise<void> {
    if (typeof until === 'object' && 'milliseconds' in until) return pause(until.milliseconds, signal);
    if (until === 'release' && this.releases > 0) {
      this.releases -= 1;
      return;
    }
    await new Promise<void>((resolve) => {
      this.waiting = { until, goOn: resolve };
    });
    this.waiting = undefined;
  }
}
