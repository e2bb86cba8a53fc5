import type { Json } from '../realm/json.ts';
import { isObject, text } from './text.ts';

/** `26.7.4`, from `GET /admin/serverinfo`; null where these credentials may not see it: the version is told to administrators only, everybody else gets the page without it. */
export function versionIn(body: Json): string | null {
  const system = isObject(body) && isObject(body['systemInfo']) ? body['systemInfo'] : {};
  return text(system['version']) ?? null;
}
