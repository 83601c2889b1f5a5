import { setTimeout as sleep } from 'node:timers/promises';
import { allUp, relaysSeen } from './balancer';
import type { Line } from './call';
import { Crowd, since } from './crowd';
import { type Finding, listed, ofBookings, ofCalls, ofToolCalls } from './findings';
import { Newcomers } from './newcomers';
import type { Outside } from './outside';
import { type Project, relayNames } from './project';
import { type HttpEntrance, repeat } from './repeats';
import { phoneEmail, type Telephone } from './telephone';
import type { ToolCall } from './tool-calls';

/** Everything that takes part, running. */
export interface Stage {
  readonly project: Project;
  readonly outside: Outside;
  readonly telephone: Telephone;
  readonly line: Line;
  readonly http: HttpEntrance;
  /** Where the load balancer and Prometheus tell what they see. */
  readonly watchUrl: string;
  readonly prometheusUrl: string;
  readonly calls: number;
}

/** Plays it all; findings come as they are made. */
export async function* play(stage: Stage): AsyncGenerator<Finding> {
  const crowd = new Crowd(stage.line, stage.calls);
  yield await arrival(stage, crowd);
  yield await byPhone(stage);
  yield await hardening(stage);
  yield await duplicates(stage, 'while calls are on', 0);
  yield* disturbed(stage, crowd, 'one relay is killed', ['1006'], async () => {
    await stage.project.run('kill', '--signal', 'SIGKILL', 'relay-b');
    await crowd.settle();
    await stage.project.run('start', 'relay-b');
    await allUp(stage.watchUrl);
  });
  yield* disturbed(stage, crowd, 'rolling restart', ['draining'], () => stage.project.rollingRestart());
  yield* restartOfRedis(stage, crowd);
  await crowd.leave();
  yield* ofBookings(crowd.story, stage.outside.webhook.deliveries);
  const inDoubt = crowd.story.bookings.filter(({ isConfirmed }) => !isConfirmed).length;
  yield await duplicates(stage, 'after all', inDoubt);
  yield await watching(stage);
  yield await stopping(stage);
}

async function arrival({ outside, watchUrl }: Stage, crowd: Crowd): Promise<Finding> {
  await crowd.arrive();
  const seen = Object.entries(await relaysSeen(watchUrl));
  const { refusals } = crowd.story;
  return {
    what: 'calls reach all relays through the load balancer, and book',
    told: `${crowd.onTheLine} calls (${seen.map(([name, { connections }]) => `${connections} on ${name}`).join(', ')}), ${outside.webhook.deliveries.length} bookings, ${refusals.length} refused${listed(refusals)}`,
    isFine: refusals.length === 0 && seen.every(([, { connections }]) => connections > 0),
  };
}

/**
 * Three phone calls that want the same appointment. The load balancer sends the carrier's webhook to one relay and the stream that
 * follows to the next.
 */
async function byPhone({ outside, project, telephone }: Stage): Promise<Finding> {
  const answers = () =>
    outside.toolCalls.all.flatMap(({ email, outcome }) => (email === phoneEmail && outcome ? [outcome] : []));
  const calls = [];
  for (let count = 1; count <= 3; count++) calls.push(await telephone.book(() => answers().length >= count));
  const ways = [];
  for (const { id } of calls) {
    const answeredBy = await project.whoLogged('Call announced', id);
    ways.push({ answeredBy, streamedTo: await project.whoLogged('Call connected', id) });
  }
  const complaints = calls.flatMap((call) => call.complaints.map(({ code }) => code));
  const delivered = outside.webhook.deliveries.filter(({ tool_args: args }) => args.attendee_email === phoneEmail);
  return {
    what: 'a phone call is answered by one relay and streamed to another, and books',
    told: `${ways.map(({ answeredBy, streamedTo }) => `${answeredBy} and ${streamedTo}`).join(', ')}; told${listed(answers())}, ${delivered.length} delivered, ${complaints.length} complaints of the carrier${listed(complaints)}`,
    isFine:
      ways.every(({ answeredBy, streamedTo }) => answeredBy && streamedTo && answeredBy !== streamedTo) &&
      answers().every((outcome) => ['success', 'duplicate'].includes(outcome)) &&
      delivered.length === 1 &&
      complaints.length === 0,
  };
}

