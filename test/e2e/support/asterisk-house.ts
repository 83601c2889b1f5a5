import { type AsteriskCarrier, type AsteriskOptions, startAsterisk } from '../../../simulator/carriers';
import { dialplanMediaPath } from '../../../src/telephony/addresses';
import { type Closing } from '../../pipeline/support/closing';
import { asteriskAccount } from './phone-carriers';
import { type NumberedHouse, type NumberedParts, openNumberedHouse, publicUrl } from './phone-house';

/** A relay with a phone number at an Asterisk. */
export interface AsteriskHouse extends NumberedHouse {
  readonly carrier: AsteriskCarrier;
}

export interface AsteriskParts extends NumberedParts {
  /** How Asterisk is set up, where it differs from what the relay has been told. */
  readonly pbx?: Partial<AsteriskOptions>;
}

/** Opens a house that is closed after the test. */
export async function openAsteriskHouse(
  opened: Closing,
  { pbx, ...parts }: AsteriskParts = {},
): Promise<AsteriskHouse> {
  const { username, password, ariUsername, ariPassword } = asteriskAccount.credentials;
  // Where the relay listens is known once it does, and it has to know where ARI is first.
  const whereabouts = { address: '' };
  const options = Object.assign(whereabouts, {
    uri: publicUrl.replace('http', 'ws') + dialplanMediaPath('asterisk'),
    username,
    password,
    ari: { username: ariUsername, password: ariPassword },
    ...pbx,
  });
  const carrier = opened.add(await startAsterisk(options), (running) => running.close());
  const house = await openNumberedHouse(opened, 'asterisk', carrier.apiUrl, parts);
  whereabouts.address = house.relay.url;
  return { ...house, carrier };
}
