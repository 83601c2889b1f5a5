import { type CallOptions } from '../../../web/client/call';
import { readOptions } from '../../../web/client/settings';

const read = (options: Partial<CallOptions> = {}) =>
  readOptions({ url: '/v1/realtime', token: 'ek_1', ...options }, 'https://relay.example/talk?x=1');

describe('the options of a call', () => {
  it.each([
    ['/v1/realtime', 'wss://relay.example/v1/realtime'],
    ['wss://other.example/v1/realtime', 'wss://other.example/v1/realtime'],
    ['http://localhost:8000/v1/realtime#token=x', 'ws://localhost:8000/v1/realtime'],
  ])('take %s for %s', (url, address) => {
    expect(read({ url }).url).toBe(address);
  });

  it('ask for activity by the address', () => {
    expect(read({ url: '/v1/realtime?a=b', activity: true }).url).toBe(
      'wss://relay.example/v1/realtime?a=b&activity=1',
    );
  });

  it('have defaults', () => {
    expect(read()).toMatchObject({
      frameMs: 40,
      backoff: { maxAttempts: 6, firstDelayMs: 500, maxDelayMs: 10_000 },
      transcription: { model: 'gpt-4o-mini-transcribe' },
    });
    expect(read({ reconnect: { maxAttempts: 2 } }).backoff).toEqual({
      maxAttempts: 2,
      firstDelayMs: 500,
      maxDelayMs: 10_000,
    });
    expect(read({ reconnect: false, transcription: false })).toMatchObject({
      backoff: undefined,
      transcription: undefined,
    });
  });

  it.each<[Partial<CallOptions>, string]>([
    [{ frameMs: 10 }, '"frameMs" is a number from 20 to 100'],
    [{ frameMs: Number.NaN }, '"frameMs" is a number from 20 to 100'],
    [{ reconnect: { maxAttempts: 0 } }, '"reconnect.maxAttempts" is a number above 0'],
    [{ url: 'ftp://relay.example/' }, '"url" is the address of a relay'],
  ])('that cannot be are refused by name: %j', (options, message) => {
    expect(() => read(options)).toThrow(message);
  });
});
