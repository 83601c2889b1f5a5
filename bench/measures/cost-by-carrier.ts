import { setTimeout as sleep } from 'node:timers/promises';
import { hangUp, type Call } from '../load/calls';
import { type CarrierApi } from '../load/phone/api';
import { openPhoneCalls } from '../load/phone/calls';
import { phoneSpeech } from '../load/phone/speech';
import { lineAt, type PhoneWire } from '../load/phone/wire';
import { phoneWires } from '../load/phone/wires';
import { Traffic } from '../load/traffic';
import { eventIn, Upstream } from '../load/upstream';
import { watch } from '../load/watch';
import { type Figure, type Stage } from '../measure';
import { figuresOf, inRounds } from '../rounds';
import { opcode, type WireFrame } from '../wire/frame';

/** What a call costs with the frames of each carrier, one after the other, each at a relay of its own. */
export async function costByCarrier(stage: Stage, api: CarrierApi): Promise<Figure[]> {
  const rounds = await inRounds(stage, async () => {
    const costs: Cost[] = [];
    for (const wire of phoneWires) costs.push(await costAt(wire, api, stage));
    stage.tell(`a round of ${costs.length} carriers and rates`);
    return costs;
  });
  const figure = figuresOf(rounds);
  return [
    ...phoneWires.map(({ name }, place) =>
      figure(`${name}: CPU a call, each second`, 'ms', (costs) => costs[place]?.cpuMsPerCall ?? NaN),
    ),
    figure('frames lost or 2 s late by all of these', 'frames', (costs) =>
      costs.reduce((sum, { missing }) => sum + missing, 0),
    ),
  ];
}

interface Cost {
  /** CPU time a call takes each second, in milliseconds. */
  readonly cpuMsPerCall: number;
  readonly missing: number;
}

const fullLoad = { calls: 30, warmUpMs: 1_000, lengthMs: 1_600 };
const quickLoad = { calls: 3, warmUpMs: 100, lengthMs: 200 };

async function costAt(wire: PhoneWire, api: CarrierApi, stage: Stage): Promise<Cost> {
  const { calls: count, warmUpMs, lengthMs } = stage.quick ? quickLoad : fullLoad;
  const upstream = await Upstream.start();
  const running = await stage.relay({ phone: lineAt(wire, api.url) }).start(upstream.url);
  const calls = await openPhoneCalls(wire, api, running, upstream, count);
  const traffic = new Traffic(
    calls,
    { periodMs: 20, speech: (answerId) => phoneSpeech(wire, answerId, true) },
    { atClient: (call, frame) => returnMark(wire, calls[call], frame) },
  );
  try {
    await sleep(warmUpMs);
    const { frames, cpuMs } = await watch(traffic, running, lengthMs);
    return { cpuMsPerCall: cpuMs / count, missing: frames.missing };
  } finally {
    traffic.stop();
    hangUp(calls);
    await running.stop();
    await upstream.close();
  }
}

/** Audio comes no faster than it is played, so marks are reached as they come. */
function returnMark(wire: PhoneWire, call: Call | undefined, frame: WireFrame): void {
  if (frame.opcode !== opcode.text) return;
  const request = wire.readRequest(eventIn(frame));
  if (request.kind === 'mark') call?.client.send(request.answer);
}
