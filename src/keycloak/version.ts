import type { Api } from './api.ts';
import { isObject, text } from './text.ts';

/** `26.7.4`; null where these credentials may not see it: the version is told to administrators only, everybody else gets the page without it. */
export async function serverVersion(api: Api): Promise<string | null> {
  const { body } = await api.getFromServer(['admin', 'serverinfo']);
  const system = isObject(body) && isObject(body['systemInfo']) ? body['systemInfo'] : {};
  return text(system['version']) ?? null;
}
