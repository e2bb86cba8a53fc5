import type { Api } from './api.ts';
import type { SettingDescriptions } from '../realm/descriptions.ts';
import { settingDescriptions } from './descriptions.ts';
import { isObject, text } from './text.ts';

/** `26.7.4`; null where these credentials may not see it: the version is told to administrators only, everybody else gets the page without it. */
export async function serverVersion(api: Api): Promise<string | null> {
  return (await serverInfo(api)).version;
}

/** The version, and what the server says about the settings of its providers. */
export async function serverInfo(api: Api): Promise<{ readonly version: string | null; readonly descriptions: SettingDescriptions | undefined }> {
  const { body } = await api.getFromServer(['admin', 'serverinfo']);
  const system = isObject(body) && isObject(body['systemInfo']) ? body['systemInfo'] : {};
  return { version: text(system['version']) ?? null, descriptions: settingDescriptions(body) };
}
