import { isJsonObject, type JsonObject } from '../json';

/** What a carrier's audio is: mono, G.711 at 8 kHz or 16-bit little-endian PCM. */
export interface CarrierFormat {
  readonly encoding: 'pcmu' | 'pcma' | 'l16';
  readonly rateHz: 8000 | 16000 | 24000;
}

/** G.711 mu-law, what carriers send unless told otherwise. */
export const pcmu: CarrierFormat = { encoding: 'pcmu', rateHz: 8000 };

/** G.711 A-law, what telephone networks outside North America and Japan speak. */
export const pcma: CarrierFormat = { encoding: 'pcma', rateHz: 8000 };

/** An audio format of the Realtime API (protocol reference, section 3.3). */
export type RealtimeFormat =
  | { readonly type: 'audio/pcmu' }
  | { readonly type: 'audio/pcma' }
  | { readonly type: 'audio/pcm'; readonly rate: 24000 };

/** What a session speaks for a call of this format: G.711 as it is, PCM at the API's own rate. */
export function realtimeFormat({ encoding }: CarrierFormat): RealtimeFormat {
  switch (encoding) {
    case 'pcmu':
      return { type: 'audio/pcmu' };
    case 'pcma':
      return { type: 'audio/pcma' };
    case 'l16':
      return { type: 'audio/pcm', rate: 24000 };
  }
}

/** A session's configuration with both its audio formats set for a call; everything else of it is kept. */
export function withCallAudio(config: JsonObject, format: CarrierFormat): JsonObject {
  const audio = objectIn(config, 'audio');
  const realtime = realtimeFormat(format);
  return {
    ...config,
    audio: {
      ...audio,
      input: { ...objectIn(audio, 'input'), format: realtime },
      output: { ...objectIn(audio, 'output'), format: realtime },
    },
  };
}

/** What is known of a session's audio, on the session's side of a gateway. */
export interface AudioKind {
  readonly bytesPerMs: number;
  /** The byte silence is made of. */
  readonly silence: number;
}

/** The session's side of a call's audio (protocol reference, section 3.3). */
export function audioKind({ encoding }: CarrierFormat): AudioKind {
  switch (encoding) {
    case 'pcmu':
      return { bytesPerMs: 8, silence: 0xff };
    case 'pcma':
      return { bytesPerMs: 8, silence: 0xd5 };
    case 'l16':
      return { bytesPerMs: 48, silence: 0 };
  }
}

function objectIn(parent: JsonObject, member: string): JsonObject {
  const value = parent[member];
  return isJsonObject(value) ? value : {};
}
