/** The versions of Node whose SQLite is free of a fault that can damage files; package.json says the same. */
export const neededNode = '^22.23.3 || >=24.15';

/** Whether a version of Node, such as `24.15.0`, will do. */
export function isNodeFit(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major === 22) return minor > 23 || (minor === 23 && patch >= 3);
  return major > 24 || (major === 24 && minor >= 15);
}
