import { type Deadline } from './deadline';
import { type Delivered, type Delivery } from './delivery/delivery';
import { type Webhook } from './delivery/webhook';
import { webhookBody } from './delivery/webhook-body';
import { type Hold } from './hold';
import { type Intent } from './intent-service';
import { type JsonObject } from './json';
import { type Log } from './log';
import { type PipelineOrg } from './org';
import { type ToolContext } from './tool';
import { type CallIds } from './tool-call';
import { ToolFailure } from './tool-failure';

/** An org together with the connections to its webhook. */
export interface OrgEndpoint {
  readonly org: PipelineOrg;
  readonly webhook: Webhook | undefined;
}

/** The one way from a tool to the org's webhook: opens the hold before the first byte, and keeps what came of it. */
export class Door implements Pick<ToolContext, 'deliver' | 'deliverEvent'> {
  readonly #intent: Intent;
  readonly #endpoint: OrgEndpoint;
  readonly #ids: CallIds;
  readonly #hold: Hold;
  readonly #deadline: Deadline;
  readonly #log: Log;
  #isUsed = false;
  #delivery: Delivery | undefined;
  #body: Buffer | undefined;

  constructor(
    intent: Intent,
    endpoint: OrgEndpoint,
    ids: CallIds,
    { hold, deadline, log }: { readonly hold: Hold; readonly deadline: Deadline; readonly log: Log },
  ) {
    this.#intent = intent;
    this.#endpoint = endpoint;
    this.#ids = ids;
    this.#hold = hold;
    this.#deadline = deadline;
    this.#log = log;
  }

  /** What came of the delivery; undefined while there was none. */
  get delivery(): Delivery | undefined {
    return this.#delivery;
  }

  /** The bytes that were to be delivered; undefined where nothing was. */
  get body(): string | undefined {
    return this.#body?.toString('utf8');
  }

  readonly deliver = async (args?: JsonObject): Promise<Delivered> => {
    const { webhook } = this.#endpoint;
    if (webhook === undefined) throw new ToolFailure('not_configured', undefined, { code: 'no_webhook' });
    if (this.#isUsed) throw new TypeError(`${this.#intent.tool.name} delivers more than once in one call.`);
    this.#isUsed = true;

    const body = this.#bodyOf(args ?? this.#intent.action.args);
    this.#body = body;
    this.#delivery = await webhook.deliver({
      intentId: this.#intent.id,
      body,
      deadline: this.#deadline,
      beforeSending: () => this.#hold.open(),
      log: this.#log,
    });
    return acceptedOrThrow(this.#delivery, body);
  };

  readonly deliverEvent = async (args?: JsonObject): Promise<Delivered | undefined> => {
    const events = this.#endpoint.org.webhook?.events ?? [];
    return events.includes(this.#intent.tool.name) ? this.deliver(args) : undefined;
  };

  #bodyOf(toolArgs: JsonObject): Buffer {
    const { id: intentId, tool } = this.#intent;
    const { orgId } = this.#endpoint.org;
    return webhookBody({ intentId, orgId, callId: this.#ids.callId, toolName: tool.name, toolArgs });
  }
}

function acceptedOrThrow(delivery: Delivery, body: Buffer): Delivered {
  switch (delivery.kind) {
    case 'accepted':
      return delivery;
    case 'rejected':
      throw new ToolFailure('rejected', undefined, evidenceOf(delivery));
    case 'not_sent':
      throw new ToolFailure('not_sent', undefined, evidenceOf(delivery));
    case 'unknown':
      throw new ToolFailure('unknown', undefined, { ...evidenceOf(delivery), body: body.toString('utf8') });
  }
}

function evidenceOf({ code, httpStatus }: Exclude<Delivery, Delivered>): { code: string; httpStatus?: number } {
  return { code, ...(httpStatus !== undefined && { httpStatus }) };
}
