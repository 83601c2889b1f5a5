import { type z } from 'zod';
import { parseObject, type JsonObject } from '../json';
import { type CarrierEvent, type CarrierFault, type CarrierMessage } from './dialect';

/** Reads one kind of message; undefined where it does not have the shape of its kind. */
export type Reader = (message: JsonObject) => CarrierEvent | undefined;

/** How a carrier's messages are read, by the name that stands in their `event`. */
export type Readers = Readonly<Record<string, Reader>>;

/** A reader of messages of this shape. */
export function when<Message>(shape: z.ZodType<Message>, read: (message: Message) => CarrierEvent): Reader {
  return (message) => {
    const parsed = shape.safeParse(message);
    return parsed.success ? read(parsed.data) : undefined;
  };
}

/**
 * Reads a message of JSON text. One whose name nobody reads is a notice; one without the shape of its kind is dropped, unless
 * it is the `opening` of the stream, without which there is no call.
 */
export function readControl(frame: Buffer, readers: Readers, opening: string): CarrierEvent {
  const message = parseObject(frame);
  return message === undefined ? fault('carrier_invalid_frame') : readMessage(message, readers, opening);
}

/** The same, of a message that has been parsed. */
export function readMessage(message: JsonObject, readers: Readers, opening: string): CarrierEvent {
  const { event } = message;
  if (typeof event !== 'string') return notice('unknown');
  const reader = Object.hasOwn(readers, event) ? readers[event] : undefined;
  if (reader === undefined) return notice('unknown');
  return reader(message) ?? fault(event === opening ? 'carrier_invalid_frame' : 'invalid_event');
}

/** A message that does not concern the call. */
export function notice(name: string): CarrierEvent {
  return { kind: 'notice', name };
}

/** A message that cannot be taken. */
export function fault(name: CarrierFault): CarrierEvent {
  return { kind: 'fault', fault: name };
}

/** A message to a carrier, as text. */
export function text(data: Buffer | string): CarrierMessage {
  return { data, isBinary: false };
}

/** A message to a carrier, as JSON text. */
export function json(message: JsonObject): CarrierMessage {
  return text(JSON.stringify(message));
}
