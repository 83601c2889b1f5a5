import { type Frame } from '../audio/framer';
import { processors } from '../audio/messages';
import { CallError } from '../errors';
import { loadWorklet } from './load-worklet';

/** What a microphone tells. */
export interface MicrophoneEvents {
  readonly onFrame: (frame: Frame) => void;
  /** Unplugged, or its permission withdrawn. */
  readonly onLost: () => void;
}

/** How a microphone is opened. */
export interface MicrophoneSettings {
  readonly frameMs: number;
  readonly workletUrl: string | URL | undefined;
}

/** An open microphone. */
export interface Microphone {
  close(): void;
}

/**
 * Asks the user for a microphone, with everything that keeps the assistant from hearing itself.
 *
 * @throws CallError that names why there is none.
 */
export async function askForMicrophone(deviceId: string | undefined): Promise<MediaStream> {
  const device = deviceId === undefined ? {} : { deviceId: { exact: deviceId } };
  const wanted = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...device };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: wanted });
  } catch (error) {
    throw new CallError(codeOf(error), undefined, { cause: error });
  }
}

/**
 * Opens a microphone on a stream, which stays the caller's to stop.
 *
 * @param context One with the worklet loaded.
 */
export async function openMicrophone(
  stream: MediaStream,
  context: AudioContext,
  settings: MicrophoneSettings,
  events: MicrophoneEvents,
): Promise<Microphone> {
  const { source, own } = await sourceFor(stream, context, settings.workletUrl);
  const node = new AudioWorkletNode(source.context, processors.microphone, {
    channelCount: 1,
    channelCountMode: 'explicit',
    processorOptions: { frameMs: settings.frameMs },
  });
  node.port.onmessage = ({ data }: MessageEvent<Frame>) => events.onFrame(data);
  source.connect(node);
  // Nothing comes out of it; but what leads nowhere is not heard by every browser.
  node.connect(source.context.destination);
  const [track] = stream.getAudioTracks();
  track?.addEventListener('ended', events.onLost);
  return {
    close() {
      track?.removeEventListener('ended', events.onLost);
      node.port.onmessage = null;
      source.disconnect();
      node.disconnect();
      void own?.close();
    },
  };
}

/** Some browsers take a stream only in a context of its own rate: there it gets one. */
async function sourceFor(
  stream: MediaStream,
  context: AudioContext,
  workletUrl: string | URL | undefined,
): Promise<{ readonly source: MediaStreamAudioSourceNode; readonly own: AudioContext | undefined }> {
  try {
    return { source: context.createMediaStreamSource(stream), own: undefined };
  } catch {
    const own = new AudioContext({ latencyHint: 'interactive' });
    await loadWorklet(own, workletUrl);
    return { source: own.createMediaStreamSource(stream), own };
  }
}

/** The names of getUserMedia's errors (Media Capture and Streams, section 10.2). */
function codeOf(error: unknown): 'microphone_refused' | 'microphone_missing' | 'microphone_failed' {
  switch (error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'microphone_refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'microphone_missing';
    default:
      return 'microphone_failed';
  }
}
