import { type WebSocket } from 'ws';
import { laneOf } from '../../../relay/wire/lanes';

/** What came over a WebSocket, in order, each as a line; `ended` resolves with all of it. */
export function wireLog(socket: WebSocket): { readonly ended: Promise<readonly string[]> } {
  const lines: string[] = [];
  const note = (kind: string, data: Buffer) => lines.push(`${kind} ${data.length} ${data.toString('latin1')}`);
  laneOf(socket)?.deliverTo({ onText: (message) => void note('text', message) });
  // With the default `binaryType` every message is one Buffer.
  socket.on('message', (data, isBinary) => note(isBinary ? 'binary' : 'text', data as Buffer));
  socket.on('ping', (data: Buffer) => note('ping', data));
  socket.on('pong', (data: Buffer) => note('pong', data));
  socket.on('error', (error) => lines.push(`error ${error.message}`));
  const ended = new Promise<readonly string[]>((resolve) =>
    socket.on('close', (code, reason) => {
      note(`close ${code}`, reason);
      resolve(lines);
    }),
  );
  return { ended };
}
