import { seenBy, sightOfComponent, sightOfStep, type SettingDescriptions } from '../../realm/descriptions.ts';
import { componentsOf } from '../../realm/normal/component.ts';
import { isRecord, recordsIn } from '../../realm/looks.ts';
import { isSecretKey, MASK, placeholdersIn } from '../../realm/unknowns.ts';
import { isList, isObject } from '../splice/origin.ts';
import type { Json } from '../../realm/json.ts';
import type { RealmRepresentation } from '../../realm/representation.ts';

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
      if (isSecretField(key) && isSecretText(at)) found.add(at);
    } else if (isList(at)) {
      for (const element of at) walk(element, key);
    } else if (isObject(at)) {
      // What a server says about its providers names secrets, and holds none.
      for (const [name, field] of Object.entries(at)) if (name !== 'settingDescriptions') walk(field, name);
    }
  };
  walk(value as Json, '');
  return found;
}

function isSecretText(text: string): boolean {
  return text.length >= 4 && !SWITCH.test(text) && text !== MASK && placeholdersIn(text).length === 0;
}

/** Settings of providers that stand in clear in a realm file although nobody declares them as no secret (see realm/descriptions.ts). */
export function undeclaredIn(realm: unknown, eyes: SettingDescriptions | undefined): readonly string[] {
  if (!isObject(realm as Json)) return [];
  const representation = realm as RealmRepresentation;
  const steps = recordsIn(representation.authenticatorConfig as Json | undefined).flatMap(({ config }) => textsIn(config).filter(([key]) => sightOfStep(eyes, key) === 'secret'));
  const components = componentsOf(seenBy(representation, eyes)).flatMap(({ raw, names, type }) => textsIn(raw['config']).filter(([key]) => sightOfComponent(names, type, key) !== 'open'));
  return [...steps, ...components].map(([, text]) => text).filter(isSecretText);
}

function textsIn(config: Json | undefined): readonly (readonly [string, string])[] {
  if (!isRecord(config)) return [];
  return Object.entries(config).flatMap(([key, value]) => (isList(value) ? value : [value]).flatMap((text) => (typeof text === 'string' ? [[key, text] as const] : [])));
}
