/** Whether a version is known and older than `major.minor`. */
export function isOlderThan(version: string | null, major: number, minor: number): boolean {
  return isAtLeast(version, 0, 0) && !isAtLeast(version, major, minor);
}

/** Whether a version is at least `major.minor`; false for one that is not known or cannot be read. */
export function isAtLeast(version: string | null, major: number, minor: number): boolean {
  const [, first, second] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (first === undefined || second === undefined) return false;
  return Number(first) > major || (Number(first) === major && Number(second) >= minor);
}
