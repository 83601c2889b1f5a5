import { once } from 'node:events';
import { endings } from '../../../relay';
import { call, dial, type House } from '../../e2e/support/house';
import { type Closing } from '../../pipeline/support/closing';
import { type Client } from '../../simulator/support/client';
import { metricReaches } from '../support/metrics';
import { expectEnd } from './expect-end';
import { ended, reached, type Trial } from './trial';

const never = 2 ** 30;

const waiting = {
  scenario: { name: 'waiting', turns: [{ when: { user: 'wait' }, steps: [{ wait_for: 'cancel' as const }] }] },
};

/** Limits of messages: how large, how many, and how many may wait on either side. */
export const messages = {
  maxMessageBytes: {
    parts: { limits: { maxMessageBytes: 1_024 } },
    reach: async (house, opened) => {
      const client = await call(opened, house);
      client.send('x'.repeat(1_025));
      // The connection is closed by the rules of WebSocket, before anything could be said.
      expect((await client.closed).code).toBe(endings.message_too_large.closeCode);
    },
    counted: ended('message_too_large'),
  },
  upstreamMessageBytes: {
    parts: { limits: { upstreamMessageBytes: 65_536 } },
    reach: async (house, opened) => {
      const client = await call(opened, house);
      (await house.simulator.session(0)).inject({ type: 'new.event', text: 'x'.repeat(65_536) });
      await expectEnd(client, 'upstream_protocol_error');
    },
    counted: ended('upstream_protocol_error'),
  },
  messagesPerSecond: {
    parts: { limits: { messagesPerSecond: 2 } },
    reach: async (house, opened) => {
      const client = await call(opened, house);
      for (let sent = 0; sent < 50; sent += 1) client.send({ type: 'input_audio_buffer.clear' });
      await expectEnd(client, 'too_many_messages');
    },
    counted: ended('too_many_messages'),
  },
  heldBytes: {
    parts: { limits: { heldBytes: 1_024 }, simulator: { faults: { sessionUpdate: 'ignore' } } },
    reach: async (house, opened) => {
      const { socket } = dial(opened, house.url);
      await once(socket, 'open');
      // Thirty megabytes do not fit into the sockets' buffers: what is left over waits in the client.
      for (let sent = 0; sent < 300; sent += 1) socket.send('x'.repeat(100_000));
      await metricReaches(house.relay, reached('heldBytes'), 1);
      expect(socket.bufferedAmount).toBeGreaterThan(0);
    },
    counted: reached('heldBytes'),
  },
  bufferHighBytes: {
    parts: { limits: { bufferHighBytes: 10_000, bufferMaxBytes: never } },
    reach: async (house, opened) => {
      const client = await deafCall(opened, house);
      await flood(house);
      await metricReaches(house.relay, reached('bufferHighBytes'), 1);
      client.socket.resume();
      (await house.simulator.session(0)).inject({ type: 'input_audio_buffer.cleared' });
      await client.next('input_audio_buffer.cleared');
    },
    counted: reached('bufferHighBytes'),
  },
  bufferMaxBytes: {
    parts: { limits: { bufferHighBytes: never - 1, bufferMaxBytes: 100_000 } },
    reach: async (house, opened) => {
      await deafCall(opened, house);
      await flood(house);
      await metricReaches(house.relay, ended('slow_client'), 1);
    },
    counted: ended('slow_client'),
  },
  slowClientMs: {
    parts: { limits: { bufferHighBytes: 10_000, bufferMaxBytes: never, slowClientMs: 300 } },
    reach: async (house, opened) => {
      await deafCall(opened, house);
      await flood(house);
      await metricReaches(house.relay, ended('slow_client'), 1);
    },
    counted: ended('slow_client'),
  },
  waitingCreates: {
    parts: { limits: { waitingCreates: 1 }, simulator: waiting },
    reach: async (house, opened) => {
      const client = await call(opened, house);
      client.say('Please wait.');
      for (const eventId of ['active', 'waiting', 'refused'])
        client.send({ type: 'response.create', event_id: eventId });
      const { json } = await client.next('error');
      expect(json['error']).toMatchObject({ code: 'conversation_already_has_active_response', event_id: 'refused' });
    },
    counted: reached('waitingCreates'),
  },
} satisfies Record<string, Trial>;

async function deafCall(opened: Closing, house: House): Promise<Client> {
  const client = await call(opened, house);
  client.socket.pause();
  return client;
}

/** More than the sockets on the way take by themselves. */
async function flood(house: House): Promise<void> {
  const session = await house.simulator.session(0);
  const delta = { type: 'response.output_audio.delta', response_id: 'resp_x', delta: 'A'.repeat(100_000) };
  for (let sent = 0; sent < 300; sent += 1) session.inject(delta);
}
