import { type BrowserContext, type Page } from 'playwright-core';
import { Closing } from '../../pipeline/support/closing';
import { describeInChromium, launchChromium, newUser } from './support/chromium';
import { openWebHouse } from './support/house';
import { beginCall, blankPage, openLibrary, told, untilTold } from './support/library-page';
import { microphoneHearing, type Sound } from './support/microphone';
import { allHeardBy, sentSpeech, soundOf } from './support/played';
import { servePage } from './support/page-server';
import { audibleMs, somethingHeard } from './support/speaker';
import { Wire } from './support/wire';

const opened = new Closing();
afterEach(() => opened.all());

/** A page with the library, in a browser that was changed, before a relay. */
async function openPage(
  sounds: readonly Sound[],
  change: (user: BrowserContext) => Promise<unknown> = () => Promise.resolve(),
): Promise<{ readonly page: Page; readonly wire: Wire }> {
  const house = await openWebHouse(opened, { page: await blankPage(opened) });
  const browser = await launchChromium(opened, { microphone: await microphoneHearing(opened, ...sounds) });
  const user = await newUser(browser);
  await change(user);
  const page = await openLibrary(user, house.url);
  return { page, wire: new Wire(page) };
}

declare global {
  interface Window {
    contexts: AudioContext[];
    streams: MediaStream[];
  }
}

/** Keeps the audio contexts and microphones of a page in reach of the test. */
const watched = (user: BrowserContext) =>
  user.addInitScript(() => {
    window.contexts = [];
    window.streams = [];
    const Original = AudioContext;
    window.AudioContext = class extends Original {
      constructor(options?: AudioContextOptions) {
        super(options);
        window.contexts.push(this);
      }
    };
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (constraints) => {
      const stream = await ask(constraints);
      window.streams.push(stream);
      return stream;
    };
  });

/** A browser whose audio runs at 48 kHz, whatever is asked for. */
const at48kHz = (user: BrowserContext) =>
  user.addInitScript(() => {
    const Original = AudioContext;
    window.AudioContext = class extends Original {
      constructor(options?: AudioContextOptions) {
        super({ ...options, sampleRate: 48_000 });
      }
    };
  });

/** A browser that takes a microphone only in a context of the microphone's own rate. */
const choosy = (user: BrowserContext) =>
  user.addInitScript(() => {
    const Original = AudioContext;
    window.AudioContext = class extends Original {
      override createMediaStreamSource(stream: MediaStream) {
        if (this.sampleRate === 24_000) throw new DOMException('Another rate.', 'NotSupportedError');
        return super.createMediaStreamSource(stream);
      }
    };
  });

const isSilent = (base64: unknown) => Buffer.from(String(base64), 'base64').every((byte) => byte === 0);
const lastFrame = (wire: Wire) => wire.all('page', 'input_audio_buffer.append').at(-1)?.json['audio'];

