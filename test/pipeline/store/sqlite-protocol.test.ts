import { type DatabaseRequest, lossToOutlive } from '../../../pipeline/store/sqlite-protocol';
import { claimBy, key, leaseMs, startMs } from './fixtures';

const claim: DatabaseRequest = { op: 'apply', command: { type: 'claim', ...claimBy('a') }, nowMs: startMs };
const startSending: DatabaseRequest = {
  op: 'apply',
  command: { type: 'startSending', key, owner: 'a', fence: 1, leaseMs },
  nowMs: startMs,
};

describe('what the answers of a transaction outlive', () => {
  it('is the process alone for claims and questions', () => {
    expect(lossToOutlive([claim, { op: 'get', key }, { op: 'ping' }, { op: 'counts', orgId: undefined }])).toBe(
      'process',
    );
  });

  it('is the machine as soon as one request permits a send or records an outcome', () => {
    expect(lossToOutlive([claim, startSending, claim])).toBe('machine');
    expect(lossToOutlive([{ op: 'sweep', sweep: { limit: 10, retentionMs: 1 }, nowMs: startMs }])).toBe('machine');
  });
});
