import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Simulator } from '../../simulator';
import {
  type CallEvent,
  describeEnding,
  type PhoneCall,
  type Sound,
  soundOfRaw,
  soundOfWav,
  soundOfWords,
  type WireFormat,
} from '../../simulator/carriers';
import { soundBytes } from '../../simulator/carriers/sound';
import { type RelayConfig } from '../config';
import { telephonySchema } from '../config/telephony';
import { packageRoot } from '../package-root';
import type { RunningRelay } from '../server';
import { type PhoneLine, type PhoneLineName, phoneLines } from './phone-lines';
import type { Timeline } from './timeline';

/** What the caller says, in order; the first of it is a recording. */
export const spokenByPhone = [
  'I’d like to book an appointment, please.',
  'It is about a haircut, on 20 December 2024 at 10:00 for 30 minutes. My e-mail is anna@example.com.',
  'Thank you, goodbye.',
] as const;

/** The relay's origin as a carrier would know it. The stand-in for the carrier finds the relay behind it. */
const publicUrl = 'https://relay.example.com';

const number = '+15550002222';

/** A stand-in for a carrier, and the way in which a relay is set up for it. */
export interface Telephone {
  /** The settings with the number in them. */
  configFor(config: RelayConfig): RelayConfig;
  /**
   * Calls the relay and has a conversation with it. Resolves when the call is over.
   *
   * @throws Error where it breaks off.
   */
  call(relay: RunningRelay, upstream: Simulator, timeline: Timeline): Promise<void>;
  close(): Promise<void>;
}

/** Starts a stand-in for a carrier. */
export async function startTelephone(name: PhoneLineName): Promise<Telephone> {
  // Where the relay is found is known once it listens.
  const place = { publicUrl, address: '' };
  const line = await phoneLines[name](place);
  return {
    configFor: (config) => withNumber(config, name, line),
    call: (relay, upstream, timeline) => {
      place.address = relay.url;
      return converse(line, upstream, timeline);
    },
    close: () => line.carrier.close(),
  };
}

function withNumber(config: RelayConfig, name: PhoneLineName, { carrier, credentials }: PhoneLine): RelayConfig {
  const telephony = telephonySchema.parse({
    [name]: { ...credentials, numbers: [number], apiBaseUrl: carrier.apiUrl },
  });
  const orgs = config.orgs.map((org) => ({ ...org, telephony }));
  return { ...config, orgs, listen: { ...config.listen, publicUrl } };
}

async function converse({ carrier, format }: PhoneLine, upstream: Simulator, timeline: Timeline): Promise<void> {
  const [recorded, details, goodbye] = spokenSounds(format);
  const call = carrier.call({ to: number });
  call.history.listen((event) => tell(timeline, event));
  timeline.chapter('The telephone rings, and the model speaks first');
  await call.until('stream_opened');
  void tellModel(upstream, timeline);
  await call.untilHeard(greetedMs);

  timeline.chapter('The caller interrupts it');
  await say(call, timeline, recorded, spokenByPhone[0]);
  await call.until('quiet', { after: call.history.lastIndex, timeoutMs: patienceMs });

  timeline.chapter('and says everything that is needed');
  await say(call, timeline, details, spokenByPhone[1]);
  await call.until('quiet', { after: call.history.lastIndex, timeoutMs: patienceMs });

  timeline.chapter('Goodbye: the call is hung up once the model’s last words have been heard');
  await say(call, timeline, goodbye, spokenByPhone[2]);
  await call.ended;
  for (const { code, message } of call.complaints) timeline.tell('carrier', `complains: ${code} ${message}`);
}

/** How much of the greeting is heard before the caller interrupts it, in milliseconds. */
const greetedMs = 1_500;

/** The longest answer that is waited for, in milliseconds. */
const patienceMs = 30_000;

/** As the carrier has it already: to find that takes a while, in which nobody could speak or hear. */
function spokenSounds(format: WireFormat): readonly [Sound, Sound, Sound] {
  const byPhone = (sound: Sound) => soundOfRaw(soundBytes(sound, format), format);
  const recorded = soundOfWav(readFileSync(join(packageRoot, 'assets', 'booking.wav')));
  return [byPhone(recorded), byPhone(soundOfWords(spokenByPhone[1])), byPhone(soundOfWords(spokenByPhone[2]))];
}

async function say(call: PhoneCall, timeline: Timeline, sound: Sound, words: string): Promise<void> {
  timeline.tell('caller', `says “${words}”`);
  await call.say(sound);
}

/** A caller sees nothing of the model's words, and only hears them. */
async function tellModel(upstream: Simulator, timeline: Timeline): Promise<void> {
  const session = await upstream.session(0);
  let after = -1;
  try {
    for (;;) {
      const { index, event } = await session.waitFor('response.output_audio_transcript.done', {
        after,
        timeoutMs: patienceMs,
      });
      after = index;
      const words = event !== null && typeof event === 'object' && 'transcript' in event ? event.transcript : '';
      timeline.tell('model', `says “${String(words)}”`);
    }
  } catch {
    // The session is over.
  }
}

function tell(timeline: Timeline, event: CallEvent): void {
  switch (event.type) {
    case 'answered':
      return timeline.tell('carrier', 'has asked what to do with the call, in a signed request');
    case 'stream_opened':
      return timeline.tell('carrier', 'streams the call to the relay');
    case 'cleared':
      return timeline.tell('carrier', `throws away ${(event.droppedMs / 1000).toFixed(1)} s that were not heard yet`);
    case 'quiet':
      return timeline.tell('caller', 'has heard everything');
    case 'api':
      return timeline.tell('carrier', `is asked over HTTP: ${event.what}`);
    case 'ended':
      return timeline.tell('carrier', `the call is ${describeEnding(event.ending)}`);
    default:
  }
}
