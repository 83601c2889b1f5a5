import { type DatabaseRequest, lossToOutlive } from '../../../pipeline/store/sqlite-protocol';
import { claimBy, key, leaseMs, startMs } from './fixtures';

const claim: DatabaseRequest = { op: 'apply', command: { type: 'claim', ...claimBy('a') }, nowMs: startMs };
const reclaim: DatabaseRequest = {
  op: 'apply',
  command: { type: 'reclaim', key, owner: 'a', fence: 1, leaseMs, by: 'worker' },
  nowMs: startMs,
};
const startSending: DatabaseRequest = {
  op: 'apply',
  command: { type: 'startSending', key, owner: 'a', fence: 1, leaseMs },
  nowMs: startMs,
};

describe('what the answers of a transaction outlive', () => {
  it('is the process alone for claims and questions', () => {
    const questions: DatabaseRequest[] = [
      { op: 'get', key },
      { op: 'list', query: { limit: 1 }, after: undefined },
      { op: 'counts', orgId: undefined },
      { op: 'ping' },
    ];
    expect(lossToOutlive([claim, reclaim, ...questions])).toBe('process');
  });

  it('is the machine as soon as one request permits a send, records an outcome or uses up a ticket', () => {
    expect(lossToOutlive([claim, startSending, claim])).toBe('machine');
    expect(lossToOutlive([{ op: 'sweep', sweep: { limit: 10, retentionMs: 1 }, nowMs: startMs }])).toBe('machine');
    expect(lossToOutlive([claim, { op: 'redeem', ticket: 't', expiresMs: 1 }])).toBe('machine');
  });
});
