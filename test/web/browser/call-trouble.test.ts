import { type BrowserContext, type Page } from 'playwright-core';
import { createClientTokens } from '../../../src/auth/client-token';
import { Closing } from '../../pipeline/support/closing';
import { orgKey } from '../../src/support/relay';
import { type BrowserParts, describeInChromium, launchChromium, newUser, type UserParts } from './support/chromium';
import { openWebHouse, type WebHouse, type WebHouseParts } from './support/house';
import { beginCall, blankPage, callByItself, openLibrary, told, untilTold } from './support/library-page';
import { microphoneHearing } from './support/microphone';
import { somethingHeard } from './support/speaker';
import { Wire } from './support/wire';

const opened = new Closing();
afterEach(() => opened.all());

interface Parts {
  readonly house?: Partial<WebHouseParts>;
  readonly browser?: BrowserParts;
  readonly user?: UserParts;
  /** The page's address instead of the house's own. */
  readonly address?: (house: WebHouse) => string;
}

interface Opened {
  readonly house: WebHouse;
  readonly user: BrowserContext;
  readonly page: Page;
  readonly wire: Wire;
}

async function openPage({ house: parts, browser, user: userParts, address }: Parts = {}): Promise<Opened> {
  const house = await openWebHouse(opened, { page: await blankPage(opened), ...parts });
  const running = await launchChromium(opened, browser ?? { microphone: await microphoneHearing(opened, 1_000) });
  const user = await newUser(running, userParts);
  const page = await openLibrary(user, address?.(house) ?? house.url);
  return { house, user, page, wire: new Wire(page) };
}

const failed = (code: string) => ({ name: 'ended', cause: { kind: 'failed', error: { code } } });
const secret = 's'.repeat(32);
const withKey = { RELAY_API_KEY: orgKey, RELAY_TOKEN_SECRET: secret };
const mint = async (nowMs = Date.now()) => (await createClientTokens(secret, () => nowMs).mint('org_demo_001')).value;
/** Quick enough for a test. */
const reconnect = { maxAttempts: 3, firstDelayMs: 50, maxDelayMs: 100 };

describeInChromium('a call goes on in writing', () => {
  const answers = async (page: Page) => {
    await page.evaluate(() => window.call.say('Hello'));
    await untilTold(page, 'transcript', { role: 'user', text: 'Hello', isFinal: true });
    await untilTold(page, 'transcript', { role: 'assistant', isFinal: true });
    await somethingHeard(page);
  };

  it('where the user has refused the microphone', async () => {
    const { page } = await openPage({ user: { allowsMicrophone: false } });
    await beginCall(page);
    await untilTold(page, 'error', { code: 'microphone_refused' });
    await answers(page);
  });

  it('where there is no microphone', async () => {
    const { page } = await openPage({ browser: {} });
    await beginCall(page);
    await untilTold(page, 'error', { code: 'microphone_missing' });
    await answers(page);
  });

  it('where the page wants no microphone', async () => {
    const { page, wire } = await openPage();
    await beginCall(page, { microphone: false });
    await answers(page);
    expect(wire.all('page', 'input_audio_buffer.append')).toEqual([]);
    expect(await told(page, 'error')).toEqual([]);
  });

  it('where there is no such microphone', async () => {
    const { page } = await openPage();
    await beginCall(page, { microphoneId: 'unplugged' });
    await untilTold(page, 'error', { code: 'microphone_missing' });
    await answers(page);
  });
});

describeInChromium('a call ends with a reason to show', () => {
  it('in a page that is not secure', async () => {
    const hosts = ['relay.test'];
    const { page } = await openPage({ browser: { hosts }, address: ({ relay }) => `http://relay.test:${relay.port}/` });
    await beginCall(page);
    await untilTold(page, 'state', failed('insecure_context'));
  });

  it('when its token has expired', async () => {
    const { page } = await openPage({ house: { variables: withKey } });
    await beginCall(page, { token: await mint(Date.now() - 3_600_000) });
    await untilTold(page, 'state', failed('token_expired'));
  });

  it('when its token is not known', async () => {
    const { page } = await openPage({ house: { variables: withKey } });
    await beginCall(page, { token: 'ek_forged' });
    await untilTold(page, 'state', failed('token_refused'));
  });

  it('when the relay stays busy, which is told with every try', async () => {
    const { page, wire } = await openPage({ house: { limits: { sessionsPerOrg: 0 } } });
    // Without a wish of its own the relay asks for five seconds each time.
    await beginCall(page, { reconnect: { ...reconnect, maxAttempts: 2 } });
    await untilTold(page, 'state', { name: 'connecting', attempt: 2, isReconnect: false });
    await untilTold(page, 'state', failed('relay_busy'));
    expect((await told(page, 'error')).map(({ code }) => code)).toEqual(['relay_busy', 'relay_busy']);
    expect(wire.addresses).toHaveLength(2);
  });

  it('when nobody answers', async () => {
    const { page } = await openPage({ user: { bypassCSP: true } });
    await beginCall(page, { url: 'ws://127.0.0.1:9/v1/realtime', token: 'ek_1', reconnect });
    await untilTold(page, 'state', failed('relay_unreachable'));
  });

  it('when the relay has ended the session', async () => {
    const { page } = await openPage({ house: { limits: { idleMs: 300 } } });
    await beginCall(page, { microphone: false });
    await untilTold(page, 'state', failed('session_ended'));
  });

  it('when its worklet cannot be loaded', async () => {
    const { page } = await openPage();
    await beginCall(page, { workletUrl: 'nowhere.js' });
    await untilTold(page, 'state', failed('audio_unavailable'));
  });
});

