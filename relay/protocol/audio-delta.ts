import { isJsonObject, parseObject } from '../json';
import { quote, skipSpace } from './bytes';
import { isString, isText, stringAt, walkMembers, type Visit } from './members';

/** A piece of the model's speech, its audio still as it came. */
export interface AudioDelta {
  readonly responseId: string;
  readonly itemId: string;
  readonly contentIndex: number;
  /** Base64 text. */
  readonly audio: Buffer;
}

/**
 * Reads a `response.output_audio.delta` (protocol reference, section 2.3) without decoding or copying its audio, by a
 * full parse where the bytes are not plain. Undefined when a member is missing.
 */
export function readAudioDelta(frame: Buffer): AudioDelta | undefined {
  const found = scan(frame);
  return found === unclear ? parse(frame) : found;
}

const unclear = Symbol('unclear');

const names = { responseId: 'response_id', itemId: 'item_id', contentIndex: 'content_index', delta: 'delta' };
const keys = {
  type: Buffer.from('type'),
  responseId: Buffer.from(names.responseId),
  itemId: Buffer.from(names.itemId),
  contentIndex: Buffer.from(names.contentIndex),
  delta: Buffer.from(names.delta),
};
const deltaType = Buffer.from('response.output_audio.delta');

/** What a look has come upon so far. */
interface Found {
  isDelta: boolean;
  responseId?: string | undefined;
  itemId?: string | undefined;
  contentIndex?: number;
  audio?: Buffer;
}

function scan(frame: Buffer): AudioDelta | undefined | typeof unclear {
  const found: Found = { isDelta: false };
  const visit: Visit = (keyStart, keyEnd, start, end) => {
    if (isText(frame, keyStart, keyEnd, keys.type)) {
      found.isDelta = isString(frame, start, end, deltaType);
      return found.isDelta;
    }
    if (isText(frame, keyStart, keyEnd, keys.delta)) {
      if (found.audio !== undefined || frame[start] !== quote) return false;
      found.audio = frame.subarray(start + 1, end - 1);
    } else if (isText(frame, keyStart, keyEnd, keys.responseId)) {
      if (found.responseId !== undefined) return false;
      found.responseId = stringAt(frame, start, end);
    } else if (isText(frame, keyStart, keyEnd, keys.itemId)) {
      if (found.itemId !== undefined) return false;
      found.itemId = stringAt(frame, start, end);
    } else if (isText(frame, keyStart, keyEnd, keys.contentIndex)) {
      if (found.contentIndex !== undefined) return false;
      found.contentIndex = Number(frame.toString('latin1', start, end));
    }
    return true;
  };
  const end = walkMembers(frame, skipSpace(frame, 0), visit);
  if (!found.isDelta || end === -1 || skipSpace(frame, end) !== frame.length) return unclear;
  return whole(found.responseId, found.itemId, found.contentIndex, found.audio) ?? unclear;
}

function parse(frame: Buffer): AudioDelta | undefined {
  const event = parseObject(frame);
  if (!isJsonObject(event) || event['type'] !== deltaType.toString()) return undefined;
  const delta = event[names.delta];
  return whole(
    event[names.responseId],
    event[names.itemId],
    event[names.contentIndex],
    typeof delta === 'string' ? Buffer.from(delta) : undefined,
  );
}

function whole(
  responseId: unknown,
  itemId: unknown,
  index: unknown,
  audio: Buffer | undefined,
): AudioDelta | undefined {
  if (typeof responseId !== 'string' || typeof itemId !== 'string' || audio === undefined) return undefined;
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0) return undefined;
  return { responseId, itemId, contentIndex: index, audio };
}
