/** Where carriers reach the relay: `/telephony/<carrier>/…`. */

/** Asked what to do with a call that comes in. */
export const voicePath = (carrier: string) => `/telephony/${carrier}/voice`;

/** Asked what to do with a call that is handed over. */
export const handOverPath = (carrier: string) => `/telephony/${carrier}/transfer`;

/** Where a call's media is streamed to. */
export const mediaPath = (carrier: string, token: string) => `/telephony/${carrier}/media/${token}`;

/** Where calls are streamed to by a dialplan, which does not ask what to do with them. */
export const dialplanMediaPath = (carrier: string) => `/telephony/${carrier}/media`;

/** Reads the address of a media socket; undefined where it is none. */
export function readMediaPath(path: string): { readonly carrier: string; readonly token: string } | undefined {
  const [, carrier, token] = /^\/telephony\/([a-z]+)\/media\/([\w.-]+)\/?$/.exec(path) ?? [];
  return carrier === undefined || token === undefined ? undefined : { carrier, token };
}
