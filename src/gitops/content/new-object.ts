import { MASK, placeholdersIn } from '../../realm/unknowns.ts';
import { isList, isObject } from '../splice/origin.ts';
import { isSecretField } from './secrets.ts';
import type { Json, JsonObject } from '../../realm/json.ts';

/**
 * What a server fills in when a file does not say it; such fields go into git only where the file states them for others. Only what
 * an import of a bare client gave on 26.7.4 stands here. A mapper's protocol is no default: without it the import of the realm fails.
 */
const DEFAULTS: Readonly<Record<string, Json>> = {
  clientAuthenticatorType: 'client-secret', standardFlowEnabled: true, nodeReRegistrationTimeout: -1, notBefore: 0, consentRequired: false,
  surrogateAuthRequired: false, alwaysDisplayInConsole: false, bearerOnly: false, implicitFlowEnabled: false, frontchannelLogout: false, publicClient: false,
  serviceAccountsEnabled: false, directAccessGrantsEnabled: false, authorizationServicesEnabled: false,
};

/** What only a server or its REST API says about an object, never a file; and who is a member of it. */
const NEVER = new Set(['access', 'containerId', 'registrationAccessToken', 'createdTimestamp', 'origin', 'path', 'parentId', 'members']);
/** What the server notes beside a client's secret, and the secret before it. */
export const HOUSEKEEPING = /^(?:client\.secret\.(?:creation|expiration|rotated)|realm_client$)/;

/** What the objects of a kind in a file show about how git states them: which fields at all, and in which order. */
export interface Style {
  /** Each field that one of them states, with its place. */
  readonly order: ReadonlyMap<string, number>;
  /** Of the objects below a field. */
  below(field: string): Style;
}

/** Made once for a kind: a large realm has thousands of mappers. */
export function styleOf(siblings: readonly Json[]): Style {
  const objects = siblings.filter(isObject);
  const fields = new Set(objects.flatMap((sibling) => Object.keys(sibling)));
  const made = new Map<string, Style>();
  return {
    order: new Map([...fields].map((field, index) => [field, index])),
    below(field) {
      const style = made.get(field) ?? styleOf(objects.flatMap((sibling) => nestedOf(sibling[field])));
      made.set(field, style);
      return style;
    },
  };
}

const NO_STYLE: Style = { order: new Map(), below: () => NO_STYLE };

export interface NewObjectContext {
  readonly style: Style;
  /** The realm's own default scope lists: a client that has just these does not need to say so. */
  readonly defaults: Readonly<Record<string, readonly Json[]>>;
  /** Gives the placeholder for a secret of this object; the secret itself is not handed over. */
  placeholder(field: string): string;
}

/**
 * A live object as it goes into git for the first time: without server ids where the file has none, without defaults that git never
 * states, with a placeholder for each secret, its fields in the order that the file uses.
 */
export function forGit(object: JsonObject, context: NewObjectContext): JsonObject {
  const { order } = context.style;
  const fields = Object.entries(object).filter(([key]) => keeps(key, object, context));
  const rank = (key: string) => order.get(key) ?? order.size;
  fields.sort(([a], [b]) => rank(a) - rank(b));
  return Object.fromEntries(fields.flatMap(([key, value]) => {
    const written = fieldForGit(key, value, { ...context, defaults: {}, style: context.style.below(key) });
    return written === undefined ? [] : [[key, written]];
  }));
}

const nestedOf = (value: Json | undefined): readonly Json[] => (isList(value) ? value : value === undefined ? [] : [value]);

function keeps(key: string, object: JsonObject, context: NewObjectContext): boolean {
  const stated = context.style.order;
  const value = object[key];
  if (value === null || value === undefined) return false;
  // Flows are named by ids here; one that the file does not have too makes its import fail with 500 (tried on 26.7.4).
  if (key === 'authenticationFlowBindingOverrides') return stated.has(key) && isEmpty(value);
  if (NEVER.has(key) || HOUSEKEEPING.test(key)) return stated.has(key) && key !== 'registrationAccessToken';
  if (stated.has(key)) return true;
  // An id is kept where the file keeps ids: then the next import brings the same object, and its sessions, back.
  if (key === 'id' || key === '_id' || key === 'clientRole' || key === 'composite') return false;
  if (key in context.defaults) return !hasDefaultScopes(object, context.defaults);
  return !isEmpty(value) && !(key in DEFAULTS && DEFAULTS[key] === value);
}

/** A client that states one of its scope lists states both: an import empties the other one (tried on 26.7.4). */
function hasDefaultScopes(object: JsonObject, defaults: Readonly<Record<string, readonly Json[]>>): boolean {
  return Object.entries(defaults).every(([key, list]) => {
    const value = object[key];
    return isList(value) && sameTexts(value.filter((scope) => scope !== 'service_account'), list);
  });
}

function fieldForGit(key: string, value: Json, context: NewObjectContext): Json | undefined {
  if (typeof value === 'string' && (isSecretField(key) || value === MASK)) return placeholdersIn(value).length > 0 ? value : context.placeholder(key);
  if (isList(value)) return value.map((element) => (isObject(element) ? forGit(element, context) : fieldForGit(key, element, context) ?? element));
  if (!isObject(value)) return value;
  // Maps (config, attributes) keep every entry: what is a default there depends on the provider.
  return Object.fromEntries(Object.entries(value).filter(([name]) => !HOUSEKEEPING.test(name)).map(([name, entry]) => [name, fieldForGit(name, entry, { ...context, style: NO_STYLE }) ?? entry]));
}

const isEmpty = (value: Json) => value === '' || (isList(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0);

function sameTexts(left: readonly Json[], right: readonly Json[]): boolean {
  return left.length === right.length && left.every((text) => right.includes(text));
}
