import type { Api } from './api.ts';
import { isObject, text } from './text.ts';

/** `26.7.4`; null where these credentials may not see it: the version is told to administrators only, everybody else gets the page without it. */
export async function serverVersion(api: Api): Promise<string | null> {
  const { body } = await api.getFromServer(['admin', 'serverinfo']);
  const system = isObject(body) && isObject(body['systemInfo']) ? body['systemInfo'] : {};
  return text(system['version']) ?? null;
}

/** Whether a version is at least `major.minor`; false for one that is not known or cannot be read. */
export function isAtLeast(version: string | null, major: number, minor: number): boolean {
  const [, first, second] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (first === undefined || second === undefined) return false;
  return Number(first) > major || (Number(first) === major && Number(second) >= minor);
}
