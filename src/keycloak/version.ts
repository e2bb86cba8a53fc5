import type { SettingDescriptions } from '../realm/descriptions.ts';
import type { Json } from '../realm/json.ts';
import { settingDescriptions } from './descriptions.ts';
import { isObject, text } from './text.ts';

/** What a server says about itself. */
export interface ServerInfo {
  /** `26.7.4`; null where these credentials may not see it: the version is told to administrators only, everybody else gets the page without it. */
  readonly version: string | null;
  /** What it says about the settings of its providers. */
  readonly descriptions: SettingDescriptions | undefined;
}

/** Reads the answer of `GET /admin/serverinfo`. */
export function serverInfoIn(body: Json): ServerInfo {
  const system = isObject(body) && isObject(body['systemInfo']) ? body['systemInfo'] : {};
  return { version: text(system['version']) ?? null, descriptions: settingDescriptions(body) };
}
