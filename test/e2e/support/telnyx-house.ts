import { RestServer, TelnyxCarrier, TelnyxKey } from '../../../simulator/carriers';
import { telnyxCommand } from '../../../simulator/carriers/telnyx/rest';
import { type Closing } from '../../pipeline/support/closing';
import { phone, telnyxKeySeed } from './phone-carriers';
import { type NumberedHouse, type NumberedParts, openNumberedHouse, publicUrl } from './phone-house';

/** A relay with a phone number at Telnyx. */
export interface TelnyxHouse extends NumberedHouse {
  readonly carrier: TelnyxCarrier;
}

/** Opens a house that is closed after the test. The carrier is made last: it has to know where the relay listens. */
export async function openTelnyxHouse(opened: Closing, parts: NumberedParts = {}): Promise<TelnyxHouse> {
  const { apiKey } = phone;
  const rest: RestServer = opened.add(
    await RestServer.start((request) =>
      telnyxCommand(apiKey, request, (callId) => carrier.calls.find(({ id }) => id === callId)),
    ),
    (server) => server.close(),
  );
  const house = await openNumberedHouse(opened, 'telnyx', rest.url, parts);
  const webhookUrl = `${publicUrl}/telephony/telnyx/voice`;
  const options = { webhookUrl, address: house.relay.url, apiKey, keySeed: telnyxKeySeed };
  const carrier: TelnyxCarrier = new TelnyxCarrier(options, rest);
  opened.add(carrier, (each) => each.close());
  return { ...house, carrier };
}

/** Tells a relay, once more perhaps, of a call that rings. */
export function ringAt(relayUrl: string, callId: string): Promise<Response> {
  const payload = { call_control_id: callId, to: phone.called, direction: 'incoming' };
  const body = JSON.stringify({ data: { event_type: 'call.initiated', payload } });
  const timestamp = Math.floor(Date.now() / 1_000);
  const signature = new TelnyxKey(telnyxKeySeed).sign(timestamp, body);
  const headers = { 'telnyx-timestamp': String(timestamp), 'telnyx-signature-ed25519': signature };
  return fetch(`${relayUrl}/telephony/telnyx/voice`, { method: 'POST', headers, body });
}
