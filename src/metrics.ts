import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CircuitObservation, DeliveryObservation, IntentChange } from '../pipeline';
import type { Ending, SessionMeter } from '../relay';
import { createPhoneMetrics, type PhoneMetrics } from './metrics/phones';
import { createRecordingMetrics, type RecordingMetrics } from './metrics/recordings';
import { createTraffic } from './metrics/traffic';
import type { MetricReport } from './workers/team';

/** What the program counts, in Prometheus' form. Labels hold names and codes that the program itself knows, nothing else. */
export interface Metrics {
  /** A session began; what is returned is called when it has ended. */
  sessionStarted(orgId: string): (ending: Ending) => void;
  /** A request or connection was refused, by its code. */
  refused(code: string): void;
  /** A tool call was answered. */
  toolAnswered(tool: string, status: string, durationMs: number): void;
  /** A delivery to an org's webhook ended. */
  webhookCalled(delivery: DeliveryObservation): void;
  /** An org's webhook is given a rest, is tried again after it, or answers again. */
  circuitChanged(change: CircuitObservation): void;
  /** Something that was kept was sent without a caller, or expired before it was: how it is left. */
  redelivered(orgId: string, outcome: string): void;
  /** The operator or a callback changed an intent. */
  intentChanged(change: IntentChange): void;
  /** Counts what sessions send. */
  readonly meter: SessionMeter;
  readonly phones: PhoneMetrics;
  readonly recordings: RecordingMetrics;
  /** What `/metrics` answers. */
  render(): Promise<Rendered>;
  /** Everything that is measured, to be added to what other processes measure. */
  report(): Promise<readonly MetricReport[]>;
}

/** Metrics as Prometheus reads them. */
export interface Rendered {
  readonly contentType: string;
  readonly body: string;
}

/** One program's metrics; each call makes a set of its own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const sessions = new Gauge({
    name: 'relay_sessions',
    help: 'Sessions that are open.',
    labelNames: ['org'],
    registers,
  });
  const ended = new Counter({
    name: 'relay_sessions_ended_total',
    help: 'Sessions that ended, by what ended them.',
    labelNames: ['cause'],
    registers,
  });
  const sessionSeconds = new Histogram({
    name: 'relay_session_seconds',
    help: 'How long sessions lasted.',
    buckets: [1, 5, 15, 60, 180, 600, 1_800, 3_600],
    registers,
  });
  const refused = new Counter({
    name: 'relay_refused_total',
    help: 'Requests and connections that were refused, by error code.',
    labelNames: ['code'],
    registers,
  });
  const toolCalls = new Counter({
    name: 'relay_tool_calls_total',
    help: 'Tool calls that were answered, by tool and by how they ended.',
    labelNames: ['tool', 'status'],
    registers,
  });
  const duplicates = new Counter({
    name: 'relay_duplicates_prevented_total',
    help: 'Tool calls that repeated what had been done, and were not done again.',
    labelNames: ['tool'],
    registers,
  });
  const toolSeconds = new Histogram({
    name: 'relay_tool_call_seconds',
    help: 'Time from a tool call to its answer.',
    labelNames: ['tool'],
    buckets: latencyBucketsS,
    registers,
  });
  const deliveries = new Counter({
    name: 'relay_webhook_deliveries_total',
    help: 'Deliveries to webhooks, retries included, by org and by how far they provably got.',
    labelNames: ['org', 'outcome'],
    registers,
  });
  const deliverySeconds = new Histogram({
    name: 'relay_webhook_delivery_seconds',
    help: 'Time a delivery took, waiting for a place and retries included.',
    labelNames: ['org'],
    buckets: latencyBucketsS,
    registers,
  });
  const redeliveries = new Counter({
    name: 'relay_deferred_deliveries_total',
    help: 'Deliveries without a caller that ended, by org and by how they left the intent; expired ones were never made.',
    labelNames: ['org', 'outcome'],
    registers,
  });
  const circuitOpen = new Gauge({
    name: 'relay_webhook_circuit_open',
    help: "1 while an org's webhook is given a rest because it fails, 0 when it has answered again.",
    labelNames: ['org'],
    aggregator: 'max',
    registers,
  });
  const circuitChanges = new Counter({
    name: 'relay_webhook_circuit_changes_total',
    help: 'Changes of the circuit breaker, by org and by the state it came to.',
    labelNames: ['org', 'state'],
    registers,
  });
  const intentChanges = new Counter({
    name: 'relay_intent_changes_total',
    help: 'Changes of intents by the operator or by callbacks, by org and by the state they led to.',
    labelNames: ['org', 'by', 'state'],
    registers,
  });
  const limitsReached = new Counter({
    name: 'relay_limits_reached_total',
    help: 'Limits that sessions reached without ending over it, by name.',
    labelNames: ['limit'],
    registers,
  });
  const traffic = createTraffic(registry);
  return {
    sessionStarted(org) {
      sessions.inc({ org });
      return ({ cause, durationMs }) => {
        sessions.dec({ org });
        ended.inc({ cause });
        sessionSeconds.observe(durationMs / 1_000);
      };
    },
    refused: (code) => refused.inc({ code }),
    toolAnswered(tool, status, durationMs) {
      toolCalls.inc({ tool, status });
      toolSeconds.observe({ tool }, durationMs / 1_000);
      if (status === 'duplicate') duplicates.inc({ tool });
    },
    webhookCalled({ orgId: org, outcome, durationMs }) {
      deliveries.inc({ org, outcome });
      deliverySeconds.observe({ org }, durationMs / 1_000);
    },
    redelivered: (org, outcome) => redeliveries.inc({ org, outcome }),
    circuitChanged({ orgId: org, state }) {
      circuitOpen.set({ org }, state === 'closed' ? 0 : 1);
      circuitChanges.inc({ org, state });
    },
    intentChanged: ({ key, by, to: state }) => intentChanges.inc({ org: key.orgId, by, state }),
    meter: { ...traffic, limitReached: (limit) => limitsReached.inc({ limit }) },
    phones: createPhoneMetrics(registry),
    recordings: createRecordingMetrics(registry),
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
    report: async () => (await registry.getMetricsAsJSON()).map(worstOfDelays),
  };
}

/** Of the delays of several event loops the longest is told: an average would hide the one that is stuck. */
const worstOfDelays = (metric: MetricReport): MetricReport =>
  /^nodejs_eventloop_lag_/.test(metric.name) ? { ...metric, aggregator: 'max' } : metric;

const latencyBucketsS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16];
