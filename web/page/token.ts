import { CallError } from '../client';

/**
 * Where the page's calls get their token: from the fragment of its address (`#token=…`), which no server sees, or from the
 * relay, which gives one without a key on its own machine alone. It is kept in memory only; the address is rid of it at once,
 * so that it is in no bookmark, no screenshot and no step back. (A browser's list of visited pages may keep it.)
 */
export function tokenSource(): () => Promise<string> {
  let given = takeFromAddress();
  addEventListener('hashchange', () => {
    given = takeFromAddress() ?? given;
  });
  return () => (given === undefined ? fetchToken() : Promise.resolve(given));
}

function takeFromAddress(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null || token === '') return undefined;
  history.replaceState(null, '', `${location.pathname}${location.search}`);
  return token;
}

/** @throws Error where the relay gives none: its org has a key. CallError where it is too busy for that. */
async function fetchToken(): Promise<string> {
  const response = await fetch('v1/realtime/client_secrets', { method: 'POST' });
  if (response.status === 429 || response.status === 503) throw new CallError('relay_busy');
  if (!response.ok) throw new Error(`The relay gives no token: ${response.status}.`);
  const answer: unknown = await response.json();
  if (typeof answer === 'object' && answer !== null && 'value' in answer && typeof answer.value === 'string') {
    return answer.value;
  }
  throw new Error('The relay gives no token.');
}
