import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, hangUp, openCalls } from '../load/calls';
import { userSpeaks } from '../load/conversation';
import { Latencies } from '../load/latency';
import { Traffic } from '../load/traffic';
import { CarrierApi } from '../load/phone/api';
import { openPhoneCalls } from '../load/phone/calls';
import { phoneSpeech } from '../load/phone/speech';
import { twilio } from '../load/phone/twiml';
import { lineAt } from '../load/phone/wire';
import { eventIn, Upstream, type WireEvent } from '../load/upstream';
import { watch } from '../load/watch';
import { type Figure, type Measure, type Stage } from '../measure';
import { figuresOf } from '../rounds';
import { pipe } from '../subjects/pipe';
import { type RunningSubject, type Subject } from '../subjects/subject';
import { costByCarrier } from './cost-by-carrier';

/**
 * What the way through the gateway costs a phone call, beside a pipe that is given the same frames, in turns; and what a
 * call costs at every other carrier.
 */
export const phone: Measure = {
  name: 'phone',
  title:
    '100 calls by Twilio, a 20 ms frame of G.711 every 20 ms in both directions, and every caller interrupts once; ' +
    'then 30 by each carrier',
  async run(stage) {
    const api = await CarrierApi.start();
    const relay: Way = {
      subject: stage.relay({ phone: lineAt(twilio, api.url) }),
      open: (running, upstream, count) => openPhoneCalls(twilio, api, running, upstream, count),
      isTranslated: true,
    };
    const bare: Way = { subject: pipe(), open: openCalls, isTranslated: false };
    try {
      const rounds: Round[] = [];
      while (rounds.length < stage.rounds) {
        const round = { relay: await sample(relay, stage), bare: await sample(bare, stage) };
        stage.tell(`round ${rounds.push(round)}: ${round.relay.cpuMsPerCall.toFixed(1)} ms of CPU a call each second`);
      }
      return [...figures(rounds), ...(await costByCarrier(stage, api))];
    } finally {
      await api.close();
    }
  },
};

const fullLoad = { calls: 100, warmUpMs: 4_000, lengthMs: 8_000 };
const quickLoad = { calls: 10, warmUpMs: 300, lengthMs: 600 };

/** A subject, and how calls reach it. */
interface Way {
  readonly subject: Subject;
  readonly open: (running: RunningSubject, upstream: Upstream, count: number) => Promise<Call[]>;
  /** Frames arrive as the other side's. */
  readonly isTranslated: boolean;
}

interface Sample {
  /** CPU time a call takes each second, in milliseconds. */
  readonly cpuMsPerCall: number;
  readonly upP50Ms: number;
  readonly upP99Ms: number;
  readonly lagMs: number;
  readonly missing: number;
  /** From upstream's `speech_started` to what the client is told because of it. */
  readonly flushMs: number;
  /** Callers whose interruption came to nothing. */
  readonly unflushed: number;
}

interface Round {
  readonly relay: Sample;
  readonly bare: Sample;
}

async function sample({ subject, open, isTranslated }: Way, { quick }: Stage): Promise<Sample> {
  const { calls: count, warmUpMs, lengthMs } = quick ? quickLoad : fullLoad;
  const upstream = await Upstream.start();
  const running = await subject.start(upstream.url);
  const calls = await open(running, upstream, count);
  const flushes = new Flushes(calls);
  const traffic = new Traffic(
    calls,
    { periodMs: 20, speech: (answerId) => phoneSpeech(twilio, answerId, isTranslated) },
    { atClient: (call, frame) => flushes.take(call, eventIn(frame)) },
  );
  try {
    await sleep(warmUpMs);
    const { frames, cpuMs } = await watch(traffic, running, lengthMs);
    // Afterwards, so that the frames are those of people who let each other finish.
    await traffic.interrupt(lengthMs / 2, (call, end) => {
      flushes.due(call);
      return [...userSpeaks(`item_interruption_${call}`), ...end];
    });
    await sleep(200);
    return {
      cpuMsPerCall: cpuMs / count,
      upP50Ms: frames.toUpstream.percentile(50),
      upP99Ms: frames.toUpstream.percentile(99),
      lagMs: frames.lag.percentile(99),
      missing: frames.missing,
      flushMs: flushes.took.percentile(50),
      unflushed: count - flushes.took.count,
    };
  } finally {
    traffic.stop();
    hangUp(calls);
    await running.stop();
    await upstream.close();
  }
}

/** The carrier's end of the calls, where audio comes no faster than it is played: marks are reached as they come. */
class Flushes {
  readonly took = new Latencies();
  readonly #sinceMs = new Map<number, number>();

  constructor(private readonly calls: readonly Call[]) {}

  /** The caller is about to be heard speaking. */
  due(call: number): void {
    this.#sinceMs.set(call, performance.now());
  }

  /** Takes what a client is told that is not audio: by a relay to clear, or by a pipe of the speech itself. */
  take(call: number, event: WireEvent): void {
    const request = twilio.readRequest(event);
    if (request.kind === 'mark') this.calls[call]?.client.send(request.answer);
    if (request.kind !== 'clear' && event.type !== 'input_audio_buffer.speech_started') return;
    const sinceMs = this.#sinceMs.get(call);
    if (sinceMs !== undefined) this.took.record(performance.now() - sinceMs);
    this.#sinceMs.delete(call);
  }
}

function figures(rounds: readonly Round[]): Figure[] {
  const figure = figuresOf(rounds);
  const ofBoth = (name: string, unit: Figure['unit'], pick: (sample: Sample) => number) => [
    figure(`relay: ${name}`, unit, ({ relay }) => pick(relay)),
    figure(`bare ws pipe: ${name}`, unit, ({ bare }) => pick(bare)),
  ];
  return [
    ...ofBoth('CPU a call, each second', 'ms', ({ cpuMsPerCall }) => cpuMsPerCall),
    ...ofBoth('carrier to upstream, p50', 'ms', ({ upP50Ms }) => upP50Ms),
    ...ofBoth('carrier to upstream, p99', 'ms', ({ upP99Ms }) => upP99Ms),
    ...ofBoth('generator late p99', 'ms', ({ lagMs }) => lagMs),
    figure('carrier to upstream, p99, more than the pipe', 'ms', ({ relay, bare }) => relay.upP99Ms - bare.upP99Ms, 1),
    ...ofBoth('speech_started to flush, median', 'ms', ({ flushMs }) => flushMs),
    figure('speech_started to flush, more than the pipe', 'ms', ({ relay, bare }) => relay.flushMs - bare.flushMs, 1),
    ...ofBoth('frames lost or 2 s late', 'frames', ({ missing }) => missing),
    ...ofBoth('interruptions without a flush', 'sessions', ({ unflushed }) => unflushed),
  ];
}
