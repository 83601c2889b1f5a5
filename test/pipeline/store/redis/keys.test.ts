import fc from 'fast-check';
import { keyOfMember, laneOf, memberOf, orgOfTag, RedisKeys, tagOf } from '../../../../pipeline/store/redis/keys';
import { fairShares } from '../../../../pipeline/store/redis/due';

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '{', '}', '{}', '%', '\ud800', '\\ud800'),
);

describe('the names of keys', () => {
  const keys = new RedisKeys('relay');

  it('hold each org as one tag, from which it is read back', () => {
    fc.assert(
      fc.property(anyText, (orgId) => {
        expect(tagOf(orgId)).toMatch(/^[^{}\s]+$/);
        expect(orgOfTag(tagOf(orgId))).toBe(orgId);
      }),
    );
  });

  it('put all that is of an org into one slot of a cluster', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (orgId, tool, intentId) => {
        const names = [keys.record({ orgId, tool, intentId }), keys.due(orgId, 'over'), keys.inState(orgId, 'SENDING')];
        expect(new Set(names.map(laneOf))).toEqual(new Set([tagOf(orgId)]));
      }),
    );
  });

  it('tell intents apart, and are read back', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (orgId, tool, intentId) => {
        const key = { orgId, tool, intentId };
        expect(keyOfMember(orgId, memberOf(key))).toEqual(key);
      }),
    );
  });
});

describe('fair shares', () => {
  it('are all that there is, never more than is wanted, and never less for one than for a greedier one', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 10 }), fc.nat(100), (wishes, available) => {
        const shares = fairShares(wishes, available);
        const total = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0);
        expect(total(shares)).toBe(Math.min(available, total(wishes)));
        shares.forEach((share, place) => expect(share).toBeLessThanOrEqual(wishes[place] ?? 0));
        // Whoever did not get all they wanted got no less than anybody else, but for one that cannot be divided.
        const least = Math.min(...shares.filter((share, place) => share < (wishes[place] ?? 0)));
        shares.forEach((share) => expect(share).toBeLessThanOrEqual(least + 1));
      }),
    );
  });
});
