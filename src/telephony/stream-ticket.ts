import type { Line } from './line';

/**
 * What is used up in the store when a call gets its stream, by whichever process, of a carrier whose calls outlive their
 * streams: who waits in vain uses it up as well, so that the call can be hung up without cutting anybody off.
 */
export const streamTicket = ({ carrier, org }: Pick<Line, 'carrier' | 'org'>, callId: string) =>
  `stream:${carrier}:${org.id}:${callId}`;

/** Milliseconds for which such a ticket, or that of a media token, is kept: longer than tokens are valid, because clocks differ. */
export const ticketMs = ({ org }: Pick<Line, 'org'>) => 2 * org.limits.mediaTokenMs;
