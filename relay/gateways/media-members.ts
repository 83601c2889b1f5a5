import { brace, quote, skipSpace } from '../protocol/bytes';
import { isString, isText, stringAt, walkMembers, type Visit } from '../protocol/members';

/** The members of a carrier's `media` message that matter; its payload still as it came. */
export interface MediaMembers {
  readonly streamId: string | null;
  readonly track: string | null;
  readonly timestamp: string | number | null;
  /** Which frame it is, counted from the start of the stream. */
  readonly chunk: string | number | null;
  /** The text between the quotes, of which nothing has been checked. */
  readonly payload: Buffer;
}

/**
 * Reads a message of the shape `{"event":"media","<streamKey>":"…","media":{"track":…,"timestamp":…,"chunk":…,"payload":"…"}}` in
 * one look at its bytes, members in any order and others between them. Undefined where the bytes are not plain or say
 * something else: that is for a full parse.
 */
export function readMediaMembers(frame: Buffer, streamKey: Buffer): MediaMembers | undefined {
  const found: Found = { isMedia: false, hasMedia: false };
  const visitMedia: Visit = (keyStart, keyEnd, start, end) => {
    if (isText(frame, keyStart, keyEnd, keys.payload)) {
      if (found.payload !== undefined || frame[start] !== quote) return false;
      found.payload = frame.subarray(start + 1, end - 1);
    } else if (isText(frame, keyStart, keyEnd, keys.timestamp)) {
      if (found.timestamp !== undefined) return false;
      found.timestamp = stringAt(frame, start, end) ?? Number(frame.toString('latin1', start, end));
    } else if (isText(frame, keyStart, keyEnd, keys.chunk)) {
      if (found.chunk !== undefined) return false;
      found.chunk = stringAt(frame, start, end) ?? Number(frame.toString('latin1', start, end));
    } else if (isText(frame, keyStart, keyEnd, keys.track)) {
      if (found.track !== undefined) return false;
      found.track = stringAt(frame, start, end);
      return found.track !== undefined;
    }
    return true;
  };
  const visit: Visit = (keyStart, keyEnd, start, end) => {
    if (isText(frame, keyStart, keyEnd, keys.event)) {
      if (found.isMedia) return false;
      found.isMedia = isString(frame, start, end, keys.media);
      return found.isMedia;
    }
    if (isText(frame, keyStart, keyEnd, streamKey)) {
      if (found.streamId !== undefined) return false;
      found.streamId = stringAt(frame, start, end);
      return found.streamId !== undefined;
    }
    if (!isText(frame, keyStart, keyEnd, keys.media)) return true;
    if (found.hasMedia || frame[start] !== brace.open) return false;
    found.hasMedia = true;
    return walkMembers(frame, start, visitMedia) !== -1;
  };
  const end = walkMembers(frame, skipSpace(frame, 0), visit);
  if (end === -1 || skipSpace(frame, end) !== frame.length) return undefined;
  const { isMedia, payload, streamId = null, track = null, timestamp = null, chunk = null } = found;
  if (!isMedia || payload === undefined || Number.isNaN(timestamp) || Number.isNaN(chunk)) return undefined;
  return { streamId, track, timestamp, chunk, payload };
}

/** What a look has come upon so far. */
interface Found {
  isMedia: boolean;
  hasMedia: boolean;
  streamId?: string | undefined;
  track?: string | undefined;
  timestamp?: string | number;
  chunk?: string | number;
  payload?: Buffer;
}

const keys = {
  event: Buffer.from('event'),
  media: Buffer.from('media'),
  track: Buffer.from('track'),
  timestamp: Buffer.from('timestamp'),
  chunk: Buffer.from('chunk'),
  payload: Buffer.from('payload'),
};