describeInChromium('a call can be ended', () => {
  it('after a page has said what cannot be sent', async () => {
    const { page } = await openPage();
    await beginCall(page, { microphone: false });
    await untilTold(page, 'state', { name: 'listening' });
    const state = await page.evaluate(() => {
      // A cast, because TypeScript would not let a page do that.
      const nonsense = 1n as unknown as string;
      try {
        window.call.say(nonsense);
      } catch {
        // What is thrown is JSON's own.
      }
      window.call.end();
      return window.call.state;
    });
    expect(state).toEqual({ name: 'ended', cause: { kind: 'hung_up' } });
  });

  it('while the browser asks for the microphone, which is then not opened', async () => {
    const { page } = await openPage();
    await page.evaluate(() => {
      const { mediaDevices } = navigator;
      const ask = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (constraints) => {
        const stream = await ask(constraints);
        window.call.end();
        // Looked at once whoever asked has had the stream.
        setTimeout(
          () =>
            (document.title = stream
              .getTracks()
              .map(({ readyState }) => readyState)
              .join()),
        );
        return stream;
      };
    });
    await beginCall(page);
    await page.waitForFunction(() => document.title !== 'Blank');
    expect(await page.title()).toBe('ended');
    expect(await told(page, 'error')).toEqual([]);
    expect(await told(page, 'state')).toEqual([{ name: 'ended', cause: { kind: 'hung_up' } }]);
  });

  it('and asks for no microphone after that', async () => {
    const { page } = await openPage();
    await beginCall(page, { microphone: false });
    await untilTold(page, 'state', { name: 'listening' });
    const isAsked = await page.evaluate(async () => {
      let asked = false;
      navigator.mediaDevices.getUserMedia = () => {
        asked = true;
        return Promise.reject(new DOMException('Nobody there.', 'NotFoundError'));
      };
      window.call.end();
      await window.call.useMicrophone().catch(() => undefined);
      return asked;
    });
    expect(isAsked).toBe(false);
  });
});

describeInChromium('a connection that is lost', () => {
  it('is made again, and the new conversation is told as one', async () => {
    const { page, house, wire } = await openPage();
    await beginCall(page, { reconnect });
    await untilTold(page, 'state', { name: 'listening' });
    const first = await house.simulator.session(0);
    first.drop();
    await untilTold(page, 'state', { name: 'connecting', isReconnect: true });
    await untilTold(page, 'conversation', { number: 2 });
    await page.waitForFunction(() => window.call.state.name === 'listening');
    expect(wire.addresses).toHaveLength(2);
    await page.evaluate(() => window.call.say('Hello'));
    await untilTold(page, 'transcript', { role: 'assistant', isFinal: true });
  });

  it('is made again when whoever gives tokens was out of reach for a while, too', async () => {
    const { page, user, house } = await openPage();
    await beginCall(page, { reconnect: { ...reconnect, maxAttempts: 100 } });
    await untilTold(page, 'state', { name: 'listening' });
    await user.setOffline(true);
    (await house.simulator.session(0)).drop();
    await untilTold(page, 'state', { name: 'connecting', attempt: 3, isReconnect: true });
    await user.setOffline(false);
    await untilTold(page, 'conversation', { number: 2 });
  });

  it('ends the call where it cannot be made again', async () => {
    const { page, house } = await openPage();
    await beginCall(page, { reconnect });
    await untilTold(page, 'state', { name: 'listening' });
    await house.relay.stop();
    await untilTold(page, 'state', failed('connection_lost'));
  });

  it('ends the call where it may not be made again', async () => {
    const { page, house } = await openPage();
    await beginCall(page, { reconnect: false });
    await untilTold(page, 'state', { name: 'listening' });
    (await house.simulator.session(0)).drop();
    await untilTold(page, 'state', failed('connection_lost'));
  });
});

describeInChromium('a page that nobody has touched', () => {
  it('says that a click is needed, and is heard after it', async () => {
    const house = await openWebHouse(opened, { page: await blankPage(opened) });
    const user = await newUser(await launchChromium(opened), { allowsMicrophone: false });
    await callByItself(user);
    const page = await openLibrary(user, house.url);
    await untilTold(page, 'error', { code: 'playback_blocked' });
    await page.evaluate(() => window.call.say('Hello'));
    await untilTold(page, 'transcript', { role: 'assistant', isFinal: true });
    await page.mouse.click(1, 1);
    await somethingHeard(page);
  });
});
