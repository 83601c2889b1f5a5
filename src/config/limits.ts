import { z } from 'zod';
import { defaultPipelineLimits } from '../../pipeline';
import { defaultPhoneLimits, defaultSessionLimits } from '../../relay';
import { wholeNumber } from './values';

const kib = 1024;
const mib = 1024 * kib;
const gib = 1024 * mib;
const tib = 1024 * gib;
const day = 86_400_000;

/**
 * Limits that are judged before it is known which org a request belongs to, or that the program has once; an org cannot
 * change them.
 */
const programShape = {
  /** Connections one address may open in a second; more are answered 429. */
  connectsPerSecondPerAddress: wholeNumber(1, 1_000_000).default(200),
  /** Milliseconds for each step of getting in: the TLS handshake, the head of a request, the answer to an upgrade. */
  handshakeMs: wholeNumber(100, 60_000).default(5_000),
  /** Bytes of an HTTP request's body; more are answered 413. */
  httpBodyBytes: wholeNumber(1 * kib, 16 * mib).default(256 * kib),
  /** Milliseconds a stopping relay gives the conversations that are still going. */
  drainMs: wholeNumber(0, 600_000).default(20_000),
  /** Milliseconds for which other processes count what this one holds of shared limits, should it die. */
  leaseMs: wholeNumber(500, 600_000).default(15_000),
  /** Memory for what recordings have not written yet, in bytes; a recording that finds none is cut short. */
  recordingQueueBytes: wholeNumber(256 * kib, 1024 * mib).default(16 * mib),
  /** Bytes of all recordings in one directory together; where they are reached, nothing more is recorded. */
  recordingDirBytes: wholeNumber(1 * kib, 1024 * tib).default(10 * gib),
  /** Bytes that recordings leave free on a disk; where there are fewer, nothing more is recorded. */
  recordingFreeBytes: wholeNumber(0, 1024 * tib).default(512 * mib),
};

/**
 * Ranges of what an org may change. What those of a session mean stands in relay/limits.ts, those of a tool call in
 * pipeline/limits.ts, those of a phone call in relay/gateways/phone/limits.ts.
 */
const orgRanges = {
  /** Sessions an org may have open; more are answered 429. */
  sessionsPerOrg: wholeNumber(1, 1_000_000),
  /** HTTP requests of an org that may be under way; more are answered 429. */
  httpInFlightPerOrg: wholeNumber(1, 1_000_000),
  maxMessageBytes: wholeNumber(1 * kib, 64 * mib),
  upstreamMessageBytes: wholeNumber(1 * mib, 256 * mib),
  messagesPerSecond: wholeNumber(1, 1_000_000),
  sessionMaxMs: wholeNumber(1_000, day),
  idleMs: wholeNumber(1_000, day),
  upstreamConnectMs: wholeNumber(100, 120_000),
  heldBytes: wholeNumber(1 * kib, 64 * mib),
  bufferHighBytes: wholeNumber(1 * kib, 64 * mib),
  bufferMaxBytes: wholeNumber(1 * kib, 256 * mib),
  slowClientMs: wholeNumber(100, 600_000),
  pingMs: wholeNumber(100, 600_000),
  deadPeerMs: wholeNumber(100, 600_000),
  roundsPerTurn: wholeNumber(1, 1_000),
  waitingCreates: wholeNumber(1, 1_000),
  toolMs: wholeNumber(1_000, 600_000),
  toolArgumentBytes: wholeNumber(64, 1 * mib),
  toolArgumentDepth: wholeNumber(1, 256),
  /** At the least what every failure takes. */
  toolOutputBytes: wholeNumber(2 * kib, 1 * mib),
  goodbyeMs: wholeNumber(0, 120_000),
  carrierStartMs: wholeNumber(100, 60_000),
  carrierHeldMs: wholeNumber(0, 60_000),
  carrierBurstMs: wholeNumber(0, 600_000),
  carrierReorderMs: wholeNumber(0, 1_000),
  carrierWaitingMs: wholeNumber(1_000, 600_000),
  digitsMs: wholeNumber(100, 60_000),
  maxDigits: wholeNumber(1, 1_000),
  /** Milliseconds from the answer to a call's webhook in which its media socket may be opened. */
  mediaTokenMs: wholeNumber(1_000, 600_000),
  /** Milliseconds a carrier has to hang up, after which closing the call's stream does. */
  hangUpMs: wholeNumber(100, 60_000),
  /** Milliseconds a carrier has to transfer a call, where the tool's own time is not shorter. */
  transferMs: wholeNumber(100, 60_000),
  /** Bytes of one session's recording; one that would grow larger is cut short. */
  recordingBytes: wholeNumber(1 * kib, tib),
};

