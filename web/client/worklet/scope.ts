/** What there is in the scope of an audio worklet and TypeScript's library does not know (Web Audio API, section 1.32). */
export interface WorkletScope {
  readonly sampleRate: number;
  readonly AudioWorkletProcessor: new () => { readonly port: MessagePort };
  registerProcessor(name: string, processor: new (options: { readonly processorOptions: unknown }) => Processor): void;
}

/** Called for each 128 samples; true: keep me. */
export interface Processor {
  process(inputs: readonly Float32Array[][], outputs: readonly Float32Array[][]): boolean;
}

// A cast, because this is not the scope of a page, for which the library is written.
export const scope = globalThis as unknown as WorkletScope;
