import { Latencies, type LatencySummary, type LatencyTally, summaryOf } from './latencies';
import { type ToolOutcome } from './tool-result';

/** One answered call. */
export interface Observation {
  readonly orgId: string;
  /** The tool's name, or `unknownToolLabel`. */
  readonly tool: string;
  readonly outcome: ToolOutcome;
  /** From the call's execution to its answer. */
  readonly durationMs: number;
}

/** Stands for every tool an org does not have, so that made-up names take no room. */
export const unknownToolLabel = 'unknown';

type OutcomeCounts = Partial<Record<ToolOutcome, number>>;

/** What `GET /api/execute-intent/stats` shows of one org, since the start of the process. */
export interface OrgStats {
  readonly org_id: string;
  readonly store: 'memory' | 'sqlite' | 'redis';
  /** Calls being executed now. */
  readonly in_flight: number;
  readonly calls: number;
  /** Outcomes that never occurred are absent. */
  readonly outcomes: OutcomeCounts;
  readonly tools: Readonly<Record<string, OutcomeCounts>>;
  /** Successes that were answered without a second effect. */
  readonly duplicates_prevented: number;
  readonly latency_ms: LatencySummary;
}

/** What one process has counted of an org's calls: plain data, made to be added up. */
export interface OrgTally {
  readonly orgId: string;
  readonly store: OrgStats['store'];
  readonly inFlight: number;
  readonly tools: Readonly<Record<string, OutcomeCounts>>;
  readonly latencies: LatencyTally;
}

/** The stats of an org, from what one process or several have counted of it. */
export function statsOf(tallies: readonly [OrgTally, ...OrgTally[]]): OrgStats {
  const [{ orgId, store }] = tallies;
  const tools = toolsOf(tallies);
  const outcomes = sum(Object.values(tools));
  const latency = summaryOf(tallies.map(({ latencies }) => latencies));
  return {
    org_id: orgId,
    store,
    in_flight: tallies.reduce((total, { inFlight }) => total + inFlight, 0),
    calls: latency.count,
    outcomes,
    tools,
    duplicates_prevented: outcomes.duplicate ?? 0,
    latency_ms: latency,
  };
}

/**
 * What processes have counted that are gone, org by org: they have nothing in flight, and percentiles are taken from the latest
 * calls of others.
 */
export function pastTallies(tallies: readonly OrgTally[]): OrgTally[] {
  return [...Map.groupBy(tallies, ({ orgId }) => orgId)].flatMap(([, ofOrg]) => {
    const [first] = ofOrg;
    const count = ofOrg.reduce((total, { latencies }) => total + latencies.count, 0);
    return first === undefined
      ? []
      : { ...first, inFlight: 0, tools: toolsOf(ofOrg), latencies: { count, latestMs: new Float64Array() } };
  });
}

/** Counts the calls of one org. */
export class CallCounter {
  readonly #orgId: string;
  readonly #store: OrgStats['store'];
  readonly #tools = new Map<string, OutcomeCounts>();
  readonly #latencies = new Latencies();
  #inFlight = 0;

  constructor(orgId: string, store: OrgStats['store']) {
    this.#orgId = orgId;
    this.#store = store;
  }

  began(): void {
    this.#inFlight += 1;
  }

  ended({ tool, outcome, durationMs }: Observation): void {
    this.#inFlight -= 1;
    const counts = this.#tools.get(tool) ?? {};
    this.#tools.set(tool, { ...counts, [outcome]: (counts[outcome] ?? 0) + 1 });
    this.#latencies.add(durationMs);
  }

  tally(): OrgTally {
    return {
      orgId: this.#orgId,
      store: this.#store,
      inFlight: this.#inFlight,
      tools: Object.fromEntries(this.#tools),
      latencies: this.#latencies.tally(),
    };
  }
}

function toolsOf(tallies: readonly OrgTally[]): OrgTally['tools'] {
  const names = new Set(tallies.flatMap(({ tools }) => Object.keys(tools)));
  return Object.fromEntries([...names].map((name) => [name, sum(tallies.flatMap((tally) => tally.tools[name] ?? []))]));
}

function sum(all: readonly OutcomeCounts[]): OutcomeCounts {
  const total: Record<string, number> = {};
  for (const counts of all) {
    for (const [outcome, count] of Object.entries(counts)) total[outcome] = (total[outcome] ?? 0) + count;
  }
  return total;
}
