import { CallError } from '../errors';

/** The code of the audio worklet; put in its place by the build (web/build.ts). */
declare const WORKLET_CODE: string;

/** A worklet that takes longer is not coming. */
export const loadsWithinMs = 10_000;

/**
 * Loads the processors of the audio worklet into a context: from an address, or out of this library itself.
 *
 * @throws CallError `audio_unavailable` where the address is wrong, a content security policy forbids it, or nothing has come
 *   within `loadsWithinMs`.
 */
export async function loadWorklet(
  { audioWorklet }: { readonly audioWorklet: Pick<AudioWorklet, 'addModule'> },
  address: string | URL | undefined,
): Promise<void> {
  const from = address ?? URL.createObjectURL(new Blob([WORKLET_CODE], { type: 'text/javascript' }));
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const late = new Promise((_resolve, reject) => (timer = setTimeout(reject, loadsWithinMs)));
    await Promise.race([audioWorklet.addModule(from), late]);
  } catch (error) {
    throw new CallError('audio_unavailable', undefined, { cause: error });
  } finally {
    clearTimeout(timer);
    if (address === undefined) URL.revokeObjectURL(String(from));
  }
}
