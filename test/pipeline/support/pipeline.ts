import { type Edge } from '../../../pipeline/edge';
import { defaultPipelineLimits, type PipelineLimits } from '../../../pipeline/limits';
import { type Log, silentLog } from '../../../pipeline/log';
import { type PipelineOrg, type PipelineWebhook } from '../../../pipeline/org';
import { RealtimeHandler, type RealtimeHandlerOptions } from '../../../pipeline/realtime-handler';
import { type IntentKey, type IntentStore } from '../../../pipeline/store/store';
import { type Tool } from '../../../pipeline/tool';
import { type ToolCall } from '../../../pipeline/tool-call';
import { ToolRegistry } from '../../../pipeline/tool-registry';
import { builtInTools } from '../../../pipeline/tools';
import { appointment } from './appointment';
import { type Closing } from './closing';

export const orgId = 'org_1';

/** The key of the appointment. */
export const bookingKey: IntentKey = { orgId, tool: 'create_appointment', intentId: 'd18ac5debf0904d4' };

/** A call that books the appointment; tests say only what matters to them. */
export function bookingCall(changes: Partial<ToolCall> = {}): ToolCall {
  return { orgId, toolName: 'create_appointment', toolArgs: appointment, ...changes };
}

export interface PipelineParts {
  readonly store: IntentStore;
  /** Default: no webhook. */
  readonly url?: string | undefined;
  readonly webhook?: Partial<PipelineWebhook>;
  /** Default: 5,000. */
  readonly deadlineMs?: number;
  readonly limits?: Partial<PipelineLimits>;
  /** In addition to the built-in tools. */
  readonly tools?: readonly Tool[];
  readonly log?: Log;
  readonly edge?: Edge;
  readonly options?: Partial<RealtimeHandlerOptions>;
}

/** A handler for one org that has every tool; closed after the test. */
export function pipeline(opened: Closing, parts: PipelineParts): RealtimeHandler {
  const tools = [...builtInTools, ...(parts.tools ?? [])];
  const { store, url, deadlineMs = 5_000, log = silentLog, edge } = parts;
  const org: PipelineOrg = {
    orgId,
    tools: tools.map(({ name }) => name),
    deadlineMs,
    limits: { ...defaultPipelineLimits, ...parts.limits },
    ...(url !== undefined && {
      webhook: {
        url,
        maxConcurrent: 10,
        events: [],
        allowLoopback: true,
        allowPrivateNetwork: false,
        ...parts.webhook,
      },
    }),
  };
  const handler = new RealtimeHandler({
    orgs: [org],
    tools: new ToolRegistry(tools),
    store,
    log,
    ...(edge !== undefined && { edge }),
    ...parts.options,
  });
  return opened.add(handler, async () => {
    await handler.idle();
    await handler.close();
  });
}
