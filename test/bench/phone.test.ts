import { tmpdir } from 'node:os';
import { hangUp } from '../../bench/load/calls';
import { beginAnswer } from '../../bench/load/conversation';
import { CarrierApi } from '../../bench/load/phone/api';
import { openPhoneCalls } from '../../bench/load/phone/calls';
import { phoneSpeech } from '../../bench/load/phone/speech';
import { lineAt } from '../../bench/load/phone/wire';
import { phoneWires } from '../../bench/load/phone/wires';
import { Upstream } from '../../bench/load/upstream';
import { type Stage } from '../../bench/measure';
import { phone } from '../../bench/measures/phone';
import { type Peer } from '../../bench/wire/peer';
import { Closing } from '../pipeline/support/closing';
import { ownRelay } from './support/own-relay';

const opened = new Closing();
afterEach(() => opened.all());

it.each(phoneWires.map((wire) => [wire.name, wire] as const))(
  'opens a call by %s in which audio passes both ways',
  async (_name, wire) => {
    const api = opened.add(await CarrierApi.start(), (each) => each.close());
    const upstream = opened.add(await Upstream.start(), (each) => each.close());
    const relay = opened.add(await ownRelay({ phone: lineAt(wire, api.url) }).start(upstream.url), (each) =>
      each.stop(),
    );
    const calls = await openPhoneCalls(wire, api, relay, upstream, 2);
    opened.add(calls, (each) => {
      hangUp(each);
      return Promise.resolve();
    });
    const speech = phoneSpeech(wire, 'resp_1', true);
    for (const call of calls) {
      const passed = [messageOf(call.upstream, speech.upBytes), messageOf(call.client, speech.downBytes)];
      call.client.write(speech.up(0));
      for (const event of beginAnswer('resp_1')) call.upstream.send(event);
      call.upstream.write(speech.down);
      await Promise.all(passed);
    }
  },
);

it('finds out what a call costs at every carrier', async () => {
  const stage: Stage = {
    quick: true,
    rounds: 1,
    directory: tmpdir(),
    relay: ownRelay,
    others: [],
    tell: () => undefined,
  };
  const costs = (await phone.run(stage)).filter(({ name }) => name.endsWith(': CPU a call, each second'));
  expect(costs.map(({ name }) => name.replace(/:.*/, ''))).toEqual([
    'relay',
    'bare ws pipe',
    ...phoneWires.map(({ name }) => name),
  ]);
  expect(costs.flatMap(({ values }) => values).every((ms) => ms > 0)).toBe(true);
}, 120_000);

/** Resolves when a message of this length has come. */
function messageOf(peer: Peer, bytes: number): Promise<void> {
  return new Promise((resolve) => {
    peer.onMessage = ({ length }) => {
      if (length === bytes) resolve();
    };
  });
}
