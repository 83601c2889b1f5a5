import { z } from 'zod';
import { fromJson, isJsonObject, type JsonObject, toJson } from './json';
import { type ToolReply } from './tool';
import { successResult, type ToldId, toWire } from './tool-result';

/** Said where a reply could not be kept or passed on whole. */
const doneMessage = 'It was done.';

/**
 * A tool's reply as it will be answered and kept: plain JSON with which the whole result has at most `maxBytes`. Facts that
 * are too long, or no JSON, are dropped, and a message that is too long is cut; what was done stays done.
 */
export function boundedReply(reply: ToolReply, id: ToldId | undefined, maxBytes: number): ToolReply {
  const bytesOf = (candidate: ToolReply): number =>
    Buffer.byteLength(JSON.stringify(toWire(successResult(candidate, id, false))));
  const { message, facts, endSession } = reply;
  const ending = endSession === undefined ? {} : { endSession };
  const kept = facts === undefined ? undefined : jsonFacts(facts);
  const whole: ToolReply = { message, ...(kept !== undefined && { facts: kept }), ...ending };
  if (bytesOf(whole) <= maxBytes) return whole;
  const short: ToolReply = { message, ...ending };
  if (bytesOf(short) <= maxBytes) return short;
  const room = maxBytes - bytesOf({ message: '' });
  // A character takes at most 6 bytes in JSON.
  return { message: message.slice(0, Math.max(0, Math.floor(room / 6))) || doneMessage, ...ending };
}

/** As `boundedReply`, for what is answered as deferred. */
export function boundedDeferral(reply: ToolReply, id: ToldId | undefined, maxBytes: number): ToolReply {
  return boundedReply(reply, id, maxBytes - '"status":"deferred",'.length);
}

/** The text under which a reply is kept in the store. */
export function replyText(reply: ToolReply): string {
  return JSON.stringify(reply);
}

/** The reply in a text from the store; a plain sentence where there is none. */
export function replyFrom(text: string | undefined): ToolReply {
  const read = keptReplySchema.safeParse(text === undefined ? undefined : fromJson(text));
  if (!read.success) return { message: doneMessage };
  const { message, facts, endSession } = read.data;
  return { message, ...(facts !== undefined && { facts }), ...(endSession !== undefined && { endSession }) };
}

const keptReplySchema = z.object({
  message: z.string(),
  facts: z.record(z.string(), z.json()).optional(),
  endSession: z.literal(true).optional(),
});

function jsonFacts(facts: JsonObject): JsonObject | undefined {
  try {
    const json = toJson(facts);
    return isJsonObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
