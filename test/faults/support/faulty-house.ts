import { type Closing } from '../../pipeline/support/closing';
import { record } from '../../simulator/support/client';
import { FaultProxy } from '../../support/fault-proxy';
import { type House, type HouseParts, openHouse } from '../../e2e/support/house';

/** A house with a proxy on each leg; its `url` leads clients through the first. */
export interface FaultyHouse extends House {
  /** Between clients and the relay. */
  readonly front: FaultProxy;
  /** Between the relay and upstream. */
  readonly back: FaultProxy;
  /** The fields of its log lines with a message, in order. */
  logged(message: string): Record<string, unknown>[];
  /** The named endings of its sessions so far, in order. */
  endings(): unknown[];
}

export async function openFaultyHouse(opened: Closing, parts: HouseParts = {}): Promise<FaultyHouse> {
  const back = opened.add(await FaultProxy.start(), (proxy) => proxy.close());
  const house = await openHouse(opened, {
    ...parts,
    variables: { OPENAI_REALTIME_URL: `ws://127.0.0.1:${back.port}/v1/realtime`, ...parts.variables },
  });
  back.target = house.simulator.port;
  const front = opened.add(await FaultProxy.start(house.relay.port), (proxy) => proxy.close());
  const logged = (message: string) =>
    house.log.map((line) => record(JSON.parse(line))).filter(({ msg }) => msg === message);
  const endings = () => logged('Session ended').map(({ cause }) => cause);
  return { ...house, front, back, url: `ws://127.0.0.1:${front.port}/v1/realtime`, logged, endings };
}
