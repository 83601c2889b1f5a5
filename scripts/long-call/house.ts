import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from '../../bench/load/webhook';
import { relay } from '../../bench/subjects/relay';
import { type RunningSubject } from '../../bench/subjects/subject';
import { type Simulator, startSimulator } from '../../simulator';
import { type DocumentCarrier, startTwilio } from '../../simulator/carriers';
import { scenario } from './words';

/** A relay in a process of its own, with a telephone line and everything behind it. */
export interface House {
  readonly relay: RunningSubject;
  /** Where the relay's HTTP interface is. */
  readonly origin: string;
  readonly carrier: DocumentCarrier;
  readonly simulator: Simulator;
  readonly webhook: Webhook;
  close(): Promise<void>;
}

/** @param main the relay's main file, compiled or not. */
export async function openHouse(main: string): Promise<House> {
  const directory = mkdtempSync(join(tmpdir(), 'long-call-'));
  const webhook = await Webhook.start();
  const simulator = await startSimulator({ scenario, journalEntries: 1_000_000 });
  // Where the relay listens is known once it does, and it has to know the carrier first.
  const whereabouts = { answerUrl: `${publicUrl}/telephony/twilio/voice`, address: '', authToken };
  const carrier = await startTwilio(whereabouts);
  const twilio = { accountSid, authToken, numbers: [called], transferTo, apiBaseUrl: carrier.apiUrl };
  const subject = relay({
    main,
    directory,
    webhook: { url: webhook.url },
    phone: { publicUrl, telephony: { twilio } },
  });
  const running = await subject.start(simulator.url);
  const origin = `http://${new URL(running.url).host}`;
  whereabouts.address = origin;
  return {
    relay: running,
    origin,
    carrier,
    simulator,
    webhook,
    async close() {
      await carrier.close();
      await running.stop();
      await simulator.close();
      await webhook.close();
      rmSync(directory, { recursive: true });
    },
  };
}

const publicUrl = 'https://relay.example.com';
const accountSid = `AC${'0'.repeat(32)}`;
const authToken = 'the-token-of-the-account';
const called = '+15550002222';
const transferTo = '+15550003333';
