import { Closing } from '../pipeline/support/closing';
import { carrierKinds, type CarrierName } from './support/phone-carriers';
import { playTransfer, playWholeCall, wantsAPerson, wholeCall } from './support/phone-conversations';
import { linesOf, openPhoneHouse, phone } from './support/phone-house';

const opened = new Closing();
afterEach(() => opened.all());

/** Of each carrier: what else its line may have, what upstream speaks then, and what proves webhooks and media sockets. */
const kinds = [
  ['plivo', {}, 'audio/pcmu', 'x-plivo-signature-v3', 'x-plivo-signature-v3'],
  ['plivo', { contentType: 'audio/x-l16;rate=16000' }, 'audio/pcm', 'x-plivo-signature-v3', 'x-plivo-signature-v3'],
  ['vonage', {}, 'audio/pcm', 'authorization', 'authorization'],
  ['jambonz', {}, 'audio/pcm', 'jambonz-signature', 'authorization'],
  ['jambonz', { sampleRate: 8000 }, 'audio/pcm', 'jambonz-signature', 'authorization'],
] as const satisfies readonly (readonly [CarrierName, object, string, string, string])[];

describe.each(kinds)('a phone call by %s %j', (carrier, line, format) => {
  it('is interrupted, books once, and is hung up when the goodbye has been heard', async () => {
    const house = await openPhoneHouse(opened, { carrier, line, simulator: { scenario: wholeCall } });
    const call = house.carrier.call({ from: phone.caller, to: phone.called });
    await playWholeCall(house, carrier, call, format);
  });
});

const each = kinds.filter(([, line]) => Object.keys(line).length === 0);

describe.each(each)('at %s', (carrier, _line, _format, proof, mediaProof) => {
  it('a transfer connects the caller with a colleague', async () => {
    const house = await openPhoneHouse(opened, { carrier, simulator: { scenario: wantsAPerson } });
    const call = house.carrier.call({ from: phone.caller, to: phone.called });
    await playTransfer(house, carrier, call);
  });

  it.each([
    ['that nobody signed', { headers: { [proof]: undefined } }, 'wrong_signature'],
    ['with a wrong signature', { headers: { [proof]: 'Bearer AAAA' } }, 'wrong_signature'],
    ['about a number nobody has', { to: '+15559999999' }, 'unknown_number'],
  ])('a webhook %s is refused, and no session is opened', async (_what, options, code) => {
    const house = await openPhoneHouse(opened, { carrier });
    const call = house.carrier.call(options);
    expect(await call.ended).toMatchObject({ kind: 'failed' });
    expect(linesOf(house, 'Webhook of a call refused')).toMatchObject([{ carrier, code, level: 'warn' }]);
    expect(house.relay.sessionCount()).toBe(0);
  });

  it('a webhook for another account is refused', async () => {
    const house = await openPhoneHouse(opened, { carrier, line: carrierKinds[carrier].another });
    const call = house.carrier.call();
    expect(await call.ended).toMatchObject({ kind: 'failed' });
    expect(linesOf(house, 'Webhook of a call refused')).toMatchObject([{ code: 'wrong_signature' }]);
  });

  it('a media socket is let in with its proof, and once', async () => {
    const house = await openPhoneHouse(opened, { carrier });
    const call = house.carrier.call();
    const { document } = await call.until('answered');
    await call.until('stream_opened');
    for (const headers of [{}, { [mediaProof]: undefined }, { [mediaProof]: 'Bearer AAAA' }]) {
      const again = house.carrier.call({ document, headers });
      expect(await again.until('stream_refused')).toMatchObject({ status: 403 });
    }
    expect(linesOf(house, 'Media stream refused').map(({ code }) => code)).toEqual([
      'media_token_used',
      'wrong_signature',
      'wrong_signature',
    ]);
    call.hangUp();
  });

  it('a caller who cannot be served is told so', async () => {
    const house = await openPhoneHouse(opened, { carrier, limits: { sessionsPerOrg: 1 } });
    const first = house.carrier.call();
    await first.until('stream_opened');
    const second = house.carrier.call();
    expect(await second.ended).toEqual({ kind: 'completed', by: 'document' });
    expect((await second.until('answered')).document).toContain('Please call again');
    expect(second.complaints).toEqual([]);
    first.hangUp();
  });
});
