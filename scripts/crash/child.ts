/**
 * The process that is killed: the pipeline as it is, over the store as it is, with a thin store in front that can stop
 * at a point. It runs until it is killed.
 */
import {
  builtInTools,
  defaultPipelineLimits,
  defaultRetentionMs,
  type IntentStore,
  openStore,
  outcomeOf,
  RealtimeHandler,
  silentLog,
  ToolRegistry,
} from '../../pipeline';
import { bookingArgs, bookingKey, orgId } from './booking';
import { type Asked, type AskedKind, type ChildOptions, type Question, type Report } from './messages';
import { StoppingStore } from './stopping-store';

/** Generous, because the machine has other things to do: no outcome shall depend on how fast it is. */
const patientMs = 20_000;
/** Long enough to see that another has the intent. */
const hastyMs = 500;

async function main({ storeUrl, webhookUrl, aheadMs }: ChildOptions): Promise<void> {
  let ahead = aheadMs;
  const now = () => Date.now() + ahead;
  const inner = await openStore(storeUrl, { timeoutMs: patientMs, now });
  const store = new StoppingStore(inner, () => report({ kind: 'stopped' }));
  const patient = handlerOver(store, webhookUrl, patientMs);
  const hasty = handlerOver(store, webhookUrl, hastyMs);

  const answers: { [K in AskedKind]: (question: Asked[K]['question']) => Promise<Asked[K]['answer']> } = {
    call: async ({ title, isHasty }) => {
      const call = { orgId, toolName: 'create_appointment', toolArgs: bookingArgs(title) };
      return outcomeOf(await (isHasty ? hasty : patient).handleToolCall(call));
    },
    look: async ({ title }) => {
      const record = await inner.get(bookingKey(title));
      if (record === undefined) return { found: 'none', isLeased: false };
      return { found: record.state, isLeased: 'leaseUntilMs' in record && record.leaseUntilMs > now() };
    },
    advance: ({ ms }) => {
      ahead += ms;
      return Promise.resolve(null);
    },
    sweep: async () => {
      while ((await inner.sweep({ retentionMs: defaultRetentionMs, limit: 500 })).more);
      return null;
    },
    stopAt: ({ point }) => {
      store.stopAt = point;
      return Promise.resolve(null);
    },
  };
  const answer = <K extends AskedKind>(question: Question<K>): Promise<Asked[K]['answer']> =>
    answers[question.kind](question);

  process.on('message', (question: Question) => {
    void answer(question).then((said) => report({ kind: 'answer', id: question.id, answer: said }));
  });
  process.once('disconnect', () => process.exit());
  report({ kind: 'ready' });
}

function handlerOver(store: IntentStore, url: string, deadlineMs: number): RealtimeHandler {
  const org = {
    orgId,
    tools: ['create_appointment'],
    deadlineMs,
    limits: defaultPipelineLimits,
    webhook: { url, maxConcurrent: 4, events: [], allowLoopback: true, allowPrivateNetwork: false },
  };
  return new RealtimeHandler({ orgs: [org], tools: new ToolRegistry(builtInTools), store, log: silentLog });
}

function report(message: Report): void {
  process.send?.(message);
}

// Written by life.ts.
void main(JSON.parse(process.argv[2] ?? '') as ChildOptions);
