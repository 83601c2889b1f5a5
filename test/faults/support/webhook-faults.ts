import { randomBytes } from 'node:crypto';
import { maxAnswerBytes } from '../../../pipeline/delivery/exchange';
import { type Answer, hang, status } from '../../pipeline/support/webhook-catcher';
import { cut, delay, drip, type Fault, instead, type Place, reset, silence } from '../../support/fault-proxy';
import { type Certificates } from './certificates';
import { fullListener } from './full-listener';
import { inBody, inHead, type Strike, type WebhookFault } from './webhook-scene';

/* What can go wrong between the pipeline and a webhook, by where it has to land (docs/results.md). */

/** Nothing was done, and that is certain. */
export const notSent: readonly WebhookFault[] = [
  ...faults(
    // Too long a label for any name server, so that none is asked.
    { received: 0, attempts: 3, url: () => `https://${'a'.repeat(64)}.invalid/` },
    { 'a name that does not resolve': nothing },
  ),
  ...faults(
    { received: 0, lasts: true, url: async ({ opened }) => `http://127.0.0.1:${await fullListener(opened)}/` },
    { 'a connection that never comes up': nothing },
  ),
  ...faults({ received: 0, attempts: 3 }, { 'nobody listens': ({ proxy }) => proxy.refuse() }),
  ...faults(
    { received: 0, attempts: 3, scheme: 'https' },
    {
      'a connection reset as it comes up, before TLS': up(reset()),
      'a connection cut as it comes up, before TLS': up(cut()),
      'a TLS handshake that is reset': up(reset({ before: 1 })),
      'a TLS handshake cut in the middle of the question': up(cut({ after: 100 })),
      'a TLS handshake cut in the middle of the answer': down(cut({ after: 100 })),
      'garbage instead of TLS': down(instead(randomBytes(64))),
      'a server that speaks no TLS': ({ proxy, hook }) => (proxy.target = hook.port),
      'a certificate nobody vouches for': certificate('untrusted'),
      'a certificate that has expired': certificate('expired'),
      'a certificate of another name': certificate('ofAnotherName'),
    },
  ),
  ...faults(
    { received: 0, scheme: 'https', lasts: true },
    {
      'a TLS handshake nobody answers': ({ proxy }) => proxy.goSilent(),
      'a TLS handshake that is answered too slowly': down(drip(1, 300)),
    },
  ),
  ...faults(
    { received: 1, attempts: 1 },
    {
      '429': answers(status(429)),
      '429 that asks for a time nobody can read': answers(status(429, { 'retry-after': 'soon' })),
    },
  ),
  ...faults(
    { received: 1, attempts: 1, rests: true },
    { '429 that asks for more time than there is': answers(status(429, { 'retry-after': '60' })) },
  ),
  ...faults({ received: 3, attempts: 3 }, { '429 each time': answers(status(429, { 'retry-after': '0' })) }),
];

/** It may have been done. */
export const unknown: readonly WebhookFault[] = [
  ...faults(
    { received: 0, attempts: 1 },
    {
      ...cutAndReset('at the first byte of the request', { before: 1 }, up),
      ...cutAndReset('within the head of the request', { after: inHead }, up),
      ...cutAndReset('within the body of the request', { after: inBody }, up),
    },
  ),
  ...faults(
    { received: 0, attempts: 1, lasts: true },
    {
      'a request that is lost': up(silence()),
      'a request of which a part is lost': up(silence({ after: inBody })),
      'a connection that is half open': ({ proxy }) => proxy.goSilent(),
    },
  ),
  ...faults(
    { received: 1, attempts: 1, lasts: true },
    {
      'no reply': answers(hang),
      'a reply that is lost': down(silence()),
      'a reply of which a part is lost': down(silence({ after: 30 })),
      'a reply that drips in past the deadline': down(drip(1, 300)),
      '"103 Early Hints" and nothing more': down(instead(head('103 Early Hints', 'link: </a>'))),
    },
  ),
  ...faults(
    { received: 1, attempts: 1, lasts: true, scheme: 'https' },
    { 'a connection that is half open from the request on, over TLS': onRequest(({ proxy }) => proxy.goSilent()) },
  ),
  ...faults(
    { received: 1, attempts: 1, scheme: 'https' },
    {
      'reset after the request, over TLS': onRequest(up(reset())),
      'cut after the request, over TLS': onRequest(up(cut())),
    },
  ),
  ...faults(
    { received: 1, attempts: 1 },
    {
      ...cutAndReset('after the request', { after: 0 }, (fault) => onRequest(up(fault))),
      ...cutAndReset('instead of the reply', { before: 1 }, down),
      ...cutAndReset('within the head of the reply', { after: 12 }, down),
      'another protocol': down(instead('220 mail.example.com ESMTP\r\n')),
      'garbage instead of a reply': down(instead(Buffer.alloc(300, 0xfe))),
      'a reply of two lengths': down(instead(head('200 OK', 'content-length: 1', 'content-length: 2'))),
      'a status that does not exist': down(instead(head('999 Odd', 'content-length: 0'))),
      '"100 Continue", which nobody asked for': down(instead(head('100 Continue'))),
      '"101 Switching Protocols"': down(instead(head('101 Switching Protocols', 'upgrade: x', 'connection: upgrade'))),
      ...statuses([408, 409, 425, 500, 501, 502, 503, 504, 507, 599]),
    },
  ),
];

