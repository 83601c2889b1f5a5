import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket } from 'ws';
import { type DocumentCall, type Frame } from '../../../simulator/carriers';
import { isRecord } from '../../../simulator/protocol/json';
import { longStory } from '../../e2e/support/conversations';
import {
  openPhoneHouse,
  phone,
  type NumberedHouse,
  type PhoneHouse,
  type PhoneParts,
} from '../../e2e/support/phone-house';
import { askAbout, connectIn, notice, openMedia, refusalOf } from '../../e2e/support/phone-requests';
import { openTelnyxHouse } from '../../e2e/support/telnyx-house';
import { metricReaches } from '../support/metrics';
import { ended, refused, type Trial } from './trial';

const happened = (what: string, carrier = 'twilio') => `relay_phone_events_total{carrier="${carrier}",what="${what}"}`;
const asked = (action: string) => `relay_carrier_requests_total{carrier="twilio",action="${action}",outcome="unknown"}`;

/** Limits of phone calls. */
export const phones = {
  carrierStartMs: byPhone({ limits: { carrierStartMs: 200 } }, announced, ended('carrier_no_start')),
  carrierHeldMs: byPhone(
    { limits: { carrierHeldMs: 100 }, simulator: { faults: { sessionUpdate: 'ignore' } } },
    async (house) => {
      const stream = await started(house);
      for (let frame = 0; frame < 6; frame++) stream.send(media(20 * frame));
    },
    happened('held_frames_dropped'),
  ),
  carrierBurstMs: byPhone(
    { limits: { carrierBurstMs: 1_000 } },
    async (house) => {
      const stream = await started(house);
      for (const timestamp of [0, 30_000]) stream.send(media(timestamp));
      const [, reason] = (await once(stream, 'close')) as [number, Buffer];
      expect(reason.toString()).toBe('carrier_impossible_timestamp');
    },
    ended('carrier_impossible_timestamp'),
  ),
  carrierReorderMs: {
    parts: { limits: { carrierReorderMs: 0 } },
    reach: async (_house, opened) => {
      const { carrier, relay } = await openTelnyxHouse(opened, { limits: { carrierReorderMs: 0 } });
      const call = carrier.call({ from: phone.caller, to: phone.called, tamper: keepsBack('5', '6') });
      await metricReaches(relay, happened('late_frames_dropped', 'telnyx'), 1);
      call.hangUp();
    },
    counted: happened('late_frames_dropped', 'telnyx'),
    isElsewhere: true,
  },
  carrierWaitingMs: byPhone(
    {
      carrier: 'vonage',
      limits: { carrierWaitingMs: 1_000 },
      simulator: {
        pace: 'instant',
        scenario: {
          name: 'an hour',
          turns: [{ steps: [{ say: Array.from({ length: 16 }, () => longStory).join(' ') }] }],
        },
      },
    },
    async ({ carrier, simulator }) => {
      const call = carrier.call();
      await call.until('stream_opened');
      await (await simulator.session(0)).waitForReceived('conversation.item.truncate');
      call.hangUp();
    },
    happened('responses_cut_short', 'vonage'),
  ),
  digitsMs: byPhone(
    { limits: { digitsMs: 100 } },
    async (house) => {
      const call = await playing(house);
      call.press('5');
      await metricReaches(house.relay, happened('digits'), 1);
      // Longer than the limit, whose timer runs already, and shorter than its default, at which both would be told together.
      await sleep(500);
      call.press('6');
      await told(house, 'The caller pressed 5.');
      await told(house, 'The caller pressed 6.');
      call.hangUp();
    },
    happened('digits'),
  ),
  maxDigits: byPhone(
    { limits: { maxDigits: 2, digitsMs: 60_000 } },
    async (house) => {
      const call = await playing(house);
      call.press('12');
      await told(house, 'The caller pressed 12.');
      call.hangUp();
    },
    happened('digits'),
  ),
  mediaTokenMs: byPhone(
    { limits: { mediaTokenMs: 1_000 } },
    async (house) => {
      const url = await announced(house);
      // Without a signature the token is looked at, and never used up.
      while ((await refusalOf(openMedia(house.relay.url, url, null))).code !== 'media_token_expired');
    },
    refused('media_token_expired'),
  ),
  hangUpMs: byPhone(
    { limits: { hangUpMs: 200 }, simulator: { scenario: callsAtOnce('end_call') } },
    async ({ carrier }) => {
      carrier.rest.failNext(tooLate);
      const call = carrier.call();
      await call.until('stream_closed', { where: ({ by }) => by === 'relay' });
    },
    asked('hang_up'),
  ),
  transferMs: byPhone(
    { limits: { transferMs: 200 }, simulator: { scenario: callsAtOnce('escalate_call') } },
    async (house) => {
      house.carrier.rest.failNext(tooLate);
      const call = house.carrier.call();
      await call.until('stream_opened');
      await told(house, 'It is not known whether');
      call.hangUp();
    },
    asked('transfer'),
  ),
} satisfies Record<string, Trial>;

