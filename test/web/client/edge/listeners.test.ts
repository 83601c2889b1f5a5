import { type Transcript } from '../../../../web/client/call';
import { Listeners } from '../../../../web/client/edge/listeners';

describe('listeners', () => {
  it('are told what they asked for, until they do not want it any more', () => {
    const listeners = new Listeners();
    const heard: string[] = [];
    const stop = listeners.add('activity', (activity) => heard.push(activity));
    listeners.add('latency', ({ ms }) => heard.push(`${ms} ms`));
    listeners.tell('activity', 'busy');
    stop();
    listeners.tell('activity', 'idle');
    listeners.tell('latency', { ms: 7 });
    expect(heard).toEqual(['busy', '7 ms']);
  });

  it('are told as often as they were added, and stopped one at a time', () => {
    const listeners = new Listeners();
    let count = 0;
    const listener = () => {
      count++;
    };
    const stop = listeners.add('transcript', listener);
    listeners.add('transcript', listener);
    const transcript: Transcript = { itemId: 'i', role: 'user', text: '', isFinal: true, isInterrupted: false };
    listeners.tell('transcript', transcript);
    stop();
    listeners.tell('transcript', transcript);
    expect(count).toBe(3);
  });

  it('do not keep each other from hearing, whatever one of them throws', () => {
    const thrown: unknown[] = [];
    // Every browser has it; Node does not.
    Object.assign(globalThis, { reportError: (error: unknown) => thrown.push(error) });
    const listeners = new Listeners();
    const heard: string[] = [];
    listeners.add('activity', () => {
      throw new Error('mine');
    });
    listeners.add('activity', (activity) => heard.push(activity));
    listeners.tell('activity', 'busy');
    expect(heard).toEqual(['busy']);
    expect(thrown).toEqual([new Error('mine')]);
    Reflect.deleteProperty(globalThis, 'reportError');
  });
});