/** It was refused, without effect. */
export const rejected: readonly WebhookFault[] = faults(
  { received: 1, attempts: 1 },
  {
    ...Object.fromEntries(
      [300, 301, 302, 303, 304, 307, 308].map((code): [string, Strike] => [
        `${code} to somewhere else`,
        (scene) => answers(status(code, { location: `${scene.hook.url}elsewhere` }))(scene),
      ]),
    ),
    ...statuses([
      400, 401, 402, 403, 404, 405, 406, 410, 411, 413, 414, 415, 418, 421, 422, 423, 426, 428, 431, 451, 499,
    ]),
    '404 whose body is lost': down(instead(head('404 Not Found', 'content-length: 9'))),
  },
);

/** It was taken. */
export const success: readonly WebhookFault[] = [
  ...faults(
    { received: 1, attempts: 1 },
    {
      ...statuses([200, 201, 202, 204, 206, 299]),
      'a request that is delayed': up(delay(20)),
      'a request that drips in': up(drip(500, 5)),
      'a reply that drips in': down(drip(10, 1)),
      'a reply in HTTP/1.0': down(instead(`HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n`)),
      'a reply in HTTP/1.0 whose end is lost': down(instead('HTTP/1.0 200 OK\r\n\r\n<html>')),
      'a reply behind an early hint': down(instead(head('103 Early Hints') + head('200 OK', 'content-length: 0'))),
      'a reply whose body is cut off': onceBegun(down(cut())),
      'a reply whose body is reset': onceBegun(down(reset())),
      'a reply whose body is lost': onceBegun(down(silence())),
      'a reply whose body turns to garbage': down(
        instead(`${head('200 OK', 'transfer-encoding: chunked')}no chunk\r\n`),
      ),
      'a reply whose body cannot be unpacked': answers((response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip'),
      ),
      'a reply whose body never ends': answers((response) => {
        const write = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(maxAnswerBytes)));
        };
        response.on('drain', write);
        write();
      }),
    },
  ),
  ...faults(
    { received: 2, attempts: 2 },
    { '429, and then a reply': answers(status(429, { 'retry-after': '0' }), status(200)) },
  ),
];

/** Faults that have all but the way they strike in common. */
function faults(common: Omit<WebhookFault, 'fault' | 'strike'>, strikes: Record<string, Strike>): WebhookFault[] {
  return Object.entries(strikes).map(([fault, strike]) => ({ fault, strike, ...common }));
}

/** For faults that lie in the URL. */
function nothing(): void {
  return undefined;
}

function up(fault: Fault): Strike {
  return ({ proxy }) => (proxy.up.fault = fault);
}

function down(fault: Fault): Strike {
  return ({ proxy }) => (proxy.down.fault = fault);
}

function cutAndReset(where: string, place: Place, direction: (fault: Fault) => Strike): Record<string, Strike> {
  return { [`cut ${where}`]: direction(cut(place)), [`reset ${where}`]: direction(reset(place)) };
}

function certificate(kind: Exclude<keyof Certificates, 'ca'>): Strike {
  return async ({ proxy, certificates, tls }) => (proxy.target = await tls(certificates[kind]));
}

function answers(...each: Answer[]): Strike {
  return ({ hook }) => (hook.answers = each);
}

/** Statuses, each bare and with a request to come again. */
function statuses(codes: readonly number[]): Record<string, Strike> {
  return Object.fromEntries(
    codes.flatMap((code): [string, Strike][] => [
      [String(code), answers(status(code))],
      [`${code} that asks to come again`, answers(status(code, { 'retry-after': '0' }))],
    ]),
  );
}

/** Strikes when the request has come, and leaves it without a reply. */
function onRequest(strike: Strike): Strike {
  return (scene) => answers(() => strike(scene))(scene);
}

/** Strikes when the head and a first piece of the body of a reply have come through. */
function onceBegun(strike: Strike): Strike {
  const begun = `${head('200 OK', 'content-length: 100')}{"id"`;
  return (scene) =>
    answers(({ socket }) => {
      socket?.write(begun);
      void scene.proxy.down.passed(begun.length).then(() => strike(scene));
    })(scene);
}

/** The head of a reply in HTTP/1.1. */
function head(line: string, ...fields: string[]): string {
  return [`HTTP/1.1 ${line}`, ...fields, '', ''].join('\r\n');
}
