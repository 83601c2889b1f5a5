import { type Call, connect } from '../client';
import { CallScreen, type Way } from './call-screen';
import { element } from './element';
import { EndCard } from './end-card';
import { Notice } from './notice';
import { noSampleVoice } from './problems';
import { SampleVoice } from './sample-voice';
import { tokenSource } from './token';

/** The page: before a call, during it, and after it. */

const token = tokenSource();
const screens = {
  ready: element('ready', HTMLElement),
  call: element('call', HTMLElement),
  over: element('over', HTMLElement),
} as const;
const notice = new Notice();
const callScreen = new CallScreen(notice);
const endCard = new EndCard(() => start(way), {
  https: () => location.assign(`https://${location.host}${location.pathname}`),
  reload: () => location.reload(),
});
let way: Way = 'microphone';
let isLoading = false;

element('start-microphone', HTMLButtonElement).addEventListener('click', () => start('microphone'));
element('start-text', HTMLButtonElement).addEventListener('click', () => start('text'));
element('start-sample', HTMLButtonElement).addEventListener('click', () => start('sample'));
element('demo-note', HTMLElement).hidden = !('demo' in document.documentElement.dataset);

function start(chosen: Way): void {
  // Whoever presses again while the sample voice is loaded does not want two calls.
  if (isLoading) return;
  way = chosen;
  if (chosen === 'sample') void startWithSample();
  else begin(chosen);
}

async function startWithSample(): Promise<void> {
  isLoading = true;
  try {
    begin('sample', await SampleVoice.open());
  } catch {
    notice.show(noSampleVoice);
  } finally {
    isLoading = false;
  }
}

function begin(chosen: Way, voice?: SampleVoice): void {
  const call = connect({
    url: 'v1/realtime',
    token,
    microphone: voice?.stream ?? chosen === 'microphone',
    activity: true,
    reconnect: { maxAttempts: 5 },
    workletUrl: 'worklet.js',
  });
  show('call');
  callScreen.open(call, chosen, voice);
  call.on('state', (state) => {
    if (state.name === 'ended') finish(call, voice);
  });
}

function finish(call: Call, voice: SampleVoice | undefined): void {
  const { state } = call;
  if (state.name !== 'ended') return;
  const { clock, latencies, turns } = callScreen;
  const durationMs = clock.elapsedMs;
  callScreen.close();
  void voice?.close();
  show('over');
  endCard.show({ cause: state.cause, durationMs, latencies, turns });
}

function show(name: keyof typeof screens): void {
  document.body.dataset['screen'] = name;
  for (const [each, section] of Object.entries(screens)) section.hidden = each !== name;
}
