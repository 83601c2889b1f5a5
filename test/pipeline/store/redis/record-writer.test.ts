import { RedisKeys } from '../../../../pipeline/store/redis/keys';
import { RecordWriter } from '../../../../pipeline/store/redis/record-writer';

afterEach(() => jest.restoreAllMocks());

it('knows the time again once it has asked, however long nothing was written', async () => {
  const epochMs = 1_750_000_000_000;
  let monotonicMs = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => monotonicMs);
  const send = () => {
    const ms = epochMs + monotonicMs;
    return Promise.resolve([String(Math.floor(ms / 1_000)), String((ms % 1_000) * 1_000)]);
  };
  const operation = { send, run: () => Promise.reject(new Error('Nothing is written here.')) };
  const writer = new RecordWriter({ keys: new RedisKeys('relay'), goodForMs: 180 });
  writer.heard(epochMs);
  monotonicMs = 30 * 86_400_000;
  expect(epochMs + monotonicMs - writer.nowMs('org_1')).toBeGreaterThan(600_000);
  await writer.askTime(operation, 'org_1');
  expect(epochMs + monotonicMs - writer.nowMs('org_1')).toBeLessThanOrEqual(1);
});
