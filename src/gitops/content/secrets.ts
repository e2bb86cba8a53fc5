import { isSecretKey, MASK, placeholdersIn } from '../../realm/unknowns.ts';
import { isList, isObject } from '../splice/origin.ts';
import type { Json } from '../../realm/json.ts';

/** A secret that somebody has to put where the placeholder is filled in. */
export interface SecretToCreate {
  /** `PRIMARY_FEED_SERVICE_SECRET` */
  readonly name: string;
  /** `the secret of client feed-service in realm primary` */
  readonly what: string;
}

/** Fields that hold secrets under any name of object: Keycloak masks them in a partial export. */
const SECRET_FIELDS = new Set(['secret', 'clientSecret', 'bindCredential', 'registrationAccessToken', 'authTokenClientSecret', 'secretData', 'privateKey', 'keyPassword', 'keystorePassword']);

export function isSecretField(key: string): boolean {
  return SECRET_FIELDS.has(key) || isSecretKey(key);
}

/** `PRIMARY_FEED_SERVICE_SECRET`: what an environment variable may be called. */
export function secretName(realm: string, owner: string, field: string): string {
  const last = field === 'secret' ? '' : `_${field}`;
  const name = `${realm}_${owner}${last}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_').replace(/^_+|_+$/g, '');
  return /SECRET$|PASSWORD$/.test(name) ? name : `${name}_SECRET`;
}

/** Switches and numbers whose name merely speaks of a secret: `require.password.update.after.registration` is `false`. */
const SWITCH = /^(true|false|[0-9]+)$/i;

/** Every secret in clear anywhere in a representation; masks and placeholders are none. Four characters and more, or everything would match. */
export function secretsOf(value: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (at: Json, key: string): void => {
    if (typeof at === 'string') {
      if (isSecretField(key) && at.length >= 4 && !SWITCH.test(at) && at !== MASK && placeholdersIn(at).length === 0) found.add(at);
    } else if (isList(at)) {
      for (const element of at) walk(element, key);
    } else if (isObject(at)) {
      for (const [name, field] of Object.entries(at)) walk(field, name);
    }
  };
  walk(value as Json, '');
  return found;
}
