/** The worker thread of the SQLite store: opens the file, then works off requests, many to a transaction. */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { StoreOpenError } from './errors';
import { IntentDatabase } from './sqlite-database';
import { type IntentFileOptions, isFull } from './sqlite-file';
import {
  type Answered,
  type DatabaseAnswer,
  type DatabaseRequest,
  lossToOutlive,
  type OpenReport,
} from './sqlite-protocol';
import { type Reply, type ToWorker, monotonicMs } from './worker-message';

type Message = ToWorker<DatabaseRequest>;
type Request = Extract<Message, { type: 'request' }>;

/**
 * How many requests share one transaction at most. Waiting for the disk is most of the cost of each, so what queued up
 * during one commit goes into the next together; the limit keeps every commit far below any request's timeout.
 */
const maxBatch = 256;

if (!parentPort) throw new Error('This file runs in a worker thread only.');
serve(parentPort);

function serve(port: MessagePort): void {
  const database = open(port);
  if (!database) return;
  port.on('message', (first: Message) => {
    const batch = [first, ...queued(port, maxBatch - 1)];
    const requests = batch.filter((message) => message.type === 'request');
    if (requests.length > 0) port.postMessage(answerAll(database, requests));
    if (batch.some(({ type }) => type === 'close')) {
      database.close();
      port.close();
    }
  });
}

function open(port: MessagePort): IntentDatabase | undefined {
  const report = (message: OpenReport): void => port.postMessage(message);
  try {
    // What `openSqliteStore` starts this thread with.
    const database = new IntentDatabase(workerData as IntentFileOptions);
    report({ opened: true });
    return database;
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error;
    report({ opened: false, code: error.code, message: error.message });
    return undefined;
  }
}

function queued(port: MessagePort, limit: number): Message[] {
  const messages: Message[] = [];
  while (messages.length < limit) {
    // The other end of this port sends nothing but messages.
    const received = receiveMessageOnPort(port) as { message: Message } | undefined;
    if (!received) break;
    messages.push(received.message);
  }
  return messages;
}

/** Answers are given only after the commit. When a batch fails, each request is tried alone and fails for itself. */
function answerAll(database: IntentDatabase, requests: readonly Request[]): Reply<Answered>[] {
  try {
    return database.transaction(lossToOutlive(requests.map(({ request }) => request)), () =>
      requests.map((request) => reply(database, request)),
    );
  } catch (error) {
    if (requests.length > 1) return requests.flatMap((request) => answerAll(database, [request]));
    const reason = isFull(error) ? 'full' : 'down';
    const message = `The store could not write or read: ${error instanceof Error ? error.message : String(error)}.`;
    return requests.map(({ id }) => ({ id, ok: false, reason, message }));
  }
}

function reply(database: IntentDatabase, { id, expiresAtMs, request }: Request): Reply<Answered> {
  if (monotonicMs() >= expiresAtMs) return { id, ok: false, reason: 'slow', message: 'Nobody waits any more.' };
  const answered = answer(database, request);
  return { id, ok: true, answer: { answer: answered, moved: database.takeMoved() } };
}

function answer(database: IntentDatabase, request: DatabaseRequest): DatabaseAnswer[DatabaseRequest['op']] {
  switch (request.op) {
    case 'apply':
      return database.apply(request.command, request.nowMs);
    case 'get':
      return database.get(request.key);
    case 'sweep':
      return database.sweep(request.sweep, request.nowMs);
    case 'list':
      return database.list(request.query, request.after);
    case 'redeem':
      return database.redeem(request.ticket, request.expiresMs);
    case 'counts':
      return database.counts(request.orgId);
    case 'ping':
      return undefined;
  }
}
