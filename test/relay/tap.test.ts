import { Pairs } from './support/pair';

const pairs = new Pairs();
afterEach(() => pairs.close());

/** A tap that notes what it sees, and which side said it. */
function noting() {
  const seen: string[] = [];
  const note = (side: string) => (message: Buffer | string) => void seen.push(`${side} ${String(message)}`);
  return { seen, tap: { fromClient: note('client'), toClient: note('relay') } };
}

const append = '{"type":"input_audio_buffer.append","audio":"AAAA"}';
const delta = '{"type":"response.output_audio.delta","event_id":"e","delta":"AAAA"}';

it('shows what a client says and is sent, byte for byte, from the first message to the last', async () => {
  const { seen, tap } = noting();
  const { client, up, session } = await pairs.live({ tap });
  client.socket.send(append);
  await up.next('input_audio_buffer.append');
  up.socket.send(delta);
  await client.next('response.output_audio.delta');
  client.socket.send('no JSON');
  await client.next('error');
  session.end('idle');
  await session.ended;
  await client.next('error');
  const sent = client.frames.map((frame) => `relay ${String(frame)}`);
  expect(seen.filter((line) => line.startsWith('relay'))).toEqual(sent);
  expect(seen[0]).toContain('session.created');
  expect(seen.slice(1, 4)).toEqual([`client ${append}`, `relay ${delta}`, 'client no JSON']);
});

it('does not show what is no text', async () => {
  const { seen, tap } = noting();
  const { client } = await pairs.live({ tap });
  client.socket.send(Buffer.from(append), { binary: true });
  await client.next('error');
  expect(seen.filter((line) => line.startsWith('client'))).toEqual([]);
});

it('is taken off when it throws, and the session goes on', async () => {
  let calls = 0;
  const fail = () => {
    calls += 1;
    throw new Error('tap');
  };
  const { client, up, log } = await pairs.live({ tap: { fromClient: fail, toClient: fail } });
  client.socket.send(append);
  await up.next('input_audio_buffer.append');
  expect(calls).toBe(1);
  expect(log.filter(({ message }) => message === 'Tap failed')).toHaveLength(1);
});
