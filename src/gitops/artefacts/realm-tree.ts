import { isMap } from 'yaml';
import type { Document, YAMLMap } from 'yaml';
import { isObject } from '../splice/origin.ts';
import { spliceJson } from '../splice/json.ts';
import { spliceYaml } from '../splice/yaml.ts';
import { isYamlPath } from './artefact.ts';
import { isRealm } from './realm-value.ts';
import { objectsIn, textAt } from './kubernetes-object.ts';
import type { Json, JsonObject } from '../../realm/json.ts';
import type { RealmSite, Recogniser, SourceFile } from './artefact.ts';

/** The operator's KeycloakRealmImport: the realm is a tree below `spec.realm`. */
export const realmImport: Recogniser = {
  name: 'KeycloakRealmImport',
  recognise(file) {
    const realms = objectsIn(file).filter(({ kind }) => kind === 'KeycloakRealmImport')
      .flatMap(({ document }) => treeSite(file, document, ['spec', 'realm']));
    return realms.length === 0 ? null : { artefact: 'other', settings: [], launches: [], refusal: null, realms };
  },
};

/** A YAML document that is a realm: what keycloak-config-cli reads, JSON with its trailing commas too, because it reads all of it as YAML. */
export const realmYaml: Recogniser = {
  name: 'realm as YAML',
  recognise(file) {
    if (!isYamlPath(file.path) || !/^[\s{]*["']?realm["']?\s*:/m.test(file.text) || file.json() !== undefined) return null;
    const realms = file.yaml().filter((document) => textAt(document, ['kind']) === undefined).flatMap((document) => treeSite(file, document, []));
    return realms.length === 0 ? null : { artefact: 'other', settings: [], launches: [], refusal: null, realms };
  },
};

function treeSite(file: SourceFile, document: Document.Parsed, path: readonly string[]): readonly RealmSite[] {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  if (!isMap(node)) return [];
  const json = file.json();
  const value = json === undefined ? (node as YAMLMap).toJS(document, { maxAliasCount: -1 }) as Json : path.reduce<Json | undefined>((at, key) => (isObject(at) ? at[key] : undefined), json);
  if (!isRealm(value)) return [];
  const splice = (after: JsonObject, origins: Parameters<RealmSite['splice']>[1]) =>
    (json === undefined ? spliceYaml(file.text, node, value, after, origins) : spliceJson(file.text, value, after, origins, path));
  return [{ realm: value.realm, where: path.join('.'), value, refusal: null, splice }];
}
