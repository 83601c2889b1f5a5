import { z } from 'zod';
import { readJsonDocument } from '../documents/json-document';
import type { ReadDocument, Verb } from '../documents/verb';

/** Reads an NCCO strictly (protocol reference, section 6). An answer that is no list is none. */
export function readNcco(document: string): ReadDocument {
  return readJsonDocument(document, action, verbOf);
}

const phoneNumber = z.string().regex(/^[1-9]\d{6,14}$/, 'digits without a plus');

const endpoint = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('websocket'),
    uri: z.string().regex(/^wss?:\/\//),
    'content-type': z.enum(['audio/l16;rate=8000', 'audio/l16;rate=16000', 'audio/l16;rate=24000']),
    headers: z
      .record(z.string(), z.json())
      .default({})
      .refine((headers) => Buffer.byteLength(JSON.stringify(headers)) <= 512, 'headers are longer than 512 bytes'),
    authorization: z
      .discriminatedUnion('type', [
        z.strictObject({ type: z.literal('vonage') }),
        z.strictObject({ type: z.literal('custom'), value: z.string() }),
      ])
      .optional(),
  }),
  z.strictObject({ type: z.literal('phone'), number: phoneNumber }),
  z.strictObject({ type: z.literal('sip'), uri: z.string().regex(/^sips?:/) }),
]);

const action = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('connect'),
    endpoint: z.tuple([endpoint]),
    from: z.string().optional(),
    eventType: z.literal('synchronous').optional(),
    eventUrl: z.tuple([z.url()]).optional(),
    eventMethod: z.enum(['GET', 'POST']).default('POST'),
    timeout: z.int().positive().optional(),
    limit: z.int().min(1).max(7200).optional(),
  }),
  z.strictObject({
    action: z.literal('talk'),
    text: z.string(),
    bargeIn: z.boolean().optional(),
    language: z.string().optional(),
    style: z.int().optional(),
    premium: z.boolean().optional(),
  }),
]);

function verbOf(instruction: z.output<typeof action>): Verb {
  if (instruction.action === 'talk') return { verb: 'Say', text: instruction.text };
  const { from, eventType, eventUrl, eventMethod } = instruction;
  const [target] = instruction.endpoint;
  const isAsked = eventType === 'synchronous' && eventUrl !== undefined;
  const next = isAsked ? { url: eventUrl[0], method: eventMethod } : undefined;
  if (target.type === 'phone') return { verb: 'Dial', targets: [target.number], callerId: from, next };
  if (target.type === 'sip') return { verb: 'Dial', targets: [target.uri], callerId: from, next };
  const { type, value } = { value: '', ...(target.authorization ?? { type: 'none' }) };
  const attributes = { contentType: target['content-type'], authorization: type, authorizationValue: value };
  const parameters = Object.fromEntries(Object.entries(target.headers).map(([name, of]) => [name, JSON.stringify(of)]));
  return { verb: 'Connect', stream: { url: target.uri, attributes, parameters }, next };
}
