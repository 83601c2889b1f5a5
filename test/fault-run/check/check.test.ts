import { type Org } from '../../../scripts/faults/orgs';
import { type Play } from '../../../scripts/faults/plays';
import {
  accepted,
  confirmed,
  deferred,
  life,
  notSent,
  other,
  rejected,
  sending,
  Story,
  told,
  unknownSince,
} from './support';

const story = (org?: Org) => new Story(org);
const doubtful = ['fail', 'hang', 'reset_early', 'reset_late'] as const satisfies Play[];

describe('a history in which all went well', () => {
  it.each<[string, Story]>([
    ['taken, repeated', story().call(0, told('success')).send(5, 'accept').call(20, told('duplicate')).ends(accepted)],
    ['refused', story().call(0, told('rejected')).send(5, 'refuse').ends(rejected)],
    ['too many, then taken', story().call(0, told('success')).send(2, 'too_many').send(5, 'accept').ends(accepted)],
    ['too many', story().call(0, told('not_sent')).send(2, 'too_many').ends(notSent('http_429'))],
    ['never claimed', story().call(0, told('unavailable'))],
    ['deferred', story('org_defers').call(0, told('deferred')).send(2, 'too_many').ends(deferred)],
    ['deferred, sent', story('org_defers').call(0, told('deferred')).send(900, 'accept').ends(accepted)],
    ['deferred, and too late', story('org_defers').call(0, told('deferred')).ends(notSent('deferral_expired'))],
    ['in doubt', story().call(0, told('unknown')).send(5, 'fail').ends(unknownSince(1))],
    ['the client left', story().call(0, { kind: 'left', afterMs: 1 }).send(5, 'accept').ends(accepted)],
    [
      'sent again to a receiver that deduplicates',
      story('org_deduplicates').call(0, told('unknown')).send(5, 'hang').send(900, 'accept').ends(accepted),
    ],
    [
      'the relay was killed',
      story()
        .call(0, { kind: 'cut', afterMs: 30 })
        .send(5, 'accept_slowly', { repliesAfterMs: 300 })
        .kill(20)
        .ends(unknownSince(1)),
    ],
    [
      'refused, and much later not sent',
      story().call(0, told('rejected')).send(5, 'refuse').call(70_000, told('not_sent')).ends(notSent('refused')),
    ],
  ])('%s', (_name, { broken }) => {
    expect(broken).toEqual([]);
  });
});

describe('a second request', () => {
  it('is found after one that was taken', () => {
    const twice = story().call(0, told('success')).send(5, 'accept').send(50, 'accept', { life: other }).ends(accepted);
    expect(twice.broken).toEqual(['delivered_twice']);
  });

  it.each(doubtful)('is found after one that proved nothing: %s', (play) => {
    const twice = story().call(0, told('unknown')).send(5, play).send(50, 'too_many').ends(unknownSince(1));
    expect(twice.broken).toEqual(['delivered_twice']);
  });

  it('is found where a receiver that deduplicates carried out both', () => {
    const twice = story('org_deduplicates').send(5, 'hang', { did: true }).send(50, 'accept').ends(accepted);
    expect(twice.broken).toEqual(['delivered_twice']);
  });

  it('is found to have another body', () => {
    const changed = story().call(0, told('success')).send(2, 'too_many').send(5, 'accept', { bodyHash: 'c' });
    expect(changed.ends(accepted).broken).toEqual(['other_body']);
  });
});

describe('what is lost', () => {
  it.each(['success', 'duplicate', 'deferred', 'unknown', 'rejected', 'in_progress'] as const)(
    'is found where a caller was told %s',
    (outcome) => {
      expect(story().call(0, told(outcome)).broken).toContain('lost');
    },
  );

  it('is found where a webhook was asked', () => {
    expect(story().call(0, { kind: 'left', afterMs: 1 }).send(5, 'accept').broken).toEqual(['lost']);
  });
});

describe('a state at the end', () => {
  it.each<[string, string, Story]>([
    ['under way', 'no_end', story().call(0, told('unknown')).ends(sending)],
    ['accepted by nobody', 'not_as_met', story().ends(accepted)],
    ['accepted, and too many it was', 'not_as_met', story().send(5, 'too_many').ends(accepted)],
    ['refused by nobody', 'not_as_met', story().ends(rejected)],
    ['not sent, and accepted', 'not_as_met', story().send(5, 'accept').ends(notSent('timeout'))],
    ['not sent, and refused', 'not_as_met', story().call(0, told('rejected')).send(5, 'refuse').ends(notSent('x'))],
    ['deferred, and accepted', 'not_as_met', story('org_defers').send(5, 'accept').ends(deferred)],
    ['deferred, where nothing may be', 'not_as_met', story().ends(deferred)],
    ['confirmed by nobody', 'not_as_met', story().send(5, 'accept').ends(confirmed)],
  ])('is found to be wrong: %s', (_name, rule, { broken }) => {
    expect(broken).toEqual([rule]);
  });
});

