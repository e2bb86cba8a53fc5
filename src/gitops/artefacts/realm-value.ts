import { isList, isObject } from '../splice/origin.ts';
import type { Json, JsonObject } from '../../realm/json.ts';

/** Fields that make an object with a `realm` a realm, and not an adapter's configuration or a custom resource. */
const TELLING = ['clients', 'clientScopes', 'roles', 'groups', 'users', 'components', 'identityProviders', 'authenticationFlows', 'enabled', 'displayName', 'sslRequired', 'keycloakVersion', 'smtpServer', 'attributes', 'scopeMappings', 'clientScopeMappings'];

/** A realm representation: it names its realm and says something about it. */
export function isRealm(value: Json | undefined): value is JsonObject & { readonly realm: string } {
  return isObject(value) && typeof value['realm'] === 'string' && !('auth-server-url' in value) && TELLING.some((field) => field in value);
}

/** One that lists objects: a text with `realm` and `enabled` alone may be an application's settings. */
export function isWholeRealm(value: JsonObject): boolean {
  return TELLING.some((field) => typeof value[field] === 'object' && value[field] !== null);
}

/** The realms in a JSON value: it is one, or a list of them (kc.sh export and old exports write both). */
export function realmsIn(value: Json | undefined): readonly { readonly realm: JsonObject & { readonly realm: string }; readonly path: readonly number[] }[] {
  if (isRealm(value)) return [{ realm: value, path: [] }];
  return isList(value) ? value.flatMap((element, index) => (isRealm(element) ? [{ realm: element, path: [index] }] : [])) : [];
}
