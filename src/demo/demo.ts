import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import pino from 'pino';
import { startSimulator } from '../../simulator';
import { describeProblems, loadConfig, type RelayConfig } from '../config';
import { loggerTo } from '../log';
import { packageRoot } from '../package-root';
import { type RunningRelay, startRelay } from '../server';
import { Caller } from './caller';
import { type Catcher, startCatcher } from './catcher';
import { type PhoneLineName } from './phone-lines';
import { tellRelayStory } from './relay-story';
import { spokenByPhone, startTelephone, type Telephone } from './telephone';
import { createTimeline, type Timeline } from './timeline';
import { type SpokenSentence, spokenSentences } from './voices';
import { pcmOfWav } from './wav';

/** How the demo is run. */
export interface DemoOptions {
  /** Where the relay listens; 0 takes any free port. */
  readonly port: number;
  /** Where the relay's log lines go. */
  readonly logFile: string;
  /** By which carrier the relay is called; left out: a client speaks the Realtime protocol. */
  readonly phone?: PhoneLineName;
  /** Takes one line of output. */
  readonly print: (line: string) => void;
}

/** A demo that has told its story and keeps serving. */
export interface RunningDemo {
  readonly relay: RunningRelay;
  /** How many webhooks arrived. */
  readonly webhooks: number;
  close(): Promise<void>;
}

/** The org's key, where it has one. */
export const demoKey = 'the-key-of-the-demo';

/**
 * Brings up a stand-in for OpenAI, a receiver for webhooks and a relay between them, has a conversation through it, and
 * tells what everybody did. Needs no key, no account and no setting, and looks at none.
 *
 * @throws Node's own error where the port is taken; Error where the conversation breaks off.
 */
export async function runDemo({ port, logFile, phone, print }: DemoOptions): Promise<RunningDemo> {
  const timeline = createTimeline(print);
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  try {
    const sentences = spokenSentences();
    // It cannot understand speech: whatever is spoken in a session counts as the next of these.
    const heard = phone ? spokenByPhone : sentences.map(({ words }) => words);
    const simulator = await startSimulator({ heard, defaultHeard: heard.at(-1) ?? '' });
    closers.push(() => simulator.close());
    const telephone = phone && (await startTelephone(phone));
    if (telephone) closers.push(() => telephone.close());
    const catcher = await startCatcher((body) => timeline.tell('webhook', `receives ${body}`));
    closers.push(() => catcher.close());
    const config = demoConfig(port, simulator.url, catcher, telephone);
    const relay = await startRelay(config, storyLogger(timeline, logFile));
    closers.push(() => relay.stop());
    timeline.tell('demo', `the relay is at ${relay.url}, with a stand-in for OpenAI and a webhook receiver behind it`);
    await (telephone ? telephone.call(relay, simulator, timeline) : converse(relay, sentences[0], timeline));
    return {
      relay,
      get webhooks() {
        return catcher.count;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function converse(relay: RunningRelay, first: SpokenSentence | undefined, timeline: Timeline): Promise<void> {
  if (!first) throw new Error('There is no recording to speak.');
  timeline.chapter('A caller speaks');
  const caller = new Caller(`${relay.url.replace('http', 'ws')}/v1/realtime`, timeline);
  await caller.connected();
  const wav = readFileSync(join(packageRoot, 'assets', first.file));
  await caller.speak(pcmOfWav(wav, 24_000), first.words);

  timeline.chapter('and goes on in text; something is missing');
  await caller.type('It is about a haircut, on 20 December 2024 at 10:00 for 30 minutes.');

  timeline.chapter('Now the model can call its tool');
  await caller.type('My e-mail is anna@example.com');

  timeline.chapter('Asked again, the same appointment is not booked twice');
  await caller.type('Please book that appointment again.');

  timeline.chapter('Goodbye: the model ends the call, once its last words have been heard');
  await caller.type('Thank you, goodbye.');
  await caller.closed();
}

/** Settings as anybody would make them, checked as anybody's are; the machine's own are not looked at. */
function demoConfig(
  port: number,
  simulatorUrl: string,
  catcher: Catcher,
  telephone: Telephone | undefined,
): RelayConfig {
  const result = loadConfig({
    variables: {
      OPENAI_API_KEY: 'sk-demo',
      OPENAI_REALTIME_URL: simulatorUrl,
      ZAPIER_WEBHOOK_URL: catcher.url,
      PORT: String(port),
      STORE_URL: 'memory:',
      // Whoever is called from outside must not be open to everybody on this machine.
      ...(telephone && { RELAY_API_KEY: demoKey }),
    },
    directory: join(packageRoot, 'assets'),
  });
  if (result.kind === 'wrong') throw new Error(describeProblems(result.problems));
  const config = { ...result.config, operatorNeedsKey: false, page: { ...result.config.page, isDemo: true } };
  return telephone ? telephone.configFor(config) : config;
}

function storyLogger(timeline: Timeline, logFile: string) {
  mkdirSync(dirname(resolve(logFile)), { recursive: true });
  const file = pino.destination({ dest: logFile, sync: true, append: false });
  return loggerTo({
    write: (logLine) => {
      file.write(logLine);
      tellRelayStory(timeline, logLine);
    },
  });
}
