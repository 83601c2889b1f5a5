import { createConnectRate } from '../../../src/quota/connect-rate';
import { MemoryPlaces } from '../../../src/quota/memory-places';
import { describeConnectRate, describePlaces } from './conformance';

describePlaces('in memory', () => Promise.resolve({ places: [new MemoryPlaces()], settled: () => Promise.resolve() }));

describeConnectRate('in memory', (maxPerSecond) => Promise.resolve([createConnectRate(maxPerSecond, () => 0)]));
