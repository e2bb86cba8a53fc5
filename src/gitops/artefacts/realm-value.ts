import { isScalar, visit } from 'yaml';
import type { Document, Scalar } from 'yaml';
import { isList, isObject } from '../splice/origin.ts';
import { spliceJson } from '../splice/json.ts';
import { openScalar } from '../splice/scalar.ts';
import { Refusal } from '../splice/text.ts';
import type { Json, JsonObject } from '../../realm/json.ts';
import type { RealmSite } from './artefact.ts';

/** Fields that make an object with a `realm` a realm, and not an adapter's configuration or a custom resource. */
const TELLING = ['clients', 'clientScopes', 'roles', 'groups', 'users', 'components', 'identityProviders', 'authenticationFlows', 'enabled', 'displayName', 'sslRequired', 'keycloakVersion', 'smtpServer', 'attributes', 'scopeMappings', 'clientScopeMappings'];

/** A realm representation: it names its realm and says something about it. */
export function isRealm(value: Json | undefined): value is JsonObject & { readonly realm: string } {
  return isObject(value) && typeof value['realm'] === 'string' && !('auth-server-url' in value) && TELLING.some((field) => field in value);
}

/** The realms in a JSON value: it is one, or a list of them (kc.sh export and old exports write both). */
export function realmsIn(value: Json | undefined): readonly { readonly realm: JsonObject & { readonly realm: string }; readonly path: readonly number[] }[] {
  if (isRealm(value)) return [{ realm: value, path: [] }];
  return isList(value) ? value.flatMap((element, index) => (isRealm(element) ? [{ realm: element, path: [index] }] : [])) : [];
}

/** Cheap test before anything is parsed. */
const looksLikeRealmJson = (text: string) => /^\uFEFF?\s*[[{]/.test(text) && text.includes('"realm"');

/** The realms that are written as JSON inside one scalar of a YAML (or JSON) file. */
export function realmsInScalar(text: string, node: Scalar, where: string, refusal: string | null): readonly RealmSite[] {
  if (typeof node.value !== 'string' || !looksLikeRealmJson(node.value)) return [];
  const parsed = parse(node.value);
  return realmsIn(parsed).map(({ realm, path }) => ({
    realm: realm.realm, where, value: realm, refusal,
    splice(after, origins) {
      const open = openScalar(text, node);
      const inner = parse(open.inner);
      if (JSON.stringify(inner) !== JSON.stringify(parsed)) throw new Refusal('The JSON in this value is folded in a way that this tool does not edit; write it as a literal block (|) first.');
      return open.toOuter(spliceJson(open.inner, realm, after, origins, path));
    },
  }));
}

/** Every scalar value of a document with the path to it, keys not included. */
export function scalarsOf(document: Document.Parsed): readonly { readonly node: Scalar; readonly where: string }[] {
  const found: { readonly node: Scalar; readonly where: string }[] = [];
  visit(document, {
    Scalar(key, node, path) {
      if (key === 'key') return;
      const where = path.flatMap((step) => ('key' in step && isScalar(step.key) ? [String(step.key.value)] : [])).join('.');
      found.push({ node, where });
    },
  });
  return found;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
