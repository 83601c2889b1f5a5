import { readdirSync } from 'node:fs';
import { z } from 'zod';
import { limitsSchema } from '../../src/config/limits';
import { orgSchema } from '../../src/config/org';
import { settingNames, variableOf } from '../../src/config/settings';
import { drainLimits } from '../../src/drain';
import { documentsOf, pathOf, yamlOf } from './support/files';

const folder = 'deploy/kubernetes';
const files = readdirSync(pathOf(folder));

const labels = z.record(z.string(), z.string());
const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.literal('http') }) });

const deployment = z
  .object({
    spec: z.object({
      selector: z.object({ matchLabels: labels }),
      template: z.object({
        metadata: z.object({ labels }),
        spec: z.object({
          terminationGracePeriodSeconds: z.number(),
          securityContext: z.object({ runAsNonRoot: z.literal(true), runAsUser: z.literal(1_000) }).loose(),
          containers: z.tuple([
            z.object({
              env: z.array(z.object({ name: z.string(), value: z.string() })),
              readinessProbe: probe,
              livenessProbe: probe,
              lifecycle: z.object({
                preStop: z.object({ exec: z.object({ command: z.tuple([z.literal('sleep'), z.string()]) }) }),
              }),
              securityContext: z.object({
                allowPrivilegeEscalation: z.literal(false),
                readOnlyRootFilesystem: z.literal(true),
                capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
              }),
            }),
          ]),
        }),
      }),
    }),
  })
  .parse(yamlOf(`${folder}/deployment.yaml`));

const { template } = deployment.spec;
const [container] = template.spec.containers;

describe('deploy/kubernetes', () => {
  it('is well-formed, and every object says what it is', () => {
    for (const file of files) {
      for (const document of documentsOf(`${folder}/${file}`)) {
        expect({ file, document }).toMatchObject({
          document: { apiVersion: expect.any(String) as string, kind: expect.any(String) as string },
        });
      }
    }
  });

  it('applies every file but the example of a Secret', () => {
    const { resources } = z.object({ resources: z.array(z.string()) }).parse(yamlOf(`${folder}/kustomization.yaml`));
    const applied = files.filter((file) => !['kustomization.yaml', 'secret.example.yaml'].includes(file));
    expect([...resources].sort()).toEqual(applied.sort());
  });

  it('gives a relay as long to stop as preStop and stopping take together, and some more', () => {
    const { data } = z.object({ data: z.record(z.string(), z.string()) }).parse(yamlOf(`${folder}/config.yaml`));
    const file = z.object({ limits: limitsSchema }).parse(JSON.parse(data['relay.config.json'] ?? ''));
    const webhook = orgSchema.parse({ webhook: { url: 'https://hooks.zapier.com/' } }).webhook;
    const { drainMs, settleMs } = drainLimits({ orgs: [{ webhook }], limits: file.limits } as never);
    const [, preStop] = container.lifecycle.preStop.exec.command;
    const graceMs = template.spec.terminationGracePeriodSeconds * 1_000;
    expect(graceMs).toBeGreaterThanOrEqual(Number(preStop) * 1_000 + drainMs + settleMs + 10_000);
    expect(graceMs).toBeLessThan(Number(preStop) * 1_000 + drainMs + settleMs + 15_000);
  });

  it('asks readiness of the store and liveness of the process alone', () => {
    expect(container.readinessProbe.httpGet.path).toBe('/readyz');
    expect(container.livenessProbe.httpGet.path).toBe('/healthz');
  });

  it('selects the relays by the same label everywhere', () => {
    const selector = { app: 'relay' };
    expect(deployment.spec.selector.matchLabels).toEqual(selector);
    expect(template.metadata.labels).toEqual(selector);
    expect(yamlOf(`${folder}/service.yaml`)).toMatchObject({ spec: { selector } });
    expect(yamlOf(`${folder}/disruption.yaml`)).toMatchObject({ spec: { selector: { matchLabels: selector } } });
    expect(yamlOf(`${folder}/network-policy.yaml`)).toMatchObject({ spec: { podSelector: { matchLabels: selector } } });
    expect(yamlOf(`${folder}/autoscaler.yaml`)).toMatchObject({ spec: { scaleTargetRef: { name: 'relay' } } });
  });

  it('sets only what is a setting', () => {
    const { stringData } = z
      .object({ stringData: z.record(z.string(), z.string()) })
      .parse(yamlOf(`${folder}/secret.example.yaml`));
    const known = [...settingNames.map(variableOf), 'RELAY_CONFIG'];
    for (const name of [...Object.keys(stringData), ...container.env.map((each) => each.name)]) {
      expect(known).toContain(name);
    }
  });
});
