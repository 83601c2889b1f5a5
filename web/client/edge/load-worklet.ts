/** The code of the audio worklet; put in its place by the build (web/build.ts). */
declare const WORKLET_CODE: string;

/**
 * Loads the processors of the audio worklet into a context: from an address, or out of this library itself.
 *
 * @throws DOMException where the address is wrong, or a content security policy forbids it.
 */
export async function loadWorklet(
  { audioWorklet }: BaseAudioContext,
  address: string | URL | undefined,
): Promise<void> {
  if (address !== undefined) {
    await audioWorklet.addModule(address);
    return;
  }
  const blob = URL.createObjectURL(new Blob([WORKLET_CODE], { type: 'text/javascript' }));
  try {
    await audioWorklet.addModule(blob);
  } finally {
    URL.revokeObjectURL(blob);
  }
}