describe('doubt', () => {
  it.each(doubtful)('is missed after %s', (play) => {
    expect(story().send(5, play).ends(notSent('x')).broken).toEqual(['no_doubt']);
    expect(story().send(5, play).broken).toEqual(['lost', 'no_doubt']);
  });

  it('is missed where the last request to a receiver that deduplicates proved nothing', () => {
    const resent = story('org_deduplicates').send(5, 'accept').send(90, 'hang', { did: false });
    expect(resent.ends(accepted).broken).toEqual(['no_doubt']);
  });

  it('needs a reason', () => {
    expect(story().send(5, 'accept').ends(unknownSince(1)).broken).toEqual(['needless_doubt']);
    expect(story().send(5, 'refuse').ends(unknownSince(1)).broken).toEqual(['needless_doubt']);
    expect(story().ends(unknownSince(1)).broken).toEqual(['needless_doubt']);
  });

  it('has one in the death of the relay that was at it, and of no other, then, and no later', () => {
    const sent = () => story().send(5, 'accept');
    expect(sent().kill(300).ends(unknownSince(1)).broken).toEqual([]);
    expect(story().kill(1).send(20, 'accept').ends(unknownSince(1)).broken).toEqual([]);
    expect(sent().kill(300, other).ends(unknownSince(1)).broken).toEqual(['needless_doubt']);
    expect(sent().kill(30_000).ends(unknownSince(1)).broken).toEqual(['needless_doubt']);
    expect(story().kill(5).send(300, 'accept', { life: other }).ends(unknownSince(1)).broken).toEqual([
      'needless_doubt',
    ]);
  });

  it('has one in an answer that came too late, and in none that came in time', () => {
    const answered = (repliesAfterMs: number) =>
      story().send(5, 'accept_slowly', { repliesAfterMs }).ends(unknownSince(1));
    expect(answered(4_500).broken).toEqual([]);
    expect(answered(3_000).broken).toEqual(['needless_doubt']);
  });

  it('has one in the death of any relay where no request arrived, at the moment on record', () => {
    expect(story().kill(300, other).ends(unknownSince(250)).broken).toEqual([]);
    expect(story().kill(300).ends(unknownSince(400)).broken).toEqual(['needless_doubt']);
    const later = () => story().send(5, 'too_many').ends(unknownSince(9_000));
    expect(later().kill(9_100, other).broken).toEqual([]);
    expect(later().kill(8_000, other).broken).toEqual(['needless_doubt']);
  });

  it('has none in a store that was away, unless the relay was killed before it could write the outcome late', () => {
    const sent = () => story().outage(400, 4_900).outage(5_000, 6_000).send(5, 'accept');
    expect(sent().ends(unknownSince(1)).broken).toEqual(['needless_doubt']);
    expect(sent().kill(6_100).ends(unknownSince(1)).broken).toEqual([]);
    expect(sent().kill(60_000).ends(unknownSince(1)).broken).toEqual(['needless_doubt']);
    const later = story().outage(5_000, 6_000).send(5, 'accept').kill(6_100);
    expect(later.ends(unknownSince(1)).broken).toEqual(['needless_doubt']);
  });
});

describe('a caller', () => {
  it.each<[string, Story]>([
    ['whose call never ended', story().call(0, undefined)],
    ['that waited in vain', story().call(0, { kind: 'in_vain', afterMs: 30_000 })],
    ['that was turned away', story().call(0, { kind: 'turned_away', status: 500, afterMs: 3 })],
    ['whose connection broke', story().call(0, { kind: 'cut', afterMs: 3 })],
    ['whose connection broke before its relay was killed', story().call(0, { kind: 'cut', afterMs: 3 }).kill(9)],
    [
      'whose connection broke when another relay was killed',
      story().call(0, { kind: 'cut', afterMs: 9 }).kill(3, other),
    ],
  ])('that was not answered is found: %s', (_name, { broken }) => {
    expect(broken).toEqual(['unanswered']);
  });

  it('that met no relay asked nothing', () => {
    expect(story().call(0, { kind: 'unreachable', afterMs: 1 }).broken).toEqual([]);
  });
});

describe('what a caller was told', () => {
  it.each(['success', 'duplicate'] as const)('is contradicted: %s, and not on record', (outcome) => {
    expect(story().call(0, told(outcome)).ends(notSent('x')).broken).toEqual(['success_denied']);
    expect(story().call(0, told(outcome)).send(5, 'fail').ends(unknownSince(1)).broken).toEqual(['success_denied']);
  });

  it('is contradicted by another who was told the same', () => {
    const twice = story().call(0, told('success')).call(0, told('success'), other).send(5, 'accept').ends(accepted);
    expect(twice.broken).toEqual(['success_twice']);
  });

  it.each(['not_sent', 'unavailable'] as const)('is contradicted: %s, and sent', (outcome) => {
    expect(story().call(0, told(outcome)).send(5, 'accept').ends(accepted).broken).toEqual(['not_nothing']);
  });

  it('is not contradicted by what others sent meanwhile', () => {
    const beside = story().call(0, told('not_sent')).call(1, told('success')).send(5, 'accept').ends(accepted);
    expect(beside.broken).toEqual([]);
    const elsewhere = story().call(0, told('not_sent')).send(5, 'accept', { life: other }).ends(accepted);
    expect(elsewhere.broken).toEqual([]);
  });

  it('is contradicted where what was deferred was dropped', () => {
    const dropped = story('org_defers').call(0, told('deferred')).send(5, 'too_many').ends(notSent('http_429'));
    expect(dropped.broken).toEqual(['deferral_dropped']);
  });
});

it('a relay that ends by itself is found', () => {
  expect(story().fall().broken).toEqual(['relay_fell']);
  expect(story().kill(5, life).broken).toEqual([]);
});
