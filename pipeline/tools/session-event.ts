import { type ToolReply, type Once } from '../tool';

/**
 * Once for a tool that belongs to a session rather than to its arguments: a session, or over HTTP a call id, does it
 * once, whatever reason is given the second time. A call with neither runs every time.
 */
export function oncePerSession<Args>(repeat: (args: Args) => ToolReply): Once<Args> {
  return {
    key: (_args, { sessionId, callId }) => {
      if (sessionId !== undefined) return ['session', sessionId];
      return callId === undefined ? undefined : ['call', callId];
    },
    canonical: () => null,
    repeat,
  };
}
