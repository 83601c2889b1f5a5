import { createClientTokens } from '../../../src/auth/client-token';
import { orgKey } from '../../src/support/relay';
import { FaultProxy } from '../../support/fault-proxy';
import { confirmation, describePage, heading, press, says, sentences, wholeBooking, write } from './support/page-suite';

describePage('the page', (suite) => {
  describe('when the connection drops', () => {
    it('says so, tries again, and tells that a new conversation has begun', async () => {
      const { relay } = await suite.openHouse();
      const proxy = suite.opened.add(await FaultProxy.start(relay.port), (started) => started.close());
      const { page } = await suite.open(`http://127.0.0.1:${proxy.port}/`);
      await press(page, 'Type instead');
      await write(page, 'Hello');
      await says(page, 'I can book an appointment for you');
      proxy.refuse();
      await relay.stop();
      await heading(page, /Trying again/);
      proxy.target = (await suite.openHouse()).relay.port;
      await proxy.heal();
      await page.getByRole('log').getByText('A new conversation has begun').waitFor();
      await heading(page, 'Ready for your message');
      await write(page, wholeBooking);
      await says(page, confirmation);
    });
  });

  describe('says what is wrong, and the way out', () => {
    const secret = 's'.repeat(32);
    const variables = { RELAY_API_KEY: orgKey, RELAY_TOKEN_SECRET: secret };
    const minted = (nowMs = Date.now()) => createClientTokens(secret, () => nowMs).mint('org_demo_001');

    it('where the microphone is refused: the call goes on in writing', async () => {
      const { url } = await suite.openHouse();
      const { page } = await suite.open(url, { allowsMicrophone: false });
      await press(page, 'Start talking');
      await page.getByRole('alert').getByText('The microphone is not allowed').waitFor();
      await write(page, wholeBooking);
      await says(page, confirmation);
      await page.context().grantPermissions(['microphone']);
      await press(page, 'Try the microphone');
      await page.getByRole('button', { name: 'Mute the microphone' }).waitFor();
      await page.getByRole('alert').waitFor({ state: 'hidden' });
    });

    it('where there is no microphone', async () => {
      const { url } = await suite.openHouse();
      const { page } = await suite.openOn({}, url);
      await press(page, 'Start talking');
      await page.getByRole('alert').getByText('No microphone was found').waitFor();
    });

    it('where the microphone is unplugged in the middle of a word: the call goes on in writing', async () => {
      const { url } = await suite.openHouse();
      const { page, wire } = await suite.open(url);
      await page.evaluate(() => {
        const { mediaDevices } = navigator;
        const ask = mediaDevices.getUserMedia.bind(mediaDevices);
        mediaDevices.getUserMedia = async (constraints) => {
          const stream = await ask(constraints);
          addEventListener('unplug', () => {
            for (const track of stream.getTracks()) {
              track.stop();
              track.dispatchEvent(new Event('ended'));
            }
          });
          return stream;
        };
      });
      await press(page, 'Start talking');
      await wire.next('relay', 'input_audio_buffer.speech_started');
      await page.evaluate(() => dispatchEvent(new Event('unplug')));
      await page.getByRole('alert').getByText('The microphone was disconnected').waitFor();
      await wire.next('relay', 'input_audio_buffer.speech_stopped');
      await write(page, wholeBooking);
      await says(page, confirmation);
    });

    it('where a sentence of the sample voice cannot be loaded, which can be tried again', async () => {
      const { url } = await suite.openHouse({ simulator: { heard: [sentences[0]] } });
      const { page } = await suite.open(url, { allowsMicrophone: false });
      await page.route('**/voices/*.wav', (route) => route.abort(), { times: 1 });
      await press(page, 'Use a sample voice');
      await heading(page, 'Listening');
      await press(page, sentences[0]);
      await page.getByRole('alert').getByText('The sample voice cannot be loaded').waitFor();
      await press(page, sentences[0]);
      await says(page, sentences[0]);
    });

    it('where the token has expired, which leaves the address at once', async () => {
      const { url } = await suite.openHouse({ variables });
      const { page } = await suite.open(`${url}#token=${(await minted(Date.now() - 3_600_000)).value}`);
      expect(page.url()).toBe(url);
      await press(page, 'Start talking');
      await heading(page, 'The link has expired');
    });

    it('where there is no token, and goes on with one that comes later', async () => {
      const { url } = await suite.openHouse({ variables });
      const { page } = await suite.open(url);
      await press(page, 'Type instead');
      await heading(page, 'This page has no token');
      await page.goto(`${url}#token=${(await minted()).value}`);
      await press(page, 'New call');
      await heading(page, 'Ready for your message');
    });

    it('where the relay is busy, and gets through once there is room', async () => {
      const { url } = await suite.openHouse({ limits: { sessionsPerOrg: 1 } });
      const { page: first } = await suite.open(url);
      await press(first, 'Type instead');
      await heading(first, 'Ready for your message');
      const { page: second } = await suite.open(url);
      await press(second, 'Type instead');
      await heading(second, 'All lines are busy. Trying again');
      await press(first, 'End the call');
      await heading(second, 'Ready for your message');
    });

    it('where the session has ended', async () => {
      const { url } = await suite.openHouse({ limits: { sessionMaxMs: 1_500 } });
      const { page } = await suite.open(url);
      await press(page, 'Type instead');
      await heading(page, 'The call has reached its longest time');
    });

    it('where the page is not secure', async () => {
      const { relay } = await suite.openHouse({ variables });
      const { page } = await suite.openOn(
        { hosts: ['relay.test'] },
        `http://relay.test:${relay.port}/#token=${(await minted()).value}`,
      );
      await press(page, 'Start talking');
      await heading(page, 'This page is not secure');
      await page.getByRole('button', { name: 'Open it securely' }).waitFor();
    });
  });
});
