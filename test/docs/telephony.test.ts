import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { loadConfig } from '../../src/config';
import { telephonySchema } from '../../src/config/telephony';
import { asterisk } from '../../relay';
import { summaryOf } from '../../src/cli/summary';
import { refusal } from '../../src/http/refusal';
import { dialplanMediaPath, voicePath } from '../../src/telephony/addresses';
import { transferVariable } from '../../src/telephony/carriers/asterisk';
import { readDialplanAddress } from '../../src/telephony/dialplan-address';
import { carriers } from '../../src/telephony/switchboard';

const text = readFileSync(join(__dirname, '../../docs/telephony.md'), 'utf8');
const part = (title: string) => text.split(/^## /m).find((each) => each.startsWith(`${title}\n`)) ?? '';

/** What `check` says to a config file. */
function checked(json: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'relay-telephony-docs-'));
  writeFileSync(join(directory, 'relay.config.json'), json);
  const result = loadConfig({
    directory,
    variables: {
      OPENAI_API_KEY: 'sk-test',
      CLINIC_RELAY_KEY: 'clinic-key-0123456789',
      CLINIC_ZAPIER_URL: 'https://hooks.zapier.com/hooks/catch/1/2/',
      TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'token-0123456789',
    },
  });
  rmSync(directory, { recursive: true });
  if (result.kind === 'wrong') throw new Error(JSON.stringify(result.problems));
  return summaryOf(result.config);
}

const lines = z.record(z.string(), z.record(z.string(), z.unknown()));

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** The settings with something in the place of each variable that would do for it. */
function filledIn(telephony: unknown): unknown {
  const uuid = '00000000-0000-4000-8000-000000000000';
  const values: Readonly<Record<string, string>> = {
    SIGNALWIRE_PROJECT_ID: uuid,
    TELNYX_PUBLIC_KEY: Buffer.alloc(32, 1).toString('base64'),
    PLIVO_AUTH_ID: `MA${'0'.repeat(18)}`,
    VONAGE_APPLICATION_ID: uuid,
    VONAGE_PRIVATE_KEY: privateKey,
    JAMBONZ_ACCOUNT_SID: uuid,
  };
  return JSON.parse(JSON.stringify(telephony), (_key, value: unknown) => {
    const [, name] = typeof value === 'string' ? (/^\$\{(\w+)\}$/.exec(value) ?? []) : [];
    return name === undefined ? value : (values[name] ?? 'some-secret-0123456789');
  });
}

describe('docs/telephony.md', () => {
  it.each([
    ['Twilio', telephonySchema.shape.twilio],
    ['SignalWire', telephonySchema.shape.signalwire],
    ['Telnyx', telephonySchema.shape.telnyx],
    ['Plivo', telephonySchema.shape.plivo],
    ['Vonage', telephonySchema.shape.vonage],
    ['Asterisk', telephonySchema.shape.asterisk],
    ['jambonz', telephonySchema.shape.jambonz],
  ])('names every setting of %s, and no other', (title, schema) => {
    const rows = part(title)
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((row) => Array.from((row.split('|')[1] ?? '').matchAll(/`(\w+)`/g), ([, name]) => name));
    const inner: unknown = schema.unwrap();
    const known = inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
    expect(named.sort()).toEqual(known.sort());
  });

  it.each([
    ['Twilio', 'twilio'],
    ['SignalWire', 'signalwire'],
    ['Telnyx', 'telnyx'],
    ['Plivo', 'plivo'],
    ['Vonage', 'vonage'],
    ['jambonz', 'jambonz'],
  ])('says where %s has to ask', (title, carrier) => {
    expect(carriers.map(({ name }) => name)).toContain(carrier);
    expect(part(title)).toContain(`https://voice.example.com${voicePath(carrier)}`);
  });

  it('shows settings that are right, and of which `check` shows where to point the number', () => {
    const [, json = ''] = /```json\n([^]*?)```/.exec(part('What every carrier needs')) ?? [];
    const summary = checked(json);
    expect(summary).toContain('https://voice.example.com/telephony/twilio/voice');
    expect(part('Twilio')).toContain('https://voice.example.com/telephony/twilio/voice');
    expect(summary).not.toContain('token-0123456789');
  });

  it('shows what no other carrier can do without, and nothing else', () => {
    const [, , json = ''] = part('What every carrier needs').split('```json\n');
    const { telephony } = z.object({ telephony: lines }).parse(JSON.parse(json.split('```')[0] ?? ''));
    expect(['twilio', ...Object.keys(telephony)].sort()).toEqual(Object.keys(telephonySchema.shape).sort());
    expect(telephonySchema.parse(filledIn(telephony))).toMatchObject({ plivo: { numbers: ['+15551230003'] } });
    const without = Object.entries(telephony).flatMap(([carrier, settings]) =>
      Object.keys(settings).map((left) => ({ [carrier]: { ...settings, [left]: undefined } })),
    );
    expect(without.filter((one) => telephonySchema.safeParse(filledIn(one)).success)).toEqual([]);
  });

  it('shows a dialplan whose streams the relay lets in, and that finds out whom to connect a caller with', () => {
    const text = part('Asterisk');
    const [, uri = ''] = /^uri = (.+)$/m.exec(text) ?? [];
    expect(new URL(uri).pathname).toBe(dialplanMediaPath('asterisk'));
    const [, variables = ''] = /f\(json\)v\((called=.*)\),,g\)$/m.exec(text) ?? [];
    const query = variables.replace('${EXTEN}', '15551230000').replace('${UNIQUEID}', '1700000000.1').replace(',', '&');
    expect(readDialplanAddress(`${uri}?${query}`)).toEqual({ called: '+15551230000', callId: '1700000000.1' });
    expect(text).toContain(`Set(TO=\${SHARED(${transferVariable})})`);
    expect(text).toContain(JSON.stringify(refusal.wrongDialplan('called').message));
    expect(text).toContain(`protocols = ${asterisk.subprotocol ?? ''}`);
  });

  it('shows the address that `check` shows for Asterisk, which needs no public one', () => {
    const text = part('Asterisk');
    const settings = (publicUrl: object) =>
      JSON.stringify({
        ...publicUrl,
        orgs: {
          clinic: {
            apiKeys: ['clinic-key-0123456789'],
            telephony: { asterisk: { numbers: ['+15551230000'], username: 'pbx', password: 'ChooseALongOne1' } },
          },
        },
      });
    const [, uri = ''] = /^uri = (.+)$/m.exec(text) ?? [];
    expect(checked(settings({ publicUrl: 'https://voice.example.com' }))).toMatch(
      new RegExp(`websocket_client.conf: ${uri}$`, 'm'),
    );
    const [, local = ''] = /`(ws:[^`]+)`/.exec(text) ?? [];
    expect(checked(settings({}))).toMatch(new RegExp(`websocket_client.conf: ${local}$`, 'm'));
  });
});