describeInChromium('the audio of a call', () => {
  it('is heard and cut off in time at a rate that is not the session’s', async () => {
    const { page, wire } = await openPage([1_000], at48kHz);
    await beginCall(page);
    await page.evaluate(() => window.call.say('Hello'));
    await somethingHeard(page);
    await wire.next('relay', 'response.done');
    await page.evaluate(() => window.call.say('Stop'));
    const { json } = await wire.next('page', 'conversation.item.truncate');
    const heard = await allHeardBy(page);
    expect(heard.rateHz).toBe(48_000);
    const speech = sentSpeech(wire, json['item_id']);
    const told = speech.subarray(0, 24 * Number(json['audio_end_ms']));
    expect(told.length).toBeLessThan(speech.length - 12_000);
    expect(Math.abs(audibleMs(soundOf(told)) - audibleMs(heard))).toBeLessThan(100);
  });

  it.each([
    ['runs at another rate', at48kHz],
    ['takes a microphone only at its own rate', choosy],
  ])('comes from the microphone where the browser %s', async (_which, change) => {
    const { page, wire } = await openPage([200, 'booking', 2_000], change);
    await beginCall(page);
    await wire.next('relay', 'input_audio_buffer.speech_stopped');
    const speech = wire.all('page', 'input_audio_buffer.append').map(({ json }) => String(json['audio']));
    expect(new Set(speech.map((audio) => Buffer.from(audio, 'base64').length))).toEqual(new Set([40 * 48]));
    expect(await told(page, 'error')).toEqual([]);
  });

  it('comes in frames as long as asked for', async () => {
    const { page, wire } = await openPage([1_000]);
    await beginCall(page, { frameMs: 100 });
    const { json } = await wire.next('page', 'input_audio_buffer.append', 3);
    expect(Buffer.from(String(json['audio']), 'base64')).toHaveLength(100 * 48);
  });

  it('is silence while the microphone is muted', async () => {
    const { page, wire } = await openPage([100, 'booking', 'booking', 'booking']);
    await beginCall(page);
    await wire.next('relay', 'input_audio_buffer.speech_started');
    await page.evaluate(() => window.call.mute(true));
    const before = wire.all('page', 'input_audio_buffer.append').length;
    const { json } = await wire.next('page', 'input_audio_buffer.append', before + 10);
    expect(isSilent(json['audio'])).toBe(true);
    await page.evaluate(() => window.call.mute(false));
    while (isSilent(lastFrame(wire))) await wire.next('page', 'input_audio_buffer.append', wire.events.length);
  });

  it('is as loud as it is told', async () => {
    const { page } = await openPage([300, 'booking', 3_000]);
    await beginCall(page);
    await page.waitForFunction(() =>
      window.told.some(({ event, detail }) => {
        return event === 'levels' && Number(Reflect.get(Object(detail) as object, 'output')) > 0.3;
      }),
    );
    const levels = await told(page, 'levels');
    expect(Math.max(...levels.map(({ input }) => input))).toBeGreaterThan(0.3);
    for (const { input, output } of levels) {
      for (const level of [input, output]) {
        expect(level).toBeGreaterThanOrEqual(0);
        expect(level).toBeLessThanOrEqual(1);
      }
    }
  });

  it('names its devices, and goes on with another microphone', async () => {
    const { page, wire } = await openPage([2_000], watched);
    await beginCall(page);
    await untilTold(page, 'state', { name: 'listening' });
    const devices = await page.evaluate(() => window.call.devices());
    const microphone = devices.find(({ kind, id }) => kind === 'microphone' && id !== 'default');
    expect(microphone?.name).toContain('Fake');
    await page.evaluate((id) => window.call.useMicrophone(id), microphone?.id);
    const before = wire.all('page', 'input_audio_buffer.append').length;
    await wire.next('page', 'input_audio_buffer.append', before + 3);
    const states = await page.evaluate(() => window.streams.map((stream) => stream.getTracks()[0]?.readyState));
    expect(states).toEqual(['ended', 'live']);
    expect(
      await page.evaluate(() =>
        window.call
          .useMicrophone('unplugged')
          .catch((error: unknown) => Reflect.get(Object(error) as object, 'code') as unknown),
      ),
    ).toBe('microphone_missing');
    expect(await page.evaluate(() => window.streams.at(-1)?.getTracks()[0]?.readyState)).toBe('live');
  });

  it('comes from the microphone chosen last, however long the browser takes for the one before', async () => {
    const { page } = await openPage([1_000]);
    await beginCall(page, { microphone: false });
    await untilTold(page, 'state', { name: 'listening' });
    const states = await page.evaluate(async () => {
      const { mediaDevices } = navigator;
      const ask = mediaDevices.getUserMedia.bind(mediaDevices);
      const { promise: isTime, resolve: goOn } = Promise.withResolvers<undefined>();
      const streams: MediaStream[] = [];
      mediaDevices.getUserMedia = async (constraints) => {
        const stream = await ask(constraints);
        if (streams.push(stream) === 1) await isTime;
        return stream;
      };
      const first = window.call.useMicrophone();
      while (streams.length === 0) await new Promise(requestAnimationFrame);
      await window.call.useMicrophone();
      goOn(undefined);
      await first;
      return streams.map((stream) => stream.getTracks()[0]?.readyState);
    });
    expect(states).toEqual(['ended', 'live']);
  });

  it('begins when the microphone is allowed after all', async () => {
    const { page, wire } = await openPage([1_000]);
    await beginCall(page, { microphone: false });
    await untilTold(page, 'state', { name: 'listening' });
    await page.evaluate(() => window.call.useMicrophone(undefined));
    await wire.next('page', 'input_audio_buffer.append');
  });

  it('leaves nothing open at the end', async () => {
    const { page, wire } = await openPage([1_000], watched);
    await beginCall(page);
    await wire.next('page', 'input_audio_buffer.append');
    await page.evaluate(() => window.call.end());
    await wire.closed();
    await page.waitForFunction(() => window.contexts.every(({ state }) => state === 'closed'));
    expect(await page.evaluate(() => window.streams.map((stream) => stream.getTracks()[0]?.readyState))).toEqual([
      'ended',
    ]);
    expect(await told(page, 'state')).toEqual([{ name: 'listening' }, { name: 'ended', cause: { kind: 'hung_up' } }]);
    expect(await page.evaluate(() => window.call.say('Hello'))).toBe(false);
  });

  it('takes a stream of the page, and leaves it to the page', async () => {
    const { page, wire } = await openPage([1_000], watched);
    await beginCall(page, { microphone: false });
    await page.evaluate(async () => {
      window.call.end();
      const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
      const answer = await fetch('/v1/realtime/client_secrets', { method: 'POST' });
      const { value } = (await answer.json()) as { value: string };
      window.call = window.library.connect({ url: '/v1/realtime', token: value, microphone, workletUrl: 'worklet.js' });
    });
    await wire.next('page', 'input_audio_buffer.append');
    await page.evaluate(() => window.call.end());
    expect(await page.evaluate(() => window.streams[0]?.getTracks()[0]?.readyState)).toBe('live');
  });

  it('is cut off where it had stood still, too', async () => {
    const { page, wire } = await openPage([1_000], watched);
    await beginCall(page, { microphone: false });
    await page.evaluate(() => window.call.say('Hello'));
    await untilTold(page, 'state', { name: 'speaking' });
    await page.evaluate(() => window.contexts[0]?.suspend());
    await page.evaluate(() => window.call.say('Stop'));
    const { json } = await wire.next('page', 'conversation.item.truncate');
    expect(json['audio_end_ms']).toBeGreaterThanOrEqual(0);
    await wire.next('relay', 'conversation.item.truncated');
    await wire.next('page', 'response.create', 2);
  });

  it('is not to be had where the page’s policy forbids blob: and no second file is named', async () => {
    const { page } = await openPage([1_000]);
    await beginCall(page, { workletUrl: undefined });
    await untilTold(page, 'state', { name: 'ended', cause: { error: { code: 'audio_unavailable' } } });
  });
});

describeInChromium('a call from somebody else’s page', () => {
  const call = async (isAllowed: boolean): Promise<Page> => {
    const folder = await blankPage(opened);
    const address = await servePage(opened, folder, "script-src 'self' blob:");
    const allowedOrigins = isAllowed ? [new URL(address).origin] : [];
    const { relay } = await openWebHouse(opened, { page: folder, allowedOrigins });
    const page = await openLibrary(await newUser(await launchChromium(opened)), address);
    const answer = await fetch(`${relay.url}/v1/realtime/client_secrets`, { method: 'POST' });
    const { value: token } = (await answer.json()) as { value: string };
    await beginCall(page, { url: `${relay.url}/v1/realtime`, token, workletUrl: undefined });
    return page;
  };

  it('needs one file, where that page’s policy allows blob:', async () => {
    const page = await call(true);
    await page.evaluate(() => window.call.say('Hello'));
    await somethingHeard(page);
  });

  it('is refused where the org does not name that page', async () => {
    const page = await call(false);
    await untilTold(page, 'state', { name: 'ended', cause: { error: { code: 'origin_refused' } } });
  });
});
