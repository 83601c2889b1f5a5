import { type AudioDevice } from '../call';

/** Microphones and speakers of this machine; none in a page that is not secure. */
export async function listDevices(): Promise<readonly AudioDevice[]> {
  if (!('mediaDevices' in navigator)) return [];
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.flatMap(({ kind, deviceId: id, label: name }): AudioDevice[] => {
    if (kind === 'audioinput') return [{ kind: 'microphone', id, name }];
    return kind === 'audiooutput' ? [{ kind: 'speaker', id, name }] : [];
  });
}
