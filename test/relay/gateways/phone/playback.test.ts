import fc from 'fast-check';
import { type OnCall } from '../../../../relay/gateways/phone/model';
import { heardMs, outstanding } from '../../../../relay/gateways/phone/heard';
import { PhoneScript } from '../support/phone-script';

type Action =
  | { readonly kind: 'says'; readonly item: number; readonly ms: number }
  | { readonly kind: 'audioDone'; readonly item: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'echo' | 'speech' | 'done' };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('says' as const), item: fc.nat(2), ms: fc.nat(900) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(800) }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'echo' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('audioDone' as const), item: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'done' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'speech' as const }) },
);

// No event of this script ends the call.
const playbackOf = (script: PhoneScript) => (script.state as OnCall).playback;
const itemsOf = (script: PhoneScript) => playbackOf(script).items;

describe('the account of what was played', () => {
  it('holds whatever happens: heard only grows, nothing is truncated beyond what was sent, every mark is accounted for', () => {
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 60 }),
        fc.boolean(),
        fc.constantFrom(0, 500, Infinity),
        (actions, marks, maxAheadMs) => {
          const script = PhoneScript.connected({ capabilities: { marks, maxAheadMs } });
          const sentMs = new Map<string, number>();
          const heard = new Map<number, number>();
          const sentAtMs = new Map<number, number>();
          let turn = 0;
          script.begin('resp_0');
          for (const each of actions) {
            const name = 'item' in each ? `item_${turn}_${each.item}` : '';
            switch (each.kind) {
              case 'says':
                sentMs.set(name, (sentMs.get(name) ?? 0) + each.ms);
                script.says(name, each.ms, `resp_${turn}`);
                break;
              case 'audioDone':
                script.audioDone(name);
                break;
              case 'wait':
                script.at(script.nowMs + each.ms).feed({ kind: 'timer', timer: 'pace' });
                break;
              case 'echo':
                script.echo();
                break;
              case 'speech':
                script.speechStarted();
                script.begin(`resp_${++turn}`);
                break;
              case 'done':
                script.responseDone(`resp_${turn}`).begin(`resp_${++turn}`);
            }
            for (const item of itemsOf(script)) {
              const { number } = item;
              const { nowMs } = script;
              const nowHeardMs = heardMs(playbackOf(script), item, nowMs, 0);
              expect(item.heardMs).toBeGreaterThanOrEqual(heard.get(number) ?? 0);
              expect(nowHeardMs).toBeGreaterThanOrEqual(item.heardMs);
              expect(nowHeardMs).toBeLessThanOrEqual(item.sentMs);
              // Beyond what was acknowledged, no more than may have been played since it was sent.
              if (item.sentMs > 0 && !sentAtMs.has(number)) sentAtMs.set(number, nowMs);
              const sinceSentMs = nowMs - (sentAtMs.get(number) ?? nowMs);
              expect(nowHeardMs).toBeLessThanOrEqual(Math.max(sinceSentMs, item.heardMs));
              heard.set(number, item.heardMs);
            }
            for (const line of script.takeLines()) {
              const [, item, atMs] = /^say truncate (\S+) (\S+)$/.exec(line) ?? [];
              if (item !== undefined) expect(Number(atMs)).toBeLessThanOrEqual(sentMs.get(item) ?? -1);
            }
          }
          const { marks_sent = 0, marks_heard = 0, marks_cleared = 0, marks_lost = 0 } = script.counts;
          expect(marks_heard + marks_cleared + marks_lost + outstanding(itemsOf(script))).toBe(marks_sent);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
