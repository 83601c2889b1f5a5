import { z } from 'zod';
import { readJsonDocument } from '../documents/json-document';
import type { NextDocument, ReadDocument, Verb } from '../documents/verb';

/** Reads jambonz verbs strictly (protocol reference, section 9). An answer that is no list is none. */
export function readVerbs(document: string): ReadDocument {
  return readJsonDocument(document, verb, verbOf);
}

const sampleRate = z.union([z.literal(8000), z.literal(16000), z.literal(24000)]).default(8000);
const hook = z.string();

const listenFields = {
  url: z.string(),
  actionHook: hook.optional(),
  wsAuth: z.strictObject({ username: z.string(), password: z.string() }).optional(),
  mixType: z.enum(['mono', 'stereo', 'mixed']).default('mono'),
  sampleRate,
  passDtmf: z.boolean().default(false),
  metadata: z.record(z.string(), z.json()).default({}),
  bidirectionalAudio: z
    .strictObject({ enabled: z.boolean().default(true), streaming: z.boolean().default(false), sampleRate })
    .default({ enabled: true, streaming: false, sampleRate: 8000 }),
  finishOnKey: z.string().optional(),
  maxLength: z.number().optional(),
  timeout: z.number().optional(),
  playBeep: z.boolean().optional(),
};

const target = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('phone'), number: z.string().regex(/^\+?[1-9]\d{6,14}$/) }),
  z.strictObject({ type: z.literal('sip'), sipUri: z.string().regex(/^sips?:\S+@\S+$/) }),
]);

const verb = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('listen'), ...listenFields }),
  z.strictObject({ verb: z.literal('stream'), ...listenFields }),
  z.strictObject({
    verb: z.literal('dial'),
    target: z.array(target).min(1),
    callerId: z.string().optional(),
    actionHook: hook.optional(),
    timeout: z.number().optional(),
    answerOnBridge: z.boolean().optional(),
  }),
  z.strictObject({ verb: z.literal('sip:refer'), referTo: z.string(), actionHook: hook.optional() }),
  z.strictObject({ verb: z.literal('redirect'), actionHook: hook }),
  z.strictObject({ verb: z.literal('say'), text: z.string() }),
  z.strictObject({ verb: z.literal('pause'), length: z.number() }),
  z.strictObject({ verb: z.literal('hangup') }),
]);

function verbOf(said: z.output<typeof verb>): Verb {
  switch (said.verb) {
    case 'listen':
    case 'stream': {
      const { url, metadata, actionHook, wsAuth, ...asked } = said;
      const attributes = {
        listen: JSON.stringify(asked),
        ...(wsAuth === undefined ? {} : { basic: `${wsAuth.username}:${wsAuth.password}` }),
      };
      const parameters = Object.fromEntries(Object.entries(metadata).map(([name, of]) => [name, JSON.stringify(of)]));
      return { verb: 'Connect', stream: { url, attributes, parameters }, next: nextOf(actionHook) };
    }
    case 'dial':
      return {
        verb: 'Dial',
        targets: said.target.map((each) => (each.type === 'phone' ? each.number : each.sipUri)),
        callerId: said.callerId,
        next: nextOf(said.actionHook),
      };
    case 'sip:refer':
      return { verb: 'Dial', targets: [said.referTo], callerId: undefined, next: nextOf(said.actionHook) };
    case 'redirect':
      return { verb: 'Redirect', next: { url: said.actionHook, method: 'POST' } };
    case 'say':
      return { verb: 'Say', text: said.text };
    case 'pause':
      return { verb: 'Pause', ms: said.length * 1000 };
    case 'hangup':
      return { verb: 'Hangup' };
  }
}

function nextOf(actionHook: string | undefined): NextDocument | undefined {
  return actionHook === undefined ? undefined : { url: actionHook, method: 'POST' };
}

const listen = z.object({
  sampleRate: listenFields.sampleRate,
  passDtmf: z.boolean(),
  mixType: z.string(),
  bidirectionalAudio: z.object({ enabled: z.boolean(), streaming: z.boolean(), sampleRate: listenFields.sampleRate }),
});

/** What a `listen` asked of its socket. */
export type Listen = z.output<typeof listen>;

/** The same again, out of a stream's attributes. */
export function listenOf(attributes: Readonly<Record<string, string>>): Listen {
  return listen.parse(JSON.parse(attributes['listen'] ?? '{}'));
}
