import {
  type ClaimAnswer,
  type IntentKey,
  type IntentState,
  type IntentStore,
  type ReservedRecord,
  type SettledState,
  type Step,
} from '../../../pipeline/store/store';
import {
  body,
  Clock,
  claimBy,
  cooldownMs,
  key,
  leaseMs,
  otherKey,
  outcome,
  retentionMs,
  settlement,
  startMs,
} from './fixtures';

/** One empty place that a kind of store can be opened on. */
export interface Place {
  /** Opens the store; on a durable place, again after a close. */
  open(now: () => number): Promise<IntentStore>;
  /** Removes the place once its stores are closed. */
  dispose(): Promise<void>;
}

export interface Kind {
  readonly kind: IntentStore['kind'];
  /** Whether what was answered is still there when the store is opened again. */
  readonly durable: boolean;
  readonly newPlace: () => Promise<Place>;
}

/** The battery every kind of store passes. */
export function itKeepsTheContract({ kind, durable, newPlace }: Kind): void {
  describe(`the ${kind} store keeps the contract`, () => {
    let clock: Clock;
    let place: Place;
    let store: IntentStore;

    beforeEach(async () => {
      clock = new Clock();
      place = await newPlace();
      store = await place.open(clock.now);
    });

    afterEach(async () => {
      await store.close();
      await place.dispose();
    });

    async function claimed(owner: string, claimKey: IntentKey = key): Promise<ReservedRecord> {
      const answer = await store.claim(claimBy(owner, { key: claimKey }));
      if (answer.kind !== 'claimed') throw new Error(`The claim of ${owner} was answered ${answer.kind}.`);
      return answer.record;
    }

    async function sending(owner: string, claimKey: IntentKey = key): Promise<number> {
      const { fence } = await claimed(owner, claimKey);
      const answer = await store.startSending({ key: claimKey, owner, fence, leaseMs });
      expect(answer.kind).toBe('written');
      return fence;
    }

    async function settled(owner: string, state: SettledState, claimKey: IntentKey = key): Promise<number> {
      const fence = await sending(owner, claimKey);
      const answer = await store.settle({ key: claimKey, owner, fence, ...settlement(state), retentionMs });
      expect(answer.kind).toBe('written');
      return fence;
    }

    function step(state: IntentState, atMs: number, more: Partial<Step> = {}): Step {
      return { state, atMs, by: 'call', fence: 1, ...more };
    }

    it('says its kind and answers a ping', async () => {
      expect(store.kind).toBe(kind);
      await expect(store.ping()).resolves.toBeUndefined();
    });

    it('knows nothing of an intent never seen', async () => {
      await expect(store.get(key)).resolves.toBeUndefined();
      await expect(store.startSending({ key, owner: 'a', fence: 1, leaseMs })).resolves.toEqual({
        kind: 'lost',
        record: undefined,
      });
    });

    it('lets one of many simultaneous claims win and shows the others what they lost to', async () => {
      const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`);
      const answers = await Promise.all(owners.map((owner) => store.claim(claimBy(owner))));
      const [winner, ...others] = answers.filter(({ kind }) => kind === 'claimed');
      expect(others).toEqual([]);
      const losers = answers.filter((answer) => answer !== winner);
      for (const loser of losers) expect(loser).toEqual({ kind: 'held', record: winner?.record });
    });

    it('keeps intents of different orgs, tools and ids apart', async () => {
      const keys = [key, { ...key, orgId: 'org_2' }, { ...key, tool: 'escalate_call' }, otherKey];
      const answers = await Promise.all(keys.map((each) => store.claim(claimBy('a', { key: each }))));
      expect(answers.map((answer) => answer.kind)).toEqual(['claimed', 'claimed', 'claimed', 'claimed']);
      await expect(Promise.all(keys.map((each) => store.get(each)))).resolves.toMatchObject(
        keys.map((each) => ({ key: each })),
      );
    });

    it('takes a claim through sending to accepted, keeping what each state knows', async () => {
      const reserved = await claimed('a');
      expect(reserved).toEqual({
        state: 'RESERVED',
        key,
        fingerprint: 'fp-1',
        fence: 1,
        attempts: 0,
        createdAtMs: startMs,
        updatedAtMs: startMs,
        trail: [step('RESERVED', startMs)],
        owner: 'a',
        leaseUntilMs: startMs + leaseMs,
      });
      clock.advance(10);
      const started = await store.startSending({ key, owner: 'a', fence: 1, leaseMs: 40_000 });
      expect(started).toEqual({
        kind: 'written',
        record: {
          ...reserved,
          state: 'SENDING',
          attempts: 1,
          updatedAtMs: startMs + 10,
          trail: [...reserved.trail, step('SENDING', startMs + 10)],
          sendStartedAtMs: startMs + 10,
          leaseUntilMs: startMs + 40_010,
        },
      });
      clock.advance(10);
      const accepted = await store.settle({ key, owner: 'a', fence: 1, state: 'ACCEPTED', outcome, retentionMs });
      expect(accepted).toEqual({
        kind: 'written',
        record: {
          state: 'ACCEPTED',
          key,
          fingerprint: 'fp-1',
          fence: 1,
          attempts: 1,
          createdAtMs: startMs,
          updatedAtMs: startMs + 20,
          trail: [
            ...reserved.trail,
            step('SENDING', startMs + 10),
            step('ACCEPTED', startMs + 20, { code: 'ok', httpStatus: 200 }),
          ],
          outcome,
          retainUntilMs: startMs + 20 + retentionMs,
        },
      });
      await expect(store.get(key)).resolves.toEqual(accepted.record);
    });

    it('answers a duplicate with the first result', async () => {
      await settled('a', 'ACCEPTED');
      const again = await store.claim(claimBy('b'));
      expect(again).toMatchObject({ kind: 'held', record: { state: 'ACCEPTED', outcome } });
    });

    it.each(['RESERVED', 'SENDING', 'ACCEPTED', 'UNKNOWN'] as const)(
      'answers other arguments under the same key as a conflict while %s',
      async (state) => {
        if (state === 'RESERVED') await claimed('a');
        else if (state === 'SENDING') await sending('a');
        else await settled('a', state);
        const before = await store.get(key);
        await expect(store.claim(claimBy('b', { fingerprint: 'fp-2' }))).resolves.toEqual({
          kind: 'conflict',
          record: before,
        });
      },
    );

    it('hands a claim whose lease is over to the next one and refuses the first everywhere', async () => {
      const first = await claimed('a');
      clock.advance(leaseMs);
      const second = await claimed('b');
      expect(second).toMatchObject({ fence: first.fence + 1, createdAtMs: first.createdAtMs });
      const late = { key, owner: 'a', fence: first.fence };
      const lost = { kind: 'lost', record: second };
      await expect(store.startSending({ ...late, leaseMs })).resolves.toEqual(lost);
      await expect(store.settle({ ...late, state: 'NOT_SENT', outcome, retentionMs })).resolves.toEqual(lost);
      await expect(store.get(key)).resolves.toEqual(second);
    });

    it('refuses a right owner with a wrong fence, and a right fence with a wrong owner', async () => {
      const { fence } = await claimed('a');
      for (const wrong of [
        { owner: 'a', fence: fence + 1 },
        { owner: 'b', fence },
      ]) {
        await expect(store.startSending({ key, leaseMs, ...wrong })).resolves.toMatchObject({ kind: 'lost' });
      }
    });

    it('refuses to start a send within a second of the end of the lease', async () => {
      const { fence } = await claimed('a');
      clock.advance(leaseMs - 1_000);
      await expect(store.startSending({ key, owner: 'a', fence, leaseMs })).resolves.toMatchObject({
        kind: 'too_late',
        record: { state: 'RESERVED' },
      });
    });

    it('starts a send a little before that, and once only', async () => {
      const { fence } = await claimed('a');
      clock.advance(leaseMs - 1_001);
      const start = { key, owner: 'a', fence, leaseMs };
      await expect(store.startSending(start)).resolves.toMatchObject({ kind: 'written' });
      await expect(store.startSending(start)).resolves.toMatchObject({ kind: 'lost', record: { state: 'SENDING' } });
    });

    it('turns a send whose lease is over into UNKNOWN at the next claim, for good', async () => {
      const fence = await sending('a');
      clock.advance(leaseMs);
      await expect(store.claim(claimBy('b'))).resolves.toMatchObject({
        kind: 'held',
        record: { state: 'UNKNOWN', fence, outcome: { code: 'lease_over' }, sendStartedAtMs: startMs },
      });
      const late = await store.settle({ key, owner: 'a', fence, state: 'ACCEPTED', outcome, retentionMs });
      expect(late).toMatchObject({ kind: 'lost', record: { state: 'UNKNOWN' } });
      clock.advance(100 * retentionMs);
      await expect(store.claim(claimBy('c'))).resolves.toMatchObject({ kind: 'held', record: { state: 'UNKNOWN' } });
    });

    it('believes an owner whose lease is over as long as nobody has acted on that', async () => {
      const fence = await sending('a');
      clock.advance(leaseMs);
      const settle = { key, owner: 'a', fence, state: 'ACCEPTED', outcome, retentionMs } as const;
      await expect(store.settle(settle)).resolves.toMatchObject({ kind: 'written' });
      await expect(store.settle(settle)).resolves.toMatchObject({ kind: 'lost', record: { state: 'ACCEPTED' } });
    });

    it('frees what was not sent, under the next fence and for other arguments too', async () => {
      const fence = await settled('a', 'NOT_SENT');
      await expect(store.claim(claimBy('b', { fingerprint: 'fp-2' }))).resolves.toMatchObject({
        kind: 'claimed',
        record: { fence: fence + 1, fingerprint: 'fp-2', attempts: 1, owner: 'b' },
      });
    });

    it('holds a refusal for its cool-down, then frees it', async () => {
      await settled('a', 'REJECTED');
      clock.advance(cooldownMs - 1);
      await expect(store.claim(claimBy('b'))).resolves.toMatchObject({ kind: 'held', record: { state: 'REJECTED' } });
      clock.advance(1);
      await expect(store.claim(claimBy('b'))).resolves.toMatchObject({ kind: 'claimed', record: { fence: 2 } });
    });

    it('lets other arguments follow a refusal at once', async () => {
      await settled('a', 'REJECTED');
      await expect(store.claim(claimBy('b', { fingerprint: 'fp-2' }))).resolves.toMatchObject({ kind: 'claimed' });
    });

    it('keeps the body of an intent in doubt and erases it when the doubt ends', async () => {
      const fence = await settled('a', 'UNKNOWN');
      await expect(store.get(key)).resolves.toMatchObject({ state: 'UNKNOWN', body });
      const resolve = {
        key,
        fence,
        state: 'CONFIRMED',
        outcome: { code: 'by_hand' },
        retentionMs,
        by: 'operator',
      } as const;
      await expect(store.resolve({ ...resolve, fence: fence + 1 })).resolves.toMatchObject({ kind: 'lost' });
      await expect(store.resolve(resolve)).resolves.toMatchObject({ kind: 'written' });
      const record = await store.get(key);
      expect(record).toMatchObject({ state: 'CONFIRMED', outcome: { ...outcome, code: 'by_hand' } });
      expect(record).not.toHaveProperty('body');
      await expect(store.resolve(resolve)).resolves.toMatchObject({ kind: 'lost', record: { state: 'CONFIRMED' } });
    });

    it('sweeps what time has decided and nothing else', async () => {
      const intents = ['reserved', 'sending', 'accepted', 'unknown'].map((intentId) => ({ ...key, intentId }));
      const [reserved, sent, accepted, unknown] = intents as [IntentKey, IntentKey, IntentKey, IntentKey];
      await claimed('a', reserved);
      await sending('a', sent);
      await settled('a', 'ACCEPTED', accepted);
      await settled('a', 'UNKNOWN', unknown);
      const states = async (): Promise<(string | undefined)[]> =>
        (await Promise.all(intents.map((each) => store.get(each)))).map((record) => record?.state);
      const sweep = { retentionMs: 2 * retentionMs, limit: 100 };
      const swept = { expired: [], due: [], more: false };

      clock.advance(leaseMs - 1);
      await expect(store.sweep(sweep)).resolves.toEqual({ ...swept, unknown: [], released: 0, removed: 0 });
      expect(await states()).toEqual(['RESERVED', 'SENDING', 'ACCEPTED', 'UNKNOWN']);

      clock.advance(1);
      await expect(store.sweep(sweep)).resolves.toEqual({ ...swept, unknown: [sent], released: 1, removed: 0 });
      expect(await states()).toEqual(['NOT_SENT', 'UNKNOWN', 'ACCEPTED', 'UNKNOWN']);

      clock.nowMs = startMs + retentionMs;
      await expect(store.sweep(sweep)).resolves.toEqual({ ...swept, unknown: [], released: 0, removed: 1 });
      expect(await states()).toEqual(['NOT_SENT', 'UNKNOWN', undefined, 'UNKNOWN']);

      clock.advance(100 * retentionMs);
      await expect(store.sweep(sweep)).resolves.toEqual({ ...swept, unknown: [], released: 0, removed: 1 });
      expect(await states()).toEqual([undefined, 'UNKNOWN', undefined, 'UNKNOWN']);
    });

    it('sweeps no more at once than it is told, and says when there is more', async () => {
      const keys = Array.from({ length: 5 }, (_, index) => ({ ...key, intentId: `id-${index}` }));
      for (const each of keys) await sending('a', each);
      clock.advance(leaseMs);
      const reports = [];
      for (let round = 0; round < 3; round += 1) reports.push(await store.sweep({ retentionMs, limit: 2 }));
      expect(reports.map(({ unknown, more }) => [unknown.length, more])).toEqual([
        [2, true],
        [2, true],
        [1, false],
      ]);
      await expect(store.counts()).resolves.toMatchObject({ UNKNOWN: 5, SENDING: 0 });
    });

    it('lets a released claim go on with the next fence', async () => {
      const { fence } = await claimed('a');
      clock.advance(leaseMs);
      await store.sweep({ retentionMs, limit: 10 });
      await expect(claimed('b')).resolves.toMatchObject({ fence: fence + 1 });
      await expect(store.startSending({ key, owner: 'a', fence, leaseMs })).resolves.toMatchObject({ kind: 'lost' });
    });

    it('counts records by state, of all orgs or of one', async () => {
      const nothing = {
        RESERVED: 0,
        SENDING: 0,
        NOT_SENT: 0,
        ACCEPTED: 0,
        REJECTED: 0,
        UNKNOWN: 0,
        DEFERRED: 0,
        CONFIRMED: 0,
        FAILED_LATER: 0,
      };
      await expect(store.counts()).resolves.toEqual(nothing);
      await settled('a', 'ACCEPTED');
      await settled('a', 'ACCEPTED', otherKey);
      await settled('a', 'UNKNOWN', { ...key, orgId: 'org_2' });
      await expect(store.counts()).resolves.toEqual({ ...nothing, ACCEPTED: 2, UNKNOWN: 1 });
      await expect(store.counts('org_1')).resolves.toEqual({ ...nothing, ACCEPTED: 2 });
      await expect(store.counts('org_3')).resolves.toEqual(nothing);
    });

    it('gives back every character of keys, owners and results', async () => {
      const odd = 'a"b\\c|d\u0000e\u2028é\u{1f600}';
      const oddKey = { orgId: odd, tool: `${odd}|`, intentId: `|${odd}` };
      const answer = await store.claim(claimBy(odd, { key: oddKey, fingerprint: odd }));
      expect(answer).toMatchObject({ kind: 'claimed', record: { key: oddKey, owner: odd, fingerprint: odd } });
      const settle = { key: oddKey, owner: odd, fence: 1, state: 'REJECTED', retentionMs } as const;
      await store.settle({ ...settle, outcome: { result: odd } });
      await expect(store.get(oddKey)).resolves.toMatchObject({ key: oddKey, outcome: { result: odd } });
    });

    it('works by a clock that tells fractions of a millisecond', async () => {
      clock.advance(0.25);
      await claimed('a');
      clock.advance(leaseMs - 0.125);
      await expect(store.claim(claimBy('b'))).resolves.toMatchObject({ kind: 'held' });
      clock.advance(1);
      await expect(store.sweep({ retentionMs, limit: 10 })).resolves.toMatchObject({ released: 1 });
    });

    it('finishes what was asked before it was closed', async () => {
      const claims: Promise<ClaimAnswer>[] = [];
      for (let index = 0; index < 50; index += 1) {
        claims.push(store.claim(claimBy('a', { key: { ...key, intentId: `id-${index}` } })));
      }
      await store.close();
      const answers = await Promise.all(claims);
      expect(new Set(answers.map((answer) => answer.kind))).toEqual(new Set(['claimed']));
    });

    it('refuses everything once closed, and may be closed again', async () => {
      await store.close();
      const operations = [
        () => store.claim(claimBy('a')),
        () => store.startSending({ key, owner: 'a', fence: 1, leaseMs }),
        () => store.settle({ key, owner: 'a', fence: 1, state: 'ACCEPTED', outcome, retentionMs }),
        () => store.resolve({ key, fence: 1, state: 'CONFIRMED', outcome, retentionMs, by: 'callback' }),
        () => store.get(key),
        () => store.sweep({ retentionMs, limit: 1 }),
        () => store.counts(),
        () => store.ping(),
      ];
      for (const operation of operations) {
        await expect(operation()).rejects.toMatchObject({ code: 'store_unavailable', reason: 'down' });
      }
      await expect(store.close()).resolves.toBeUndefined();
    });

    if (durable) {
      it('still knows everything when it is opened again', async () => {
        await settled('a', 'ACCEPTED');
        await sending('b', otherKey);
        const before = await Promise.all([store.get(key), store.get(otherKey)]);
        await store.close();
        store = await place.open(clock.now);
        await expect(Promise.all([store.get(key), store.get(otherKey)])).resolves.toEqual(before);
        await expect(store.claim(claimBy('c'))).resolves.toMatchObject({ kind: 'held', record: { outcome } });
        clock.advance(leaseMs);
        await expect(store.claim(claimBy('c', { key: otherKey }))).resolves.toMatchObject({
          kind: 'held',
          record: { state: 'UNKNOWN' },
        });
      });
    }
  });
}
