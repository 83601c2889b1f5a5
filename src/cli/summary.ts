import { storeName } from '../../pipeline';
import type { OrgConfig, RelayConfig } from '../config';
import { numbersByCarrier } from '../config/telephony';
import { dialplanMediaPath, voicePath } from '../telephony/addresses';
import { asterisk } from '../telephony/carriers/asterisk';

/** The settings in force, for people; secrets are only said to be set. */
export function summaryOf(config: RelayConfig): string {
  const { upstream, listen, log } = config;
  const program: [string, string][] = [
    ['listens on', `${listen.host} port ${listen.port}${listen.tls ? ' with TLS' : ''}`],
    ['public URL', listen.publicUrl ?? 'none'],
    ['upstream', `${URL.parse(upstream.url)?.host ?? ''}, model ${upstream.model}, key ${isSet(upstream.apiKey)}`],
    ['processes', String(config.workers)],
    ['store', storeName(config.storeUrl)],
    ['log', `${log.level}${log.file === undefined ? '' : `, also to ${log.file}`}`],
    ['operator key', isSet(config.operatorKey)],
    ['token secret', config.tokenSecret === undefined ? 'random at each start' : 'set'],
    ['webhook hosts', config.webhookHosts?.join(', ') ?? 'any'],
    ['own tools', config.tools.map(({ name }) => name).join(', ') || 'none'],
  ];
  return [
    'The settings are right.',
    '',
    ...table(program),
    ...config.orgs.flatMap((org) => orgLines(org, listen)),
  ].join('\n');
}

function orgLines(org: OrgConfig, listen: RelayConfig['listen']): string[] {
  const { webhook, recording } = org;
  return [
    '',
    `org ${org.id}`,
    ...table([
      ['keys', org.apiKeys.length === 0 ? 'none: reachable from this machine only' : String(org.apiKeys.length)],
      ['pages', org.allowedOrigins?.join(', ') ?? "the relay's own"],
      ['time zone', org.timeZone],
      ['tools', org.tools.join(', ') || 'none'],
      ['webhook', webhook ? webhookWords(webhook) : 'none'],
      ['recordings', recording ? recordingWords(recording) : 'none'],
      ...numbersByCarrier(org.telephony).map(([carrier, numbers]): [string, string] => [
        carrier,
        `${numbers.join(', ')}; ${whatToPaste(carrier, listen)}`,
      ]),
    ]),
  ];
}

/** What a carrier is to be told so that calls come here. */
function whatToPaste(carrier: string, { host, port, tls, publicUrl }: RelayConfig['listen']): string {
  const origin = publicUrl ?? `${tls ? 'https' : 'http'}://${host}:${port}`;
  return carrier === asterisk.name
    ? `uri in its websocket_client.conf: ${origin.replace(/^http/, 'ws')}${dialplanMediaPath(carrier)}`
    : `its webhook there: ${origin}${voicePath(carrier)}`;
}

function webhookWords({
  url,
  deadlineMs,
  defer,
  deferMaxAgeMs,
  deduplicates,
}: NonNullable<OrgConfig['webhook']>): string {
  return [
    URL.parse(url)?.host ?? '',
    `${deadlineMs} ms`,
    ...(defer ? [`defers for ${deferMaxAgeMs} ms at most`] : []),
    ...(deduplicates ? ['deduplicates'] : []),
  ].join(', ');
}

const recordingWords = ({ dir, audio, personalData }: NonNullable<OrgConfig['recording']>) =>
  `${dir}, audio ${audio === 'length' ? 'by its length' : audio}, personal data ${personalData}`;

const isSet = (secret: string | undefined) => (secret === undefined ? 'not set' : 'set');

const table = (rows: readonly [string, string][]) => rows.map(([name, value]) => `  ${name.padEnd(14)}${value}`);
