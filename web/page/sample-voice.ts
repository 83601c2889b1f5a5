/** A sentence that the sample voice can say. */
export interface Sentence {
  readonly file: string;
  readonly words: string;
}

/** A recorded voice in the place of a microphone: what it says is heard by the call as if somebody spoke. */
export class SampleVoice {
  private readonly context = new AudioContext();
  private readonly speaker = this.context.createMediaStreamDestination();
  private speaking: AudioBufferSourceNode | undefined;

  private constructor(readonly sentences: readonly Sentence[]) {}

  /** @throws Error where its sentences cannot be loaded, or not in time. */
  static async open(): Promise<SampleVoice> {
    const response = await fetch('voices/voices.json', { signal: AbortSignal.timeout(patienceMs) });
    if (!response.ok) throw new Error(`The sample voice cannot be loaded: ${response.status}.`);
    // Built with the page; it is what `assets/voices.json` says.
    return new SampleVoice((await response.json()) as Sentence[]);
  }

  /** The microphone that hears it. */
  get stream(): MediaStream {
    return this.speaker.stream;
  }

  /**
   * Says a sentence; resolves when it is said, or something else was begun.
   *
   * @throws Error where it cannot be loaded, or not in time.
   */
  async say({ file }: Sentence): Promise<void> {
    const response = await fetch(`voices/${file}`, { signal: AbortSignal.timeout(patienceMs) });
    const source = new AudioBufferSourceNode(this.context, {
      buffer: await this.context.decodeAudioData(await response.arrayBuffer()),
    });
    this.speaking?.stop();
    this.speaking = source;
    source.connect(this.speaker);
    source.start();
    await new Promise((resolve) => source.addEventListener('ended', resolve, { once: true }));
  }

  async close(): Promise<void> {
    for (const track of this.stream.getTracks()) track.stop();
    await this.context.close();
  }
}

/** Nobody waits for a voice for longer. */
const patienceMs = 10_000;
