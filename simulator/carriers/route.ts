/** Where a public URL is really found, and the `Host` it is asked for with. */
export type Route = (url: URL) => { readonly address: URL; readonly host: string };

/**
 * Maps a public origin to where its server listens, as the proxy in front of it would: `https` and `wss` URLs of that host
 * go to `address`, with the public name as `Host`. Everything else, and everything without an `address`, is asked as it is.
 *
 * @param publicUrl any URL of the public origin.
 * @param address such as `http://127.0.0.1:8000`.
 */
export function routeTo(publicUrl: string, address: string | undefined): Route {
  if (address === undefined) return direct;
  const { host } = new URL(publicUrl);
  const server = new URL(address);
  return (url) => {
    if (url.host !== host) return direct(url);
    const reached = new URL(url.pathname + url.search, server);
    reached.protocol = schemeFor(url, server);
    return { address: reached, host };
  };
}

function direct(url: URL): ReturnType<Route> {
  return { address: url, host: url.host };
}

function schemeFor(url: URL, server: URL): string {
  const isSecure = server.protocol === 'https:' || server.protocol === 'wss:';
  if (url.protocol.startsWith('ws')) return isSecure ? 'wss:' : 'ws:';
  return isSecure ? 'https:' : 'http:';
}
