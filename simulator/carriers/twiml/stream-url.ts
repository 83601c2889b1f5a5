import { type Complaint, complaint } from '../complaint';

/** What a carrier finds wrong with the URL of a stream before it connects: only plain `wss:` URLs on port 443 are. */
export function streamUrlFault(url: string): Complaint | undefined {
  if (!URL.canParse(url)) return complaint('31923', `'${url}' is no URL.`);
  const { protocol, port, search, hash } = new URL(url);
  if (protocol !== 'wss:') return complaint('31922', `${protocol} is not supported: a stream's URL begins with wss:.`);
  if (port !== '') return complaint('31901', `Port ${port} is not reached: streams connect to port 443.`);
  if (search !== '' || hash !== '') {
    return complaint('31920', 'A query string is lost on the way: use the path or <Parameter>.');
  }
  return undefined;
}
