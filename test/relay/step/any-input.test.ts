import fc from 'fast-check';
import { type SessionEvent } from '../../../relay/model';
import { clientFrame } from '../support/client-frames';
import { upstreamEvent } from '../support/hostile-upstream';
import { Script } from '../support/script';
import { event, session } from '../support/upstream-events';

describe('step', () => {
  it('never throws and never speaks after its end, whatever happens in whatever phase', () => {
    fc.assert(
      fc.property(fc.constantFrom('opening', 'asked', 'live'), fc.array(happening, { maxLength: 20 }), (phase, all) => {
        const script = new Script({ limits: { heldBytes: 200, waitingCreates: 2, roundsPerTurn: 2 } });
        if (phase !== 'opening') script.upstream(event('session.created', { session: session() }));
        if (phase === 'live') script.upstream(event('session.updated', { session: session() }));
        script.forget();
        for (const happened of all) {
          const wasEnded = script.state.phase === 'ended';
          script.feed(happened);
          const out = script.takeUnread();
          if (wasEnded) expect(out).toEqual([]);
          expect(out.findIndex((line) => line.startsWith('end '))).toBe(
            script.state.phase === 'ended' && !wasEnded ? out.length - 1 : -1,
          );
        }
      }),
      { numRuns: 2000 },
    );
  });
});

const garbage = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
const upstreamFrame = fc.oneof(
  { weight: 8, arbitrary: upstreamEvent.map((value) => Buffer.from(JSON.stringify(value))) },
  { weight: 1, arbitrary: garbage },
  { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
);
const callId = fc.constantFrom('SECRET_call', 'SECRET_call_2', 'unknown');

const happening: fc.Arbitrary<SessionEvent> = fc.oneof(
  {
    weight: 12,
    arbitrary: upstreamFrame.map((frame): SessionEvent => ({ kind: 'upstream.frame', frame })),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(clientFrame, fc.boolean())
      .map(([text, isBinary]): SessionEvent => ({ kind: 'client.frame', frame: Buffer.from(text), isBinary })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(callId, fc.boolean()).map(([id, endSession]): SessionEvent => ({
      kind: 'tool.answered',
      callId: id,
      output: { output: 'x', endSession },
    })),
  },
  {
    weight: 3,
    arbitrary: fc.oneof(
      callId.map((id): SessionEvent => ({ kind: 'tool.failed', callId: id })),
      callId.map((id): SessionEvent => ({ kind: 'timer', timer: `tool:${id}` })),
      fc.constantFrom<SessionEvent>(
        { kind: 'timer', timer: 'automatic-response' },
        { kind: 'timer', timer: 'goodbye' },
        { kind: 'timer', timer: 'opening' },
        { kind: 'drain' },
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<SessionEvent>(
      { kind: 'client.closed' },
      { kind: 'upstream.closed', code: 1006 },
      { kind: 'upstream.failed', failure: { kind: 'dns' } },
      { kind: 'timer', timer: 'session-max' },
      { kind: 'end', cause: 'idle' },
    ),
  },
);
