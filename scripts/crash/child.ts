/**
 * The process that is killed: the pipeline as it is, over the store as it is, with a thin store in front that can stop
 * at a point. It runs until it is killed.
 */
import { setImmediate } from 'node:timers/promises';
import {
  builtInTools,
  defaultPipelineLimits,
  defaultRetentionMs,
  type Edge,
  type IntentStore,
  openStore,
  outcomeOf,
  RealtimeHandler,
  realEdge,
  silentLog,
  ToolRegistry,
} from '../../pipeline';
import { bookingArgs, bookingKey, orgIds, orgOf } from './booking';
import { type Asked, type AskedKind, type ChildOptions, type Question, type Report } from './messages';
import { StoppingStore } from './stopping-store';

/** Generous, because the machine has other things to do: no outcome shall depend on how fast it is. */
const patientMs = 20_000;
/** Long enough to see that another has the intent. */
const hastyMs = 500;

const sweep = { retentionMs: defaultRetentionMs, limit: 500 };

async function main({ storeUrl, webhookUrl, aheadMs }: ChildOptions): Promise<void> {
  let ahead = aheadMs;
  const now = () => Date.now() + ahead;
  const edge: Edge = { ...realEdge, nowMs: now };
  const inner = await openStore(storeUrl, { timeoutMs: patientMs, now });
  const store = new StoppingStore(inner, () => report({ kind: 'stopped' }));
  const patient = handlerOver(store, edge, webhookUrl, patientMs);
  const hasty = handlerOver(store, edge, webhookUrl, hastyMs);

  const answers: { [K in AskedKind]: (question: Asked[K]['question']) => Promise<Asked[K]['answer']> } = {
    call: async ({ booking, isHasty }) => {
      const call = { orgId: orgOf(booking), toolName: 'create_appointment', toolArgs: bookingArgs(booking) };
      return outcomeOf(await (isHasty ? hasty : patient).handleToolCall(call));
    },
    look: async ({ booking }) => {
      const record = await inner.get(bookingKey(booking));
      if (record === undefined) return { found: 'none', isLeased: false, isKept: false };
      const isLeased = 'leaseUntilMs' in record && record.leaseUntilMs > now();
      return { found: record.state, isLeased, isKept: 'kept' in record };
    },
    advance: ({ ms }) => {
      ahead += ms;
      return Promise.resolve(null);
    },
    sweep: async () => {
      while ((await inner.sweep(sweep)).more);
      return null;
    },
    deliver: async () => {
      for (;;) {
        const { due, more } = await inner.sweep(sweep);
        patient.deliverDue(due);
        if (due.length === 0 && !more) return null;
        await setImmediate();
        await patient.idle();
      }
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

function handlerOver(store: IntentStore, edge: Edge, url: string, deadlineMs: number): RealtimeHandler {
  const org = (orgId: string, defer: boolean) => ({
    orgId,
    tools: ['create_appointment'],
    deadlineMs,
    limits: defaultPipelineLimits,
    webhook: { url, maxConcurrent: 4, events: [], allowLoopback: true, allowPrivateNetwork: false, defer },
  });
  return new RealtimeHandler({
    orgs: [org(orgIds.plain, false), org(orgIds.deferring, true)],
    tools: new ToolRegistry(builtInTools),
    store,
    edge,
    log: silentLog,
    // Nothing is sent later before the killer says so.
    alarm: () => ({ patienceMs: 0, set: () => Promise.resolve(), close: () => Promise.resolve() }),
  });
}

function report(message: Report): void {
  process.send?.(message);
}

// Written by life.ts.
void main(JSON.parse(process.argv[2] ?? '') as ChildOptions);
