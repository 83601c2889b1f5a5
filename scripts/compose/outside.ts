import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { z } from 'zod';
import { freePort } from '../redis-server';
import { type Simulator, startSimulator } from '../../simulator';
import { phoneWords } from './telephone';
import { ToolCalls } from './tool-calls';
import { Webhook } from './webhook';

/** What the relays reach outside of their containers: upstream, and the receiver of bookings. */
export interface Outside {
  readonly simulator: Simulator;
  readonly webhook: Webhook;
  /** What upstream made the relays do. */
  readonly toolCalls: ToolCalls;
  readonly upstreamPort: number;
  readonly webhookPort: number;
  close(): Promise<void>;
}

/** Opens both where containers find the machine they run on. */
export async function openOutside(): Promise<Outside> {
  const host = await hostGateway();
  // Every event of tools is looked at as it passes. To remember the audio of a thousand sessions would take this process its time.
  const simulator = await startSimulator({
    host,
    journalEntries: 16,
    closedSessions: 1_000_000,
    defaultHeard: phoneWords,
  });
  const webhookPort = await freePort();
  const webhook = await Webhook.open(webhookPort, host);
  return {
    simulator,
    webhook,
    toolCalls: new ToolCalls(simulator),
    upstreamPort: simulator.port,
    webhookPort,
    async close() {
      webhook.close();
      await simulator.close();
    },
  };
}

/**
 * The address behind `host-gateway`: that of the bridge that every engine has, where it is this machine's own; elsewhere the
 * engine leads to loopback by itself.
 */
async function hostGateway(): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', ['network', 'inspect', 'bridge']);
  const subnet = bridgeSchema.parse(JSON.parse(stdout))[0]?.IPAM.Config[0]?.Subnet;
  // Left to itself, the engine takes the first address of the subnet.
  const address = subnet?.replace(/0\/\d+$/, '1') ?? loopback;
  return (await isOwn(address)) ? address : loopback;
}

const bridgeSchema = z.array(z.object({ IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string() })) }) }));

const loopback = '127.0.0.1';

async function isOwn(address: string): Promise<boolean> {
  const server = createServer().listen(0, address);
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
