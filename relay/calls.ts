import { type SessionEvent } from './model';
import { type FunctionCall, type PreparedCall, type ToolRunner } from './tool-runner';

type Outcome = Extract<SessionEvent, { kind: 'tool.answered' | 'tool.failed' }>;

/** Carries out a session's tool effects: keeps what is prepared, runs what is released, reports every outcome once. */
export class Calls {
  private readonly prepared = new Map<string, { readonly call: FunctionCall; readonly ready: PreparedCall | Error }>();

  constructor(
    private readonly tools: ToolRunner,
    private readonly report: (outcome: Outcome) => void,
    private readonly onError: (callId: string, error: unknown) => void,
  ) {}

  prepare(call: FunctionCall): void {
    this.prepared.set(call.callId, { call, ready: this.tryPrepare(call) });
  }

  /** Runs a call beside the session. One that was prepared with another name or arguments is prepared anew. */
  run(call: FunctionCall): void {
    const known = this.prepared.get(call.callId);
    this.prepared.delete(call.callId);
    const isSame = known?.call.name === call.name && known.call.arguments === call.arguments;
    void this.execute(call.callId, isSame ? known.ready : this.tryPrepare(call));
  }

  drop(callId: string): void {
    this.prepared.delete(callId);
  }

  private async execute(callId: string, ready: PreparedCall | Error): Promise<void> {
    try {
      if (ready instanceof Error) throw ready;
      this.report({ kind: 'tool.answered', callId, output: await ready.execute() });
    } catch (error) {
      this.onError(callId, error);
      this.report({ kind: 'tool.failed', callId });
    }
  }

  private tryPrepare(call: FunctionCall): PreparedCall | Error {
    try {
      return this.tools.prepare(call);
    } catch (error) {
      return error instanceof Error ? error : new Error('The tool runner threw', { cause: error });
    }
  }
}
