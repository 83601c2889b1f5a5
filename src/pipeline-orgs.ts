import { defaultDeadlineMs, type PipelineOrg } from '../pipeline';
import type { RelayConfig } from './config';
import { isLoopbackHost } from './config/hosts';

/** The orgs as the pipeline knows them. A hook on this machine is allowed while only this machine can reach the relay. */
export function pipelineOrgs({
  orgs,
  listen,
  webhookHosts: allowedHosts,
}: Pick<RelayConfig, 'orgs' | 'listen' | 'webhookHosts'>): PipelineOrg[] {
  const allowLoopback = isLoopbackHost(listen.host);
  return orgs.map(({ id, tools, webhook, limits }) => ({
    orgId: id,
    tools,
    deadlineMs: webhook?.deadlineMs ?? defaultDeadlineMs,
    limits,
    ...(webhook ? { webhook: { ...webhook, allowLoopback, allowedHosts } } : {}),
  }));
}