/** A trial in a house with a phone number. */
function byPhone(
  parts: PhoneParts & { readonly limits: Trial['parts']['limits'] },
  play: (house: PhoneHouse) => Promise<unknown>,
  counted: string,
): Trial {
  return {
    parts: { limits: parts.limits },
    reach: async (_house, opened) => {
      const house = await openPhoneHouse(opened, parts);
      await play(house);
      await metricReaches(house.relay, counted, 1);
    },
    counted,
    isElsewhere: true,
  };
}

/** The carrier asks about a call. @returns where to stream it. */
async function announced({ relay }: NumberedHouse): Promise<string> {
  return connectIn((await askAbout(relay.url)).body);
}

/** The carrier streams the call. */
async function started(house: PhoneHouse): Promise<WebSocket> {
  const stream = openMedia(house.relay.url, await announced(house));
  await once(stream, 'open');
  const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
  const start = { accountSid: phone.accountSid, streamSid: 'MZ1', callSid: notice.CallSid, mediaFormat };
  stream.send(JSON.stringify({ event: 'start', start, streamSid: 'MZ1' }));
  return stream;
}

function media(timestamp: number): string {
  const payload = Buffer.alloc(160, 0xff).toString('base64');
  return JSON.stringify({ event: 'media', media: { timestamp: String(timestamp), payload }, streamSid: 'MZ1' });
}

/** Longer than the limits under trial, and well within what they are by default. */
const tooLate = { delayMs: 1_000 };

/** A call in which the model is being heard. */
async function playing({ carrier }: PhoneHouse): Promise<DocumentCall> {
  const call = carrier.call();
  await call.until('playing');
  return call;
}

/** Resolves when the model has been told something with these words in it. */
async function told({ simulator }: PhoneHouse, words: string): Promise<void> {
  await (await simulator.session(0)).waitFor(({ event }) => JSON.stringify(event).includes(words));
}

/** Keeps one media frame back until another has been sent. */
function keepsBack(early: string, until: string): (frame: Frame) => readonly Frame[] {
  let kept: Frame | undefined;
  return (frame) => {
    const chunk = chunkOf(frame);
    if (chunk === early) {
      kept = frame;
      return [];
    }
    return chunk === until && kept !== undefined ? [frame, kept] : [frame];
  };
}

function chunkOf(frame: Frame): unknown {
  const message: unknown = typeof frame === 'string' ? JSON.parse(frame) : undefined;
  return isRecord(message) && isRecord(message['media']) ? message['media']['chunk'] : undefined;
}

/** A model that calls a tool as soon as it may speak, and then says what came of it. */
function callsAtOnce(tool: string) {
  return {
    name: `calls ${tool} at once`,
    turns: [
      { when: { tool }, steps: [{ say: 'Well.' }] },
      { when: { response: 1 }, steps: [{ call: { name: tool, arguments: {} } }] },
    ],
  };
}
