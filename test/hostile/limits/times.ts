import { once } from 'node:events';
import { type ServerResponse } from 'node:http';
import { WebSocket } from 'ws';
import { loadScenario } from '../../../simulator';
import { booked } from '../../e2e/support/conversations';
import { call, dial, hangUp } from '../../e2e/support/house';
import { Client } from '../../simulator/support/client';
import { bearer, orgKey } from '../../src/support/relay';
import { metricReaches } from '../support/metrics';
import { calling } from './calling';
import { expectEnd } from './expect-end';
import { ended, type Trial } from './trial';

const held: ServerResponse[] = [];

/** Limits of time: of a session, of its beginning and its end, of silence. */
export const times = {
  drainMs: {
    parts: { limits: { drainMs: 200 }, answers: [(response) => held.push(response)], simulator: calling(booked) },
    reach: async (house, opened) => {
      const client = await call(opened, house);
      client.say('Please book it.');
      client.send({ type: 'response.create' });
      await house.hook.caught(1);
      const stopped = house.relay.stop();
      await expectEnd(client, 'draining');
      // As long as the booking is not over the relay can be asked what it counted.
      await metricReaches(house.relay, ended('draining'), 1);
      held.pop()?.end();
      await stopped;
    },
    counted: ended('draining'),
  },
  sessionMaxMs: {
    parts: { limits: { sessionMaxMs: 300 } },
    reach: (house, opened) => expectEnd(dial(opened, house.url), 'session_expired'),
    counted: ended('session_expired'),
  },
  idleMs: {
    parts: { limits: { idleMs: 300 } },
    reach: (house, opened) => expectEnd(dial(opened, house.url), 'idle'),
    counted: ended('idle'),
  },
  upstreamConnectMs: {
    parts: { limits: { upstreamConnectMs: 200 }, simulator: { faults: { handshake: 'hang' } } },
    reach: (house, opened) => expectEnd(dial(opened, house.url), 'upstream_timeout'),
    counted: ended('upstream_timeout'),
  },
  pingMs: {
    parts: { limits: { pingMs: 100 } },
    reach: async (house, opened) => {
      const client = await call(opened, house);
      await once(client.socket, 'ping');
      await once(client.socket, 'ping');
    },
    counted: null,
  },
  deadPeerMs: {
    parts: { limits: { pingMs: 100, deadPeerMs: 500 } },
    reach: async (house, opened) => {
      const options = { headers: bearer(orgKey), autoPong: false };
      const client = new Client(opened.add(new WebSocket(house.url, options), hangUp));
      await expectEnd(client, 'client_unresponsive');
    },
    counted: ended('client_unresponsive'),
  },
  goodbyeMs: {
    parts: { limits: { goodbyeMs: 300 }, simulator: { scenario: loadScenario('goodbye') } },
    reach: async (house, opened) => {
      const client = await call(opened, house);
      client.say('Goodbye.');
      client.send({ type: 'response.create' });
      expect(await client.closed).toEqual({ code: 1000, reason: 'call_ended' });
    },
    counted: ended('call_ended'),
  },
} satisfies Record<string, Trial>;
