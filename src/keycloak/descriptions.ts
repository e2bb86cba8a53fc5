import type { SettingDescriptions, SettingNames } from '../realm/descriptions.ts';
import type { Json } from '../realm/json.ts';
import { isObject, objects, text } from './text.ts';

/** Whose settings stand in `authenticatorConfig`; those of client authenticators are not among them, and GET masks them there (tried on 26.7.4). */
const STEP_TYPES = ['org.keycloak.authentication.Authenticator', 'org.keycloak.authentication.FormAction', 'org.keycloak.authentication.FormAuthenticator'];

/** Types whose settings stand in objects of their own, not in components: there is no need to carry them along. */
const NO_COMPONENTS = /^org\.keycloak\.(authentication|broker|protocol|validate|services\.clientpolicy)\./;

/**
 * What `GET /admin/serverinfo` says about the settings of all providers, those that somebody installed included. Everybody with an admin
 * role gets it. Undefined where the answer has no `componentTypes`.
 */
export function settingDescriptions(serverInfo: Json): SettingDescriptions | undefined {
  const types = isObject(serverInfo) ? serverInfo['componentTypes'] : undefined;
  if (!isObject(types)) return undefined;
  const steps = STEP_TYPES.flatMap((type) => objects(types[type] ?? []).flatMap((provider) => objects(provider['properties'] ?? [])));
  const components = Object.entries(types).filter(([type]) => !NO_COMPONENTS.test(type)).map(([type, providers]) => {
    const named = objects(providers).flatMap((provider) => (text(provider['id']) === undefined ? [] : [[text(provider['id']) ?? '', namesIn(objects(provider['properties'] ?? []))] as const]));
    return [type, Object.fromEntries(named)] as const;
  });
  return { steps: namesIn(steps), components: Object.fromEntries(components) };
}

/** `type: Password` is how providers said it before `secret` was there (ProviderConfigProperty). */
function namesIn(properties: readonly { readonly [field: string]: Json }[]): SettingNames {
  const names = (secret: boolean): string[] => [...new Set(properties.filter((property) => (property['secret'] === true || property['type'] === 'Password') === secret).flatMap((property) => text(property['name']) ?? []))].toSorted();
  return { open: names(false), secret: names(true) };
}
