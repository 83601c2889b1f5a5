import { loadsWithinMs, loadWorklet } from '../../../../web/client/edge/load-worklet';
import { explanations } from '../../../../web/client/errors';

const contextThat = (addModule: () => Promise<void>) => ({ audioWorklet: { addModule } });
const unavailable = { code: 'audio_unavailable', message: explanations.audio_unavailable };

describe('the audio worklet', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is loaded, and nothing is left waiting', async () => {
    await loadWorklet(
      contextThat(() => Promise.resolve()),
      'worklet.js',
    );
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is told as an error of the call where it cannot be loaded', async () => {
    const cause = new DOMException('Not found.', 'AbortError');
    const loading = loadWorklet(
      contextThat(() => Promise.reject(cause)),
      'nowhere.js',
    );
    await expect(loading).rejects.toMatchObject({ ...unavailable, cause });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is waited for only so long', async () => {
    const told: unknown[] = [];
    const loading = loadWorklet(
      contextThat(() => new Promise(() => undefined)),
      'stalled.js',
    ).catch((error: unknown) => told.push(error));
    await jest.advanceTimersByTimeAsync(loadsWithinMs - 1);
    expect(told).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    await loading;
    expect(told).toMatchObject([unavailable]);
  });
});
