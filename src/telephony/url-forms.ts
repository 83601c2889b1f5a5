/** The forms of an address that signers write: `https://example.com/x` with and without the port that goes without saying. */
export function urlForms(origin: string, path: string): string[] {
  const { protocol, host, port } = new URL(origin);
  return port === '' ? [host, `${host}:443`].map((each) => `${protocol}//${each}${path}`) : [origin + path];
}
