import type { PreparedCall, ToolCall, ToolResult } from '../../pipeline';
import { toolRunner } from '../../src/tool-runner';

/** A pipeline that answers every call the same, and what it was asked. */
function pipelineWith(result: ToolResult) {
  const calls: ToolCall[] = [];
  let executed = 0;
  const prepare = (call: ToolCall): PreparedCall => {
    calls.push(call);
    return {
      execute: () => {
        executed += 1;
        return Promise.resolve(result);
      },
    };
  };
  return { handler: { prepare }, calls, executions: () => executed };
}

const success: ToolResult = { success: true, message: 'Done.', is_duplicate: false };
const call = { callId: 'call_1', name: 'end_call', arguments: '{"reason":"bye"}' };

it('passes a call on in the name of the session’s org, and does nothing before it is executed', async () => {
  const { handler, calls, executions } = pipelineWith(success);
  const prepared = toolRunner(handler, 'acme', 'rs_1').prepare(call);
  expect(calls).toEqual([
    { orgId: 'acme', sessionId: 'rs_1', callId: 'call_1', toolName: 'end_call', toolArgs: '{"reason":"bye"}' },
  ]);
  expect(executions()).toBe(0);
  expect(await prepared.execute()).toEqual({ output: JSON.stringify(success) });
});

it('tells the relay, and not the model, that the session is to end', async () => {
  const { handler } = pipelineWith({ ...success, endSession: true });
  expect(await toolRunner(handler, 'acme', 'rs_1').prepare(call).execute()).toEqual({
    output: JSON.stringify(success),
    endSession: true,
  });
});
