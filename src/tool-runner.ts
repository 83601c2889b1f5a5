import { type CallControl, type RealtimeHandler, toWire } from '../pipeline';
import type { ToolRunner } from '../relay';

/**
 * What runs the tools of one session: the pipeline, called on behalf of the session's org.
 *
 * @param callControl of the telephone call behind the session, if there is one.
 */
export function toolRunner(
  handler: Pick<RealtimeHandler, 'prepare'>,
  orgId: string,
  sessionId: string,
  callControl?: CallControl,
): ToolRunner {
  return {
    prepare({ callId, name, arguments: toolArgs }) {
      const prepared = handler.prepare({
        ...{ orgId, sessionId, callId, toolName: name, toolArgs },
        ...(callControl && { callControl }),
      });
      return {
        async execute() {
          const result = await prepared.execute();
          const endSession = 'endSession' in result && result.endSession === true;
          return { output: JSON.stringify(toWire(result)), ...(endSession ? { endSession } : {}) };
        },
      };
    },
  };
}
