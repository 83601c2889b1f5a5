export {
  audioFormatSchema,
  type AudioFormat,
  type AudioMode,
  audioModes,
  type PersonalDataMode,
  personalDataModes,
  recordingFormat,
  type RecordingHeader,
  recordingVersion,
} from './recording/format';
export { type CutReason, type RecordingEnding, type RecordingPlan } from './recording/orders';
export { Recorder, type RecorderOptions, type Recording } from './recording/recorder';
export { recordingExtension } from './recording/room';
