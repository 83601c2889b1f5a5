import { expectAccessible } from './support/axe';
import { describePage, heading, press, says, sentences } from './support/page-suite';

describePage('the page', (suite) => {
  it('says in the demo that a stand-in answers, and nowhere else', async () => {
    const [demo, real] = [await suite.openHouse({ isDemo: true }), await suite.openHouse()];
    expect(await (await suite.open(demo.url)).page.getByRole('complementary').isVisible()).toBe(true);
    expect(await (await suite.open(real.url)).page.getByRole('complementary').isVisible()).toBe(false);
  });

  describe.each([
    ['light', 'on a desktop', { width: 1_200, height: 800 }],
    ['dark', 'on a phone', { width: 390, height: 844 }],
    ['dark', 'on a desktop', { width: 1_200, height: 800 }],
    ['light', 'on a small phone', { width: 320, height: 568 }],
  ] as const)('in %s, %s', (colorScheme, _where, viewport) => {
    it('has no fault that axe finds, and nothing that sticks out, in any state', async () => {
      const { url } = await suite.openHouse({ isDemo: true, simulator: { heard: sentences } });
      const { page } = await suite.open(url, { colorScheme, viewport, allowsMicrophone: false });
      const check = async () => {
        await expectAccessible(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      };
      await check();
      await press(page, 'Use a sample voice');
      await press(page, sentences[0]);
      await says(page, 'Please tell me what it is about');
      await check();
      await press(page, 'Microphone and speaker');
      await check();
      await page.keyboard.press('Escape');
      await press(page, 'End the call');
      await heading(page, 'The call has ended');
      await page.getByText('Conversation', { exact: true }).click();
      await check();
      await press(page, 'New call');
      await press(page, 'End the call');
      await page.reload();
      await press(page, 'Start talking');
      await page.getByRole('alert').getByText('The microphone is not allowed').waitFor();
      await check();
    });
  });
});
