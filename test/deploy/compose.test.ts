import { z } from 'zod';
import { loadConfig } from '../../src/config';
import { limitsSchema } from '../../src/config/limits';
import { orgSchema } from '../../src/config/org';
import { configFileVariable, settingNames, variableOf } from '../../src/config/settings';
import { drainLimits } from '../../src/drain';
import { textOf, yamlOf } from './support/files';

const serviceSchema = z.object({
  image: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  command: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  cpus: z.number(),
  mem_limit: z.string(),
  pids_limit: z.number(),
  stop_grace_period: z.string().optional(),
  ports: z.array(z.string()).default([]),
});

const { services, networks } = z
  .object({
    services: z.record(z.string(), serviceSchema),
    networks: z.record(z.string(), z.object({ internal: z.boolean() }).nullable()),
  })
  .parse(yamlOf('docker-compose.yml'));

const relays = ['relay-a', 'relay-b', 'relay-c'];
const service = (name: string) => serviceSchema.parse(services[name]);

/** Settings that stand in the image, or mean nothing in a container. */
const notPassed = ['HOST', 'PORT', 'TLS_CERT_FILE', 'TLS_KEY_FILE', 'LOG_FILE'];

describe('docker-compose.yml', () => {
  it('passes on every setting of the program, and nothing that is none', () => {
    const known = [...settingNames.map(variableOf), configFileVariable].filter((name) => !notPassed.includes(name));
    for (const relay of relays) expect(Object.keys(service(relay).environment).sort()).toEqual(known.sort());
  });

  it('asks for three values, each of which .env.example knows', () => {
    const asked = [...textOf('docker-compose.yml').matchAll(/\$\{(\w+):?\?/g)].map(([, name]) => name);
    expect(asked).toEqual(['OPENAI_API_KEY', 'RELAY_API_KEY', 'ZAPIER_WEBHOOK_URL']);
    for (const name of asked) expect(textOf('.env.example')).toMatch(new RegExp(`^(# )?${name}=`, 'm'));
  });

  it('starts relays whose settings are right with those three values', () => {
    const values = new Map([
      ['OPENAI_API_KEY', 'sk-test'],
      ['RELAY_API_KEY', 'relay-key-0123456789'],
      ['ZAPIER_WEBHOOK_URL', 'https://hooks.zapier.com/hooks/catch/1/2/'],
    ]);
    for (const relay of relays) {
      const given = Object.entries(service(relay).environment).map(([name, value]) => [
        name,
        value.replace(/\$\{(\w+)[^}]*\}/, (_all, variable: string) => values.get(variable) ?? ''),
      ]);
      const { RELAY_CONFIG: file, ...variables } = Object.fromEntries(given) as Record<string, string>;
      expect(file).toBe('/app/config/relay.config.js');
      // What that file brings, which reads and writes in the container.
      const secrets = { OPERATOR_KEY: 'operator-key-0123456789', RELAY_TOKEN_SECRET: 's'.repeat(32) };
      const result = loadConfig({
        directory: __dirname,
        variables: { ...variables, ...secrets, HOST: '0.0.0.0', PORT: '8000' },
      });
      expect(result).toMatchObject({ kind: 'ready', config: { storeUrl: 'redis://redis:6379' } });
    }
  });

  it('gives a relay longer to stop than stopping takes', () => {
    const org = orgSchema.parse({ webhook: { url: 'https://hooks.zapier.com/' } });
    const { drainMs, settleMs } = drainLimits({ orgs: [org], limits: limitsSchema.parse({}) } as never);
    for (const relay of relays) {
      const graceMs = Number.parseInt(service(relay).stop_grace_period ?? '', 10) * 1_000;
      expect(graceMs).toBeGreaterThanOrEqual(drainMs + settleMs + 5_000);
    }
  });

  it('hardens and limits every service', () => {
    for (const [name, each] of Object.entries(services)) {
      expect({ name, ...each }).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
  });

  it('keeps Redis out of reach of everybody but the relays, and makes it keep what it is told', () => {
    expect(networks['store']).toEqual({ internal: true });
    const inStore = Object.entries(services).filter(([, each]) => each.networks.includes('store'));
    expect(inStore.map(([name]) => name).sort()).toEqual(['redis', ...relays]);
    expect(service('redis').ports).toEqual([]);
    const settings = service('redis').command;
    for (const setting of ['--appendonly yes', '--appendfsync always', '--maxmemory-policy noeviction']) {
      expect(settings).toContain(setting);
    }
  });

  it('shows to the world the load balancer alone', () => {
    const shown = Object.entries(services).flatMap(([name, { ports }]) => ports.map((port) => `${name} ${port}`));
    expect(shown).toEqual(['haproxy ${PORT:-8000}:8000', 'prometheus 127.0.0.1:${PROMETHEUS_PORT:-9090}:9090']);
  });

  it('names the relays alike for the load balancer and for Prometheus', () => {
    const { environment } = service('haproxy');
    expect([environment['RELAY_A'], environment['RELAY_B'], environment['RELAY_C']]).toEqual(
      relays.map((relay) => `${relay}:8000`),
    );
    const { scrape_configs: jobs } = z
      .object({
        scrape_configs: z.array(
          z.object({ job_name: z.string(), static_configs: z.array(z.object({ targets: z.array(z.string()) })) }),
        ),
      })
      .parse(yamlOf('deploy/prometheus/prometheus.yml'));
    const targets = jobs.map(({ job_name: job, static_configs: [first] }) => [job, first?.targets]);
    expect(targets).toEqual([
      ['relay', relays.map((relay) => `${relay}:8000`)],
      ['haproxy', ['haproxy:8404']],
    ]);
  });

  it('pins the images of others', () => {
    const images = Object.values(services).flatMap(({ image = '' }) => (image === 'realtime-relay' ? [] : [image]));
    for (const image of images) expect(image).toMatch(/:v?\d+\.\d+/);
  });
});
