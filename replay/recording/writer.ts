/** The thread that writes recordings: makes lines of messages and appends them to files, a batch at a time. */
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { entriesOf } from './batch';
import { openOrderBytes, type Order, type RecordingEnding, type Report } from './orders';
import { RecordingFile } from './recording-file';
import { Room, type RoomLimits } from './room';

if (!parentPort) throw new Error('This file runs in a worker thread only.');
const port = parentPort;
// What `Recorder` starts this thread with.
const limits = workerData as RoomLimits;
const files = new Map<number, RecordingFile>();
/** By directory. */
const rooms = new Map<string, Room>();

port.on('message', (order: Order) => {
  switch (order.kind) {
    case 'open':
      open(order);
      return tell({ kind: 'done', queuedBytes: openOrderBytes });
    case 'write':
      write(order.block, order.bytes);
      return tell({ kind: 'done', queuedBytes: order.block.byteLength });
    case 'end':
      return closed(order.recording, files.get(order.recording)?.end(order.t, order.cause));
    case 'cut':
      return closed(order.recording, files.get(order.recording)?.cut(order.t, order.why));
    case 'close':
      return port.close();
  }
});

function open({ recording, plan }: Extract<Order, { kind: 'open' }>): void {
  const opened = RecordingFile.open(plan, roomIn(dirname(plan.file)));
  if (opened instanceof RecordingFile) files.set(recording, opened);
  else closed(recording, opened);
}

function roomIn(directory: string): Room {
  const known = rooms.get(directory);
  if (known !== undefined) return known;
  const room = new Room(directory, limits, (isFull) => tell({ kind: 'room', directory, isFull }));
  rooms.set(directory, room);
  return room;
}

function write(block: ArrayBuffer, bytes: number): void {
  const touched = new Map<number, number>();
  for (const { recording, t, from, message } of entriesOf(block, bytes)) {
    closed(recording, files.get(recording)?.add(t, from, message));
    touched.set(recording, t);
  }
  for (const [recording, t] of touched) closed(recording, files.get(recording)?.flush(t));
}

/** A recording that is over is forgotten; one that is not has no ending. */
function closed(recording: number, ending: RecordingEnding | undefined): void {
  if (ending === undefined) return;
  files.delete(recording);
  tell({ kind: 'closed', recording, ending });
}

function tell(report: Report): void {
  port.postMessage(report);
}
