import type { OperatorAction } from '../../../pipeline';
import type { IntentChangeJson, IntentJson, IntentPageJson } from '../../intents/intent-json';

/** Where the operator's commands are carried out: at a running relay, or in the store where none runs. */
export interface IntentDesk {
  /** One page of intents; `query` holds the parameters of `GET /api/intents`. */
  list(query: Readonly<Record<string, string>>): Promise<Reply<IntentPageJson>>;
  show(name: IntentName): Promise<Reply<IntentJson>>;
  /** @param fence of the intent that was looked at, if it was */
  change(action: OperatorAction, name: IntentName, fence?: number): Promise<Reply<IntentChangeJson>>;
  /** Lets go of everything. */
  close(): Promise<void>;
}

/** What came of a request. */
export type Reply<A> =
  | { readonly kind: 'done'; readonly value: A }
  /** Not done, or not known to be; `message` says why, for people. */
  | { readonly kind: 'refused'; readonly message: string };

/** How an intent is named on the command line. */
export interface IntentName {
  readonly org: string;
  readonly tool: string;
  readonly id: string;
}

export const nameOf = ({ org_id: org, tool_name: tool, intent_id: id }: IntentJson): IntentName => ({ org, tool, id });
