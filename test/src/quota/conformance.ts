import type { ConnectRate } from '../../../src/quota/connect-rate';
import type { Place, Places } from '../../../src/quota/places';

/** Places that one or several processes share, each by its own object, and ask for in turn. */
export interface SharedPlaces {
  /** By process; the last comes before the first. */
  readonly places: readonly [Places, ...Places[]];
  /** Resolves when what was given back can be taken by all. */
  settled(): Promise<void>;
}

/** What places do, whoever keeps them. */
export function describePlaces(name: string, open: () => Promise<SharedPlaces>): void {
  describe(`${name}: places`, () => {
    const take = async (
      { places }: SharedPlaces,
      count: number,
      key: string,
      max: number,
    ): Promise<(Place | undefined)[]> =>
      Promise.all(Array.from({ length: count }, (_, nth) => inTurn(places, nth).take(key, max)));
    const taken = (places: (Place | undefined)[]): Place[] => places.filter((place) => place !== undefined);

    it('are taken up to their number, by all who ask at once', async () => {
      expect(taken(await take(await open(), 20, 'acme', 7))).toHaveLength(7);
    });

    it('are counted for each key by itself', async () => {
      const shared = await open();
      expect(taken(await take(shared, 2, 'acme', 1))).toHaveLength(1);
      expect(taken(await take(shared, 2, 'other', 1))).toHaveLength(1);
    });

    it('are taken again when they were given back', async () => {
      const shared = await open();
      for (const place of taken(await take(shared, 4, 'acme', 3))) place.leave();
      await shared.settled();
      expect(taken(await take(shared, 4, 'acme', 3))).toHaveLength(3);
    });

    it('are given back once', async () => {
      const shared = await open();
      const [first] = taken(await take(shared, 2, 'acme', 2));
      first?.leave();
      first?.leave();
      await shared.settled();
      expect(taken(await take(shared, 2, 'acme', 2))).toHaveLength(1);
    });

    it('are none where there may be none', async () => {
      expect(taken(await take(await open(), 2, 'acme', 0))).toEqual([]);
    });

    it('let in who is to be let in anyway, and count him', async () => {
      const shared = await open();
      await take(shared, 1, 'acme', 1);
      const [anyway] = taken(await take(shared, 1, 'acme', Infinity));
      expect(anyway).toBeDefined();
      anyway?.leave();
      await shared.settled();
      expect(taken(await take(shared, 1, 'acme', 1))).toEqual([]);
    });
  });
}

/** What a rate of connections does, whoever keeps it. */
export function describeConnectRate(
  name: string,
  open: (maxPerSecond: number) => Promise<readonly [ConnectRate, ...ConnectRate[]]>,
): void {
  describe(`${name}: the rate of connections`, () => {
    it('gives an address its share, and others theirs', async () => {
      const rates = await open(3);
      const allowed = async (address: string) => {
        const answers = await Promise.all(Array.from({ length: 10 }, (_, nth) => inTurn(rates, nth).allows(address)));
        return answers.filter((isAllowed) => isAllowed).length;
      };
      expect(await allowed('192.0.2.1')).toBe(3);
      expect(await allowed('2001:db8::1')).toBe(3);
      expect(await allowed('192.0.2.1')).toBe(0);
    });
  });
}

const inTurn = <A>(all: readonly [A, ...A[]], nth: number): A => all[nth % all.length] ?? all[0];
