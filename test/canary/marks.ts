/** A word that is found again wherever it gets to, in whatever spelling. */
const mark = (name: string) => `CANARY-${name}-5f2c9a`;

/** What nobody but the relay, its org and upstream may see. */
export const secrets = {
  upstreamKey: mark('upstream-key'),
  orgKey: mark('org-key'),
  operatorKey: mark('operator-key'),
  tokenSecret: mark('token-secret-of-enough-characters'),
  callbackSecret: mark('callback-secret'),
  signingSecret: Buffer.from(mark('signing-secret')).toString('base64'),
  webhookPath: mark('webhook-path'),
  webhookHeader: mark('webhook-header'),
  webhookAnswer: mark('webhook-answer'),
  redirect: mark('redirect'),
  instructions: `${mark('instructions')} "quoted"`,
  title: `${mark('title')} "quoted" \\ and more`,
  email: `${mark('email')}@example.com`,
  malformed: mark('malformed'),
  toolMessage: mark('tool-message'),
  toolCause: mark('tool-cause'),
  toolName: mark('tool-name-of-error'),
  toolReason: mark('tool-reason'),
  toolOutput: mark('tool-output'),
  upstreamError: mark('upstream-error'),
  upstreamClose: mark('upstream-close'),
  tlsKey: mark('tls-key'),
  crash: mark('crash'),
  wrongCredential: mark('wrong-credential'),
  requestValue: mark('request-value'),
  requestHeader: mark('request-header'),
  requestQuery: mark('request-query'),
  requestPath: mark('request-path'),
  garbage: mark('garbage'),
} as const;

/** What a client hears, says and is told, and nobody else. */
export const conversation = {
  transcript: mark('transcript'),
  typed: mark('typed'),
  modelWords: mark('model-words'),
  audio: mark('audio'),
  metadata: mark('metadata'),
  eventId: mark('event-id'),
} as const;

/** The names of the marks that are in a text, in whatever spelling. */
export function found(text: string, marks: Readonly<Record<string, string>>): string[] {
  return Object.entries(marks)
    .filter(([, word]) => spellings(word).some((spelling) => text.includes(spelling)))
    .map(([name]) => name);
}

/** As it is; in JSON, twice over; in a URL; as hexadecimal; as base64 from each of the places where it can begin. */
export function spellings(word: string): string[] {
  const once = JSON.stringify(word).slice(1, -1);
  const bytes = Buffer.from(word);
  return [
    word,
    once,
    JSON.stringify(once).slice(1, -1),
    encodeURIComponent(word),
    bytes.toString('hex'),
    ...[0, 1, 2].flatMap((shift) => base64Within(bytes, shift)),
  ];
}

/** The letters of base64 that depend on a word alone, when `shift` bytes stand before it. */
function base64Within(bytes: Buffer, shift: number): string[] {
  const first = Math.ceil((shift * 4) / 3);
  const length = Math.floor(((shift + bytes.length) * 4) / 3) - first;
  return (['base64', 'base64url'] as const).map((encoding) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString(encoding)
      .slice(first)
      .slice(0, length),
  );
}
