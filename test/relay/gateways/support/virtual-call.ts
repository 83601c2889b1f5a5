import { audioKind, defaultPhoneLimits, pcmu, type PhoneLimits } from '../../../../relay';
import { type Capabilities } from '../../../../relay/gateways/dialect';
import {
  type PhoneCount,
  type PhoneEffect,
  type PhoneEvent,
  type PhoneState,
  type PhoneTimer,
} from '../../../../relay/gateways/phone/model';
import { expectCall, phoneStep } from '../../../../relay/gateways/phone/step';
import { type Network, VirtualClock } from '../../../../simulator/carriers';
import { Link } from '../../../../simulator/carriers/link';
import { Playback } from '../../../../simulator/carriers/playback';
import { type Random, seededRandom } from '../../../../simulator/carriers/random';
import { callStart } from './phone-script';

interface VirtualCallOptions {
  readonly capabilities: Capabilities;
  readonly network?: Network;
  readonly seed?: number;
  readonly limits?: Partial<PhoneLimits>;
  /** Marks that a clear throws away come back, as they do from some carriers. Default false. */
  readonly returnsCleared?: boolean;
}

/**
 * A phone and its carrier with a network between them, all in a time that stands still until it is told to go on: the relay's pure
 * core at one end, the simulator's queue and ear at the other.
 */
export class VirtualCall {
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly ear: Playback;
  readonly counts: Partial<Record<PhoneCount, number>> = {};
  /** Told of everything the phone says in the session. */
  onSay: (event: Record<string, unknown>) => void = () => undefined;
  /** Told when a clear reaches the carrier, before it works. */
  onClear: () => void = () => undefined;
  private state: PhoneState;
  private messages = 0;
  private readonly timers = new Map<PhoneTimer, () => void>();
  private readonly down: Link;
  private readonly up: Link;

  constructor({ capabilities, network = {}, seed = 1, limits, returnsCleared = false }: VirtualCallOptions) {
    this.random = seededRandom(seed);
    this.down = new Link(this.clock, network, this.random);
    this.up = new Link(this.clock, network, this.random);
    this.returnsCleared = returnsCleared;
    this.ear = new Playback(
      this.clock,
      { bytesPerMs: 8, maxQueuedMs: Infinity },
      {
        markReached: (name) => this.echo(name),
        started: () => undefined,
        stopped: () => undefined,
      },
    );
    this.state = expectCall({
      format: pcmu,
      audio: audioKind(pcmu),
      capabilities,
      limits: { ...defaultPhoneLimits, ...limits },
      speaksFirst: false,
    });
    this.feed({ kind: 'started', start: callStart, isExpected: true });
    this.session({ type: 'session.created', session: {} });
  }

  private readonly returnsCleared: boolean;

  session(...events: readonly object[]): void {
    for (const event of events) this.feed({ kind: 'session', data: Buffer.from(JSON.stringify(event)) });
  }

  /** The carrier sends a frame of mu-law. */
  frame(timestampMs: number, bytes: Buffer): void {
    const base64 = Buffer.from(bytes.toString('base64'));
    this.up.send(() => {
      this.feed({ kind: 'carrier', event: { kind: 'audio', streamId: 'MZ1', base64, timestampMs, chunk: null } });
    });
  }

  private echo(name: string): void {
    this.up.send(() => this.feed({ kind: 'carrier', event: { kind: 'mark', name } }));
  }

  private feed(event: PhoneEvent): void {
    const { state, effects } = phoneStep(this.state, event, this.clock.now());
    this.state = state;
    effects.forEach((effect) => this.perform(effect));
  }

  private perform(effect: PhoneEffect): void {
    switch (effect.kind) {
      case 'timer.clear':
        return this.stop(effect.timer);
      case 'timer.set': {
        this.stop(effect.timer);
        const ring = () => this.feed({ kind: 'timer', timer: effect.timer });
        this.timers.set(effect.timer, this.clock.at(this.clock.now() + effect.afterMs, ring));
        return;
      }
      case 'play': {
        const audio = Buffer.from(effect.audio.toString(), 'base64');
        return this.down.send(() => void this.ear.play(this.messages++, audio));
      }
      case 'mark':
        return this.down.send(() => this.ear.mark(effect.name));
      case 'clear':
        return this.down.send(() => {
          this.onClear();
          const { marks } = this.ear.clear();
          if (this.returnsCleared) marks.forEach((name) => this.echo(name));
        });
      case 'say':
        return this.onSay(JSON.parse(effect.data.toString()) as Record<string, unknown>);
      case 'count':
        this.counts[effect.what] = (this.counts[effect.what] ?? 0) + effect.by;
        return;
      case 'end':
        throw new Error(`The call ended: ${effect.cause}`);
      case 'hung-up':
      case 'heard':
      case 'log':
    }
  }

  private stop(timer: PhoneTimer): void {
    this.timers.get(timer)?.();
    this.timers.delete(timer);
  }
}
