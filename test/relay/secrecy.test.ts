import fc from 'fast-check';
import { expectNothingUnread, Script } from './support/script';
import { secrets } from './support/hostile';
import { upstreamEvent } from './support/hostile-upstream';
import { callItem, outputItem, responseCreated, responseDone, wholeCall } from './support/upstream-events';

afterEach(expectNothingUnread);

/** Whatever upstream sends, a client learns nothing of tools, their arguments and outputs, or the instructions. */
describe('a client', () => {
  it('is shown no secret, whatever upstream sends', () => {
    let shown = 0;
    fc.assert(
      fc.property(fc.array(upstreamEvent, { maxLength: 12, size: 'max' }), fc.boolean(), (events, tellsActivity) => {
        const script = inTheMiddle(tellsActivity);
        const before = script.framesToClient.length;
        for (const event of events) script.upstream(event);
        script.forget();
        const seen = script.framesToClient.slice(before).map(String);
        shown += seen.length;
        expect(seen.filter((frame) => frame.includes('SECRET'))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
    expect(shown).toBeGreaterThan(1000);
  });
});

/** A session in which a call has been answered and another one is under way. */
function inTheMiddle(tellsActivity: boolean): Script {
  const config = { instructions: secrets.instructions, tools: [{ type: 'function', name: secrets.tool }] };
  const change = { name: secrets.tool, call_id: secrets.call, arguments: secrets.arguments };
  const tellTale = (event: object) =>
    JSON.stringify(event).replaceAll('secret', 'SECRET').replaceAll('call_1', secrets.call);
  const script = Script.open({ config, tellsActivity });
  const events = [responseCreated('resp_0'), ...wholeCall('resp_0', 0, 'call_1')];
  script.upstream(...events.map(tellTale), tellTale(responseDone('resp_0', [callItem('call_1', change)])));
  script.upstream(tellTale({ type: 'conversation.item.added', item: { ...outputItem('call_1'), id: secrets.item } }));
  return script.answer(secrets.call, secrets.output).forget();
}
