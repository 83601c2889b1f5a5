import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { FastLane } from '../../../relay/wire/fast-lane';
import { collectAfterBytes } from '../../../relay/wire/spent';
import { frame } from '../../hostile/support/frames';

it('keeps few of the buffers in which messages came, however much is read', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const peer = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = await accepted;
  const lane = new FastLane({ socket, end: 'server', maxBytes: 2 ** 20 });
  let readBytes = 0;
  let mostBytes = 0;
  const bytes = Buffer.concat(new Array<Buffer>(64).fill(frame('x'.repeat(8_000))));
  const before = process.memoryUsage().arrayBuffers;
  const all = new Promise<void>((resolve) => {
    lane.deliverTo({
      onText(message) {
        readBytes += message.length;
        mostBytes = Math.max(mostBytes, process.memoryUsage().arrayBuffers - before);
        if (readBytes >= 16 * collectAfterBytes) resolve();
      },
    });
  });
  lane.open();
  const write = () => void peer.write(bytes, () => peer.destroyed || write());
  write();
  await all;
  peer.destroy();
  lane.destroy();
  server.close();
  expect(mostBytes).toBeLessThan(8 * collectAfterBytes);
});
