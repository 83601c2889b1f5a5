/**
 * Whether an SQLite is free of the fault by which writing in WAL mode could, rarely, corrupt a file (mended in 3.51.3
 * and, for older lines, in 3.50.7 and 3.44.6).
 *
 * @param version as `sqlite_version()` says it, such as `3.53.4`
 */
export function isSoundSqlite(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major !== 3) return major > 3;
  const firstSoundPatch = minor >= 52 ? 0 : { 51: 3, 50: 7, 44: 6 }[minor];
  return firstSoundPatch !== undefined && patch >= firstSoundPatch;
}
