import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Call, type CallEvents, type CallOptions, type CallState } from '../../../web/client/call';
import { explanations } from '../../../web/client/errors';

const text = readFileSync(join(__dirname, '../../../docs/browser.md'), 'utf8');

/** The cells of the table under a heading, without its head and without backticks. */
function table(heading: string): string[][] {
  const section = text.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

const names = (heading: string) => table(heading).map(([name = '']) => name.replace(/\(.*/, ''));

/** The compiler sees to it that these are all there are. */
const options: Record<keyof CallOptions, true> = {
  url: true,
  token: true,
  microphone: true,
  microphoneId: true,
  activity: true,
  frameMs: true,
  transcription: true,
  reconnect: true,
  workletUrl: true,
};
const members: Record<Exclude<keyof Call, 'isMuted'>, true> = {
  state: true,
  on: true,
  say: true,
  mute: true,
  useMicrophone: true,
  useSpeaker: true,
  devices: true,
  end: true,
};
const events: Record<keyof CallEvents, true> = {
  state: true,
  transcript: true,
  levels: true,
  activity: true,
  latency: true,
  conversation: true,
  error: true,
};
const states: Record<CallState['name'], true> = { connecting: true, listening: true, speaking: true, ended: true };

describe('docs/browser.md', () => {
  it.each([
    ['Options', options],
    ['The call', members],
    ['Events', events],
    ['States', states],
  ])('lists all there is under "%s"', (heading, all) => {
    expect(names(heading)).toEqual(Object.keys(all));
  });

  it('lists every error with what it says', () => {
    expect(table('Errors').map(([code, message]) => [code, message])).toEqual(Object.entries(explanations));
  });
});
