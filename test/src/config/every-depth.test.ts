import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../src/config';
import { limitsSchema } from '../../../src/config/limits';
import { isPlainObject } from '../../../src/plain-object';

type Place = readonly (string | number)[];

/** A config file in which everything is set that can be. */
const whole = {
  openaiRealtimeUrl: 'wss://api.openai.com/v1/realtime',
  openaiRealtimeModel: 'gpt-realtime-2.1',
  host: '127.0.0.1',
  port: 8_000,
  publicUrl: 'https://relay.example.com',
  webhookHosts: ['hooks.example.com'],
  operatorKey: 'operator-0123456789',
  relayTokenSecret: 'a secret of at least thirty-two characters',
  storeUrl: 'memory:',
  logLevel: 'info',
  logFile: 'relay.log',
  recordDir: 'recordings',
  recordAudio: 'dropped',
  recordPersonalData: 'redacted',
  limits: limitsSchema.parse({}),
  orgs: {
    acme: {
      apiKeys: ['key-0123456789'],
      allowedOrigins: ['https://acme.example.com'],
      timeZone: 'Europe/Berlin',
      tools: ['create_appointment'],
      limits: { idleMs: 5_000 },
      record: { enabled: true, dir: 'recordings/acme', audio: 'kept', personalData: 'kept' },
      webhook: {
        url: 'https://hooks.example.com/1',
        headers: { 'x-key': 'value' },
        signingSecrets: [`whsec_${Buffer.alloc(32).toString('base64')}`],
        deadlineMs: 8_000,
        maxConcurrent: 10,
        events: ['escalate_call'],
        breaker: { failures: 3, pauseMs: 500, maxPauseMs: 10_000 },
        allowPrivateNetwork: true,
        callbackSecret: 'a callback secret of the Zap'.replaceAll(' ', '-'),
      },
      session: {
        instructions: 'Be brief.',
        output_modalities: ['audio'],
        max_output_tokens: 100,
        parallel_tool_calls: true,
        reasoning: { effort: 'low' },
        audio: {
          input: {
            format: { type: 'audio/pcm', rate: 24_000 },
            transcription: { model: 'gpt-4o-transcribe', language: 'de' },
            noise_reduction: { type: 'near_field' },
            turn_detection: { type: 'server_vad', threshold: 0.5, silence_duration_ms: 500, create_response: true },
          },
          output: { format: { type: 'audio/pcmu' }, voice: { id: 'voice_1' }, speed: 1 },
        },
        tracing: { workflow_name: 'calls', group_id: 'g' },
        truncation: { type: 'retention_ratio', retention_ratio: 0.8, token_limits: { post_instructions: 1_000 } },
        prompt: { id: 'pmpt_1', version: '1', variables: { name: 'value' } },
        include: ['item.input_audio_transcription.logprobs'],
      },
    },
  },
};

/** Objects whose keys anybody may choose. */
const open = new Set(['orgs', 'orgs.acme.webhook.headers', 'orgs.acme.session.prompt.variables']);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relay-depth-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function problems(content: unknown) {
  writeFileSync(join(directory, 'relay.config.json'), JSON.stringify(content));
  const result = loadConfig({ variables: { OPENAI_API_KEY: 'sk-test' }, directory });
  return result.kind === 'ready' ? [] : result.problems;
}

it('is right as a whole', () => {
  expect(problems(whole)).toEqual([]);
});

const objects = placesIn(whole).filter(([place, value]) => isPlainObject(value) && !open.has(place.join('.')));

describe('a key with one letter too many is refused, and the right one named', () => {
  it.each(objects.map(([place, value]) => [place.join('.') || 'the file', place, value] as const))(
    'in %s',
    (_name, place, value) => {
      for (const key of Object.keys(value as object)) {
        const wrong = `${key}x`;
        const told = problems(changed(whole, [...place, wrong], 1));
        expect(told).toHaveLength(1);
        const { setting, message } = told[0] ?? { setting: '', message: '' };
        expect(setting).toBe(`relay.config.json: ${(place.length === 0 ? [wrong] : place).join('.')}`);
        expect(message).toContain(`did you mean "${key}"?`);
      }
    },
  );
});

const parts = placesIn(whole).filter(([place]) => place.length > 0);

describe('a value of another type is refused, and its place and what it must be are named', () => {
  it.each(parts.map(([place]) => [textOf(place), place] as const))('at %s', (name, place) => {
    for (const value of [{ canary: 1 }, ['canary'], true, -7.5]) {
      if (kindOf(value) === kindOf(valueAt(whole, place))) continue;
      const told = problems(changed(whole, place, value));
      expect(told.length).toBeGreaterThan(0);
      for (const { setting, message } of told) {
        expect(name.startsWith(setting.replace('relay.config.json: ', '').replace(/\[\d+\]$/, ''))).toBe(true);
        expect(message).not.toMatch(/invalid (input|union|option|type)|expected|canary/i);
        expect(message.length).toBeGreaterThan(12);
      }
    }
  });
});

const kindOf = (value: unknown) => (Array.isArray(value) ? 'list' : typeof value);

function placesIn(value: unknown, place: Place = []): (readonly [Place, unknown])[] {
  const inner = isPlainObject(value) || Array.isArray(value) ? Object.entries(value as object) : [];
  const key = (name: string) => (Array.isArray(value) ? Number(name) : name);
  return [[place, value], ...inner.flatMap(([name, part]) => placesIn(part, [...place, key(name)]))];
}

function changed(content: unknown, place: Place, value: unknown): unknown {
  const copy: unknown = structuredClone(content);
  const parent = valueAt(copy, place.slice(0, -1));
  Reflect.set(parent as object, place.at(-1) ?? '', value);
  return copy;
}

function valueAt(content: unknown, place: Place): unknown {
  return place.reduce<unknown>((part, key) => Reflect.get(part as object, key) as unknown, content);
}

function textOf(place: Place): string {
  return place
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .slice(1);
}
