import { type LookupAddress } from 'node:dns';
import { isIPv6 } from 'node:net';
import { checkedLookup } from '../../../pipeline/delivery/checked-lookup';
import { type Edge } from '../../../pipeline/edge';
import { certificateFor } from '../../faults/support/certificates';
import { Closing } from '../support/closing';
import { forbiddenAddresses, publicAddresses } from '../support/forbidden-addresses';
import { RawServer } from '../support/raw-server';
import { send, webhooks } from '../support/webhook';
import { catching, type WebhookCatcher } from '../support/webhook-catcher';

const opened = new Closing();
afterEach(() => opened.all());

const webhookTo = webhooks(opened);
const catcherWith = catching(opened);

const nothing = { allowLoopback: false, allowPrivateNetwork: false };
const everything = { allowLoopback: true, allowPrivateNetwork: true };

const answersOf = (addresses: readonly string[]): LookupAddress[] =>
  addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));

/** A resolver whose first answer is the first, and whose last answer stays; keeps the names it was asked for. */
function resolver(...answers: (readonly string[])[]): { readonly resolve: Edge['resolve']; readonly asked: string[] } {
  const asked: string[] = [];
  const resolve = (name: string) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(name);
    return Promise.resolve(answersOf(answer));
  };
  return { resolve, asked };
}

/** What the lookup hands to the connection, or the code of its refusal. */
function lookedUp(url: string, allowance: typeof nothing, addresses: readonly string[]): Promise<unknown> {
  const { resolve } = resolver(addresses);
  const { promise, resolve: done } = Promise.withResolvers<unknown>();
  checkedLookup(new URL(url), allowance, resolve)(new URL(url).hostname, { all: true }, (error, found) =>
    done(error === null ? found : error.code),
  );
  return promise;
}

const forbidden = 'FORBIDDEN_ADDRESS';
const hook = 'https://hooks.example.com/';

it.each(forbiddenAddresses)('a public name does not lead to %s (%s)', async (address) => {
  expect(await lookedUp(hook, nothing, [address])).toBe(forbidden);
  expect(await lookedUp(hook, { ...nothing, allowLoopback: true }, [address])).toBe(forbidden);
  expect(await lookedUp(hook, everything, [address])).toEqual(answersOf([address]));
});

it('a public name leads to public addresses, all of them in their order', async () => {
  expect(await lookedUp(hook, nothing, publicAddresses)).toEqual(answersOf(publicAddresses));
});

it.each([0, 1, 2])('one forbidden address is enough to refuse them all, at place %i', async (place) => {
  const addresses = ['1.1.1.1', '2606:4700::1'].toSpliced(place, 0, '169.254.169.254');
  expect(await lookedUp(hook, nothing, addresses)).toBe(forbidden);
});

it('a link-local address with the name of its network is one all the same', async () => {
  expect(await lookedUp(hook, nothing, ['fe80::1%eth0'])).toBe(forbidden);
});

it('the name of this machine leads to it and nowhere else', async () => {
  const local = { ...nothing, allowLoopback: true };
  expect(await lookedUp('http://localhost/', local, ['127.0.0.1', '::1'])).toEqual(answersOf(['127.0.0.1', '::1']));
  expect(await lookedUp('http://app.localhost/', local, ['1.1.1.1'])).toBe(forbidden);
  expect(await lookedUp('http://localhost/', local, ['10.0.0.1'])).toBe(forbidden);
});

it('what is sent in the clear does not leave for a public address, even where private networks are allowed', async () => {
  expect(await lookedUp('http://n8n/', everything, ['10.0.0.1'])).toEqual(answersOf(['10.0.0.1']));
  expect(await lookedUp('http://n8n/', everything, ['1.1.1.1'])).toBe(forbidden);
  expect(await lookedUp('https://n8n/', everything, ['1.1.1.1'])).toEqual(answersOf(['1.1.1.1']));
});

it('a name without an address does not resolve', async () => {
  expect(await lookedUp(hook, nothing, [])).toBe('ENOTFOUND');
});

describe('a connection', () => {
  const named = (catcher: WebhookCatcher, host: string) => catcher.url.replace('127.0.0.1', host);

  it('goes to the address that was checked, and asks the resolver once', async () => {
    const catcher = await catcherWith();
    const { resolve, asked } = resolver(['127.0.0.1'], ['169.254.169.254']);
    const webhook = webhookTo(named(catcher, 'app.localhost'), {}, { edge: { resolve } });
    expect(await send(webhook)).toMatchObject({ kind: 'accepted' });
    expect(asked).toEqual(['app.localhost']);
    expect(catcher.requests[0]?.headers.host).toBe(`app.localhost:${catcher.port}`);
  });

  it('is checked anew each time: a name that leads inside at its second look is refused, and nothing is sent', async () => {
    const catcher = await catcherWith();
    const { resolve, asked } = resolver(['127.0.0.1'], ['10.0.0.1'], ['::ffff:10.0.0.1'], ['169.254.169.254']);
    const webhook = webhookTo(named(catcher, 'app.localhost'), {}, { edge: { resolve } });
    expect(await send(webhook)).toMatchObject({ kind: 'accepted' });
    catcher.closeIdle();
    expect(await send(webhook)).toEqual({ kind: 'not_sent', code: 'forbidden_address' });
    expect(asked).toHaveLength(4);
    expect(catcher.requests).toHaveLength(1);
  });

  it('of a public name is not made to this machine, where a server waits for it, with TLS and all', async () => {
    const certificate = await certificateFor(['hooks.example.com']);
    let connections = 0;
    const server = opened.add(
      await RawServer.tls(certificate, (socket) =>
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')),
      ),
      (raw) => raw.close(),
    );
    server.onConnection(() => (connections += 1));
    const { resolve } = resolver(['127.0.0.1']);
    const settings = { ca: certificate.cert, allowedHosts: [`hooks.example.com:${server.port}`] };
    const url = `https://hooks.example.com:${server.port}/`;

    expect(await send(webhookTo(url, settings, { edge: { resolve } }))).toEqual({
      kind: 'not_sent',
      code: 'forbidden_address',
    });
    expect(connections).toBe(0);

    const inside = webhookTo(url, { ...settings, allowPrivateNetwork: true }, { edge: { resolve } });
    expect(await send(inside)).toMatchObject({ kind: 'accepted' });
    expect(connections).toBe(1);
  });

  it('is tried at the next checked address where the first does not answer', async () => {
    const catcher = await catcherWith();
    const { resolve } = resolver(['::1', '127.0.0.1']);
    const webhook = webhookTo(named(catcher, 'app.localhost'), {}, { edge: { resolve } });
    expect(await send(webhook)).toMatchObject({ kind: 'accepted' });
  });
});
