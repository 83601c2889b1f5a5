import { connectRedis } from '../../../../pipeline/store/redis/open-connection';
import { Closing } from '../../support/closing';
import { RawServer } from '../../support/raw-server';

describe('a server that answers whatever is asked with an error', () => {
  const opened = new Closing();
  afterEach(() => opened.all());

  /** What comes of connecting to it. */
  async function refusedWith(reply: string): Promise<unknown> {
    const server = await RawServer.tcp((socket) => socket.end(`-${reply}\r\n`));
    opened.add(server, (each) => each.close());
    const address = {
      kind: 'single',
      nodes: [{ host: '127.0.0.1', port: server.port }],
      isTls: false,
      database: 0,
      prefix: 'relay',
    } as const;
    return connectRedis(address, 500).catch((error: unknown) => error);
  }

  it('is in protected mode, and it is said what to do about it', async () => {
    const reply = 'DENIED Redis is running in protected mode because no password is set for the default user.';
    expect(await refusedWith(reply)).toMatchObject({
      code: 'store_unreachable',
      message: expect.stringMatching(/^Redis is in protected mode .*requirepass.*protected-mode no/) as string,
    });
  });

  it('may come round; where it does not in time, the first word of its errors is told and nothing else', async () => {
    const refusal = await refusedWith('LOADING Redis is loading the dataset of db.internal in memory');
    expect(refusal).toMatchObject({
      code: 'store_unreachable',
      message: expect.stringContaining('(LOADING)') as string,
    });
    expect(String(refusal)).not.toContain('db.internal');
  });
});
