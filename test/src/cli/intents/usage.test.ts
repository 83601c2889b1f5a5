import { type ActOptions, type GivenName, usageFault } from '../../../../src/cli/intents/usage';

const none: GivenName = { org: undefined, tool: undefined, id: undefined };
const one: GivenName = { org: 'acme', tool: 'tool', id: 'id' };

it.each<[GivenName, ActOptions, string]>([
  [none, {}, 'Name an intent by ORG TOOL ID; --all with --state is for many.'],
  [none, { state: 'UNKNOWN' }, 'Name an intent by ORG TOOL ID; --all with --state is for many.'],
  [{ ...none, org: 'acme' }, {}, 'Name one intent by ORG TOOL ID, or many with --all and --state.'],
  [{ ...one, id: undefined }, {}, 'Name one intent by ORG TOOL ID, or many with --all and --state.'],
  [one, { all: true }, 'Name one intent, or many with --all: not both.'],
  [one, { state: 'UNKNOWN' }, 'Name one intent, or many with --all: not both.'],
  [one, { limit: 1 }, 'Name one intent, or many with --all: not both.'],
  [none, { all: true }, '--state: is required with --all.'],
  [none, { all: true, org: 'acme', olderThan: '1h' }, '--state: is required with --all.'],
  [none, { all: true, state: 'UNKNOWN' }, '--yes: is required with --all where nobody can be asked.'],
  [
    none,
    { all: true, state: 'UNKNOWN', yes: true, olderThan: '5x' },
    '--older-than: must be a length of time such as "30s", "10m", "24h" or "7d".',
  ],
  [
    none,
    { all: true, state: 'UNKNOWN', yes: true, olderThan: '2h', newerThan: '1h' },
    '--newer-than: must be longer than older-than, or there is nothing between the two.',
  ],
])('refuses %j with %j', (name, options, fault) => {
  expect(usageFault(name, options, false)).toBe(fault);
});

it.each<[GivenName, ActOptions, boolean]>([
  [one, {}, false],
  [one, { yes: true, url: 'http://127.0.0.1:8000' }, false],
  [none, { all: true, state: 'UNKNOWN' }, true],
  [none, { all: true, state: 'UNKNOWN', yes: true, olderThan: '1h', newerThan: '2d', org: 'acme', limit: 5 }, false],
])('takes %j with %j', (name, options, canAsk) => {
  expect(usageFault(name, options, canAsk)).toBeUndefined();
});