const orgDefaults: { readonly [Name in keyof typeof orgRanges]: number } = {
  sessionsPerOrg: 1_000,
  httpInFlightPerOrg: 1_000,
  ...defaultSessionLimits,
  ...defaultPipelineLimits,
  carrierStartMs: defaultPhoneLimits.startMs,
  carrierHeldMs: defaultPhoneLimits.heldMs,
  carrierBurstMs: defaultPhoneLimits.burstMs,
  carrierReorderMs: defaultPhoneLimits.reorderMs,
  carrierWaitingMs: defaultPhoneLimits.waitingMs,
  digitsMs: defaultPhoneLimits.digitsMs,
  maxDigits: defaultPhoneLimits.maxDigits,
  mediaTokenMs: 60_000,
  hangUpMs: 2_000,
  transferMs: 5_000,
  recordingBytes: 64 * mib,
};

type OrgLimitName = keyof typeof orgRanges;
type LimitValue = ReturnType<typeof wholeNumber>;

/** `limits` of the whole program: every limit by name, each with its default. */
export const limitsSchema = z.strictObject({
  ...programShape,
  ...mapRanges((range, name) => range.default(orgDefaults[name])),
});

/** `limits` of one org: those it may change; what it leaves out is the program's. */
export const orgLimitsSchema = z.strictObject(
  mapRanges((range) => range.optional()),
  { error: limitsOfTheRelay },
);

/** Every limit with its value in force. Bytes, milliseconds or counts, as the name says. */
export type Limits = Readonly<z.infer<typeof limitsSchema>>;

export type OrgLimits = z.infer<typeof orgLimitsSchema>;

/** Limits that must stand in an order. */
const orders = [
  ['bufferHighBytes', 'bufferMaxBytes'],
  ['pingMs', 'deadPeerMs'],
] as const;

/** What is wrong between limits; `own` are those that may be wrong, because they were changed where one looks. */
export function limitsOutOfOrder(limits: Limits, own: OrgLimits | undefined): { name: string; message: string }[] {
  return orders
    .filter(([lower, upper]) => limits[lower] >= limits[upper])
    .map(([lower, upper]) =>
      own?.[upper] !== undefined
        ? { name: upper, message: `must be more than ${lower} (${limits[lower]})` }
        : { name: lower, message: `must be less than ${upper} (${limits[upper]})` },
    );
}

/** Says of limits that no org can change where they belong; undefined of any other fault. */
function limitsOfTheRelay(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'unrecognized_keys' || !issue.keys.every((key) => key in programShape)) return undefined;
  const names = issue.keys.map((key) => `"${key}"`).join(', ');
  return `cannot change ${names}, which the whole relay has once: set it in "limits" at the top`;
}

function mapRanges<Schema>(map: (range: LimitValue, name: OrgLimitName) => Schema): { [Name in OrgLimitName]: Schema } {
  // Object.keys and Object.fromEntries forget the names; they are those of `orgRanges`, one for one.
  const names = Object.keys(orgRanges) as OrgLimitName[];
  return Object.fromEntries(names.map((name) => [name, map(orgRanges[name], name)])) as {
    [Name in OrgLimitName]: Schema;
  };
}
