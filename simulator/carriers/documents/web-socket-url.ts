import { type Complaint, complaint } from '../complaint';

/** What is wrong with the URL of a stream for carriers that take any WebSocket. */
export function webSocketUrlFault(url: string): Complaint | undefined {
  if (/^wss?:\/\//.test(url) && URL.canParse(url)) return undefined;
  return complaint('bad_url', `'${url}' is no URL of a WebSocket.`);
}
