import { type CircuitObservation, type DeliveryObservation } from './delivery/delivery';
import { type TakeShared } from './delivery/shared-slots';
import { Webhook } from './delivery/webhook';
import { webhookFault } from './delivery/webhook-settings';
import { type OrgEndpoint } from './door';
import { type Edge } from './edge';
import { harmless } from './listener';
import { type Log, withFields } from './log';
import { type PipelineOrg } from './org';
import { printable } from './printable';
import { type ToolRegistry } from './tool-registry';

export interface EndpointOptions {
  readonly tools: ToolRegistry;
  readonly edge: Edge;
  readonly log: Log;
  readonly takeDeliveryPlace?: TakeDeliveryPlace;
  readonly observeDelivery?: (observation: DeliveryObservation) => void;
  readonly observeCircuit?: (observation: CircuitObservation) => void;
}

/**
 * Takes one of the places for deliveries to an org's webhook, of which there are `max` for all processes together. Must not
 * reject; see `TakeShared`.
 */
export type TakeDeliveryPlace = (orgId: string, max: number) => ReturnType<TakeShared>;

/** Logged where an observer throws. */
export const observerFailed = 'Observer failed';

/**
 * An org with the connections to its webhook, if it has one.
 *
 * @throws TypeError that names the org and the wrong setting, without its value.
 */
export function openEndpoint(org: PipelineOrg, options: EndpointOptions): OrgEndpoint {
  const { orgId, tools: names, webhook } = org;
  const { tools, edge, log, takeDeliveryPlace, observeDelivery = nobody, observeCircuit = nobody } = options;
  const unknown = names.find((name) => tools.get(name) === undefined);
  if (unknown !== undefined) throw new TypeError(`${orgId}: tools: there is no tool named ${printable(unknown)}.`);
  if (webhook === undefined) return { org, webhook: undefined };
  const fault = webhookFault(webhook);
  if (fault !== undefined) throw new TypeError(`${orgId}: ${fault}`);
  const onDelivery = harmless(observeDelivery, log, observerFailed);
  const onCircuit = harmless(observeCircuit, log, observerFailed);
  return {
    org,
    webhook: new Webhook(webhook, {
      edge,
      log: withFields(log, { orgId }),
      ...(takeDeliveryPlace && { takeShared: (max) => takeDeliveryPlace(orgId, max) }),
      observe: (delivery) => onDelivery({ orgId, ...delivery }),
      observeCircuit: (change) => onCircuit({ orgId, ...change }),
    }),
  };
}

function nobody(): void {
  return undefined;
}
