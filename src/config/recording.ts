import { z } from 'zod';
import { type AudioMode, audioModes, type PersonalDataMode, personalDataModes } from '../../replay';
import type { Problem } from './problems';
import type { Together } from './rules';
import type { ProgramSettings } from './settings';
import { text } from './values';

/** How the sessions of an org are recorded. */
export interface RecordingSettings {
  /** Where the files go. */
  readonly dir: string;
  readonly audio: AudioMode;
  readonly personalData: PersonalDataMode;
}

/** What becomes of audio, and of personal data; the words of the recordings' format. */
export const audioMode = z.enum(audioModes);
export const personalDataMode = z.enum(personalDataModes);

/** `orgs.<id>.record`; what is left out is the program's. */
export const recordSchema = z.strictObject({
  /** False: sessions of this org are not recorded, whatever `RECORD_DIR` says. */
  enabled: z.boolean().default(true),
  dir: text.optional(),
  audio: audioMode.optional(),
  personalData: personalDataMode.optional(),
});

type RecordOfOrg = z.infer<typeof recordSchema> | undefined;

/** How an org is recorded: as it says itself, and where it does not, as the program says. Undefined: not at all. */
export function recordingOf(org: RecordOfOrg, program: ProgramSettings): RecordingSettings | undefined {
  const dir = org?.dir ?? program.recordDir;
  if (dir === undefined || org?.enabled === false) return undefined;
  return {
    dir,
    audio: org?.audio ?? program.recordAudio ?? 'length',
    personalData: org?.personalData ?? program.recordPersonalData ?? 'redacted',
  };
}

/** Settings that say how to record where nothing is recorded. */
export function wrongRecordings({ orgs, program, given, hasOrgs, nameOf }: Together): Problem[] {
  const homeless = orgs.filter(({ settings: { record } }) => record?.enabled && !recordingOf(record, program));
  const isIdle = !hasOrgs && program.recordDir === undefined;
  const idle = (['recordAudio', 'recordPersonalData'] as const).filter((name) => isIdle && given[name] !== undefined);
  return [
    ...homeless.map(({ place }) => ({
      setting: `${place.path}.record.dir`,
      message: `is required while ${nameOf('recordDir')} is not set`,
    })),
    ...idle.map((name) => ({
      setting: nameOf(name),
      message: `says how to record, but nothing is recorded: set ${nameOf('recordDir')}`,
    })),
  ];
}

/** Warns of recordings that somebody has to take care of. */
export function recordingWarnings(id: string, recording: RecordingSettings | undefined): string[] {
  if (recording === undefined) return [];
  const held = [
    ...(recording.personalData === 'kept' ? ['what is said and written'] : []),
    ...(recording.audio === 'kept' ? ['voices'] : []),
  ];
  return held.length === 0
    ? []
    : [`Recordings of org ${id} hold ${held.join(' and ')}: see who can read ${recording.dir}.`];
}