/** What is played while callers go on calling, and new ones come. */
async function* disturbed(
  stage: Stage,
  crowd: Crowd,
  when: string,
  allowedCauses: readonly string[],
  disturb: () => Promise<void>,
): AsyncGenerator<Finding> {
  const { outside } = stage;
  const [story, known] = [crowd.story, new Set(outside.toolCalls.all)];
  const newcomers = new Newcomers(stage.line);
  await disturb();
  await crowd.settle();
  await newcomers.stop();
  yield* ofCalls(when, since(story, crowd.story), newcomers, allowedCauses);
  const calls = outside.toolCalls.all.filter((call) => !known.has(call));
  await patience(calls);
  yield ofToolCalls(when, calls, outside.webhook.deliveries);
}

async function* restartOfRedis(stage: Stage, crowd: Crowd): AsyncGenerator<Finding> {
  const { outside, project } = stage;
  const [story, known] = [crowd.story, new Set(outside.toolCalls.all)];
  await project.run('restart', 'redis');
  await allUp(stage.watchUrl);
  await crowd.settle();
  const { endings } = since(story, crowd.story);
  yield {
    what: 'Redis is restarted: calls go on',
    told: `${crowd.onTheLine} of ${crowd.size} on the line, ${endings.length} ended`,
    isFine: endings.length === 0,
  };
  const calls = outside.toolCalls.all.filter((call) => !known.has(call));
  await patience(calls);
  yield ofToolCalls('Redis is restarted', calls, outside.webhook.deliveries);
}

/** Gives those calls that have only just been made their time to be answered. */
async function patience(calls: readonly ToolCall[]): Promise<void> {
  for (let second = 0; second < 15 && calls.some(({ outcome }) => outcome === undefined); second++) await sleep(1_000);
}

/** @param inDoubt how many bookings may be so, because the relay that had sent them was killed before it knew the outcome. */
async function duplicates({ http, outside }: Stage, when: string, inDoubt: number): Promise<Finding> {
  const deliveries = [...outside.webhook.deliveries];
  const outcomes = await repeat(http, deliveries);
  const news = outside.webhook.timesByIntent;
  const [known, unknown] = [outcomes.get('duplicate') ?? 0, outcomes.get('unknown') ?? 0];
  const doubled = deliveries.filter(({ intent_id: id }) => news.get(id) !== 1).length;
  return {
    what: `${when}: what was booked is known to be booked, by whichever relay is asked`,
    told: `${deliveries.length} asked for again over HTTP (${[...outcomes].map(([name, count]) => `${count} ${name}`).join(', ')}), ${doubled} doubled`,
    isFine: doubled === 0 && unknown <= inDoubt && known + unknown === deliveries.length,
  };
}

async function hardening({ project }: Stage): Promise<Finding> {
  const user = await project.run('exec', '-T', 'relay-a', 'id', '-u');
  const canWrite = await project.run('exec', '-T', 'relay-a', 'touch', '/app/new').then(
    () => true,
    () => false,
  );
  return {
    what: 'a relay has no rights and a file system that it cannot write to',
    told: `user ${user}, /app is ${canWrite ? 'writable' : 'read-only'}`,
    isFine: user !== '0' && !canWrite,
  };
}

async function watching({ prometheusUrl }: Stage): Promise<Finding> {
  const isFine = async () => {
    const answer = await (await fetch(`${prometheusUrl}/api/v1/query?query=sum(up{job="relay"})`)).text();
    return answer.includes(`"${relayNames.length}"]`);
  };
  // A scrape comes every ten seconds.
  for (let second = 0; second < 30 && !(await isFine()); second++) await sleep(1_000);
  const isScraped = await isFine();
  return {
    what: 'Prometheus reads the metrics of every relay',
    told: isScraped ? `${relayNames.length} of ${relayNames.length}` : 'not of all',
    isFine: isScraped,
  };
}

async function stopping({ project }: Stage): Promise<Finding> {
  const startedMs = performance.now();
  await project.run('stop', ...relayNames);
  const codes = await Promise.all(relayNames.map((name) => project.inspect(name, '{{.State.ExitCode}}')));
  return {
    what: 'relays that are told to stop end by themselves',
    told: `exit codes ${codes.join(', ')}, after ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`,
    isFine: codes.every((code) => code === '0'),
  };
}
