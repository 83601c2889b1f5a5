import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { limitsSchema } from '../../src/config/limits';
import { orgSchema } from '../../src/config/org';
import { configFileVariable, settingNames, variableOf } from '../../src/config/settings';
import { pathOf, yamlOf } from '../deploy/support/files';

const text = readFileSync(join(__dirname, '../../docs/deployment.md'), 'utf8');

/** Every snippet in a language, in order. */
const snippets = (language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, snippet = '']) => snippet);

const overrides = z.array(
  z.object({ services: z.record(z.string(), z.object({ environment: z.record(z.string(), z.string()) })) }),
);

describe('docs/deployment.md', () => {
  it('overrides only services and settings that there are', () => {
    const { services } = z.object({ services: z.record(z.string(), z.unknown()) }).parse(yamlOf('docker-compose.yml'));
    const settings = [...settingNames.map(variableOf), configFileVariable, 'CALLS'];
    for (const { services: overridden } of overrides.parse(
      snippets('yaml').map((snippet) => parse(snippet) as unknown),
    )) {
      for (const [name, { environment }] of Object.entries(overridden)) {
        expect(Object.keys(services)).toContain(name);
        const own = Object.keys(environment).filter((variable) => !variable.startsWith('ACME_'));
        for (const variable of own) expect(settings).toContain(variable);
      }
    }
  });

  it('speaks of drainMs and other limits with the values that they have', () => {
    const { connectsPerSecondPerAddress, drainMs, leaseMs, sessionsPerOrg } = limitsSchema.parse({});
    const { webhook } = orgSchema.parse({ webhook: { url: 'https://hooks.zapier.com/' } });
    const words = text.replace(/\s+/g, ' ');
    expect(words).toContain(`\`drainMs\` (${drainMs / 1_000} s)`);
    expect(words).toContain(`${leaseMs / 1_000} s (\`leaseMs\`)`);
    expect(words).toContain(`\`sessionsPerOrg\` (${sessionsPerOrg.toLocaleString('en')})`);
    expect(words).toContain(`\`connectsPerSecondPerAddress\` (${connectsPerSecondPerAddress})`);
    expect(words).toContain(`\`webhook.maxConcurrent\` (${webhook?.maxConcurrent ?? NaN} for all`);
  });

  it('names scripts and folders that there are', () => {
    const commands = new Set([...text.matchAll(/deploy\/[\w/.-]*\w/g)].map(([path]) => path));
    expect(commands.size).toBeGreaterThan(3);
    for (const path of commands) expect(() => readFileSync(pathOf(path))).not.toThrow(/ENOENT/);
  });
});
