import { type Limits } from '../../../src/config';
import { call, hangUp, type House, openHouse } from '../../e2e/support/house';
import { tempDir } from '../../e2e/support/temp-dir';
import { type Closing } from '../../pipeline/support/closing';
import { type Client } from '../../simulator/support/client';
import { metricReaches } from '../support/metrics';
import { type Trial } from './trial';

/** Limits of recordings: the call goes on, and only what is recorded of it ends. */
export const recordings = {
  recordingBytes: recorded({ recordingBytes: 2_048 }, 'too_large', (client) => {
    for (let sent = 0; sent < 30; sent += 1) client.send({ type: 'input_audio_buffer.clear' });
  }),
  recordingQueueBytes: recorded({ recordingQueueBytes: 262_144 }, 'too_slow', (client) => {
    client.send({ type: 'input_audio_buffer.append', audio: 'A'.repeat(300_000) });
  }),
  recordingDirBytes: recorded({ recordingDirBytes: 2_048 }, 'no_room', (client) => {
    for (let sent = 0; sent < 30; sent += 1) client.send({ type: 'input_audio_buffer.clear' });
  }),
  recordingFreeBytes: recorded({ recordingFreeBytes: 2 ** 50 }, 'no_room', () => undefined),
} satisfies Partial<Record<keyof Limits, Trial>>;

/** Where recordings go is known once the trial runs. */
function recorded(limits: Partial<Limits>, why: string, say: (client: Client) => void): Trial {
  const counted = `relay_recordings_total{ending="${why}"}`;
  return {
    parts: { limits },
    reach: async (_house, opened) => {
      const house = await recordingHouse(opened, limits);
      const client = await call(opened, house);
      say(client);
      await metricReaches(house.relay, counted, 1);
      client.send({ type: 'input_audio_buffer.clear' });
      await client.next('input_audio_buffer.cleared');
      await hangUp(client.socket);
    },
    counted,
    isElsewhere: true,
  };
}

async function recordingHouse(opened: Closing, limits: Partial<Limits>): Promise<House> {
  return openHouse(opened, { limits, variables: { RECORD_DIR: await tempDir(opened) } });
}
