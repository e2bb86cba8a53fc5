import { isMap, isScalar, isSeq } from 'yaml';
import type { Document, Node, YAMLMap } from 'yaml';
import { isYamlPath } from './artefact.ts';
import { pairsOf, valueAt } from '../launches/container.ts';
import { textOf } from '../launches/nested.ts';
import { keyOf, printFlowScalar, rangeOf } from '../splice/yaml-nodes.ts';
import type { Recogniser, SettingSite } from './artefact.ts';

type Site = Omit<SettingSite, 'version' | 'beside'>;

/** Objects that make a controller write to a realm. */
export const writer: Recogniser = {
  name: 'custom resources of Keycloak',
  recognise(file) {
    if (!isYamlPath(file.path) || !/keycloak|edp\.epam/i.test(file.text)) return null;
    const settings = file.yaml().flatMap((document) => {
      const items: unknown = document.get('items', true);
      return [document.contents, ...(isSeq(items) ? items.items as Node[] : [])].flatMap((node) => (isMap(node) ? sitesOf(node as YAMLMap, document) : []));
    });
    return settings.length === 0 ? null : { artefact: 'other', realms: [], settings: settings.map((site) => ({ ...site, version: null, beside: new Set() })), launches: [], refusal: null };
  },
};

const KEYCLOAKS = new Set(['KeycloakRealmImport', 'KeycloakOIDCClient', 'KeycloakSAMLClient']);
const VRIESDEMICHAEL = new Set(['KeycloakRealm', 'KeycloakClient']);

function sitesOf(map: YAMLMap, document: Document): readonly Site[] {
  const kind = textOf(valueAt(map, 'kind', document)) ?? '';
  const group = (textOf(valueAt(map, 'apiVersion', document)) ?? '').split('/')[0] ?? '';
  const setting = settingOf(kind, group);
  const pair = pairsOf(map).find((each) => keyOf(each) === 'kind');
  const own = setting === null || !pair ? [] : [{ setting, name: kind, offset: rangeOf(pair.key)[0], value: setting === 'keycloak.crossplane.io' ? policiesOf(map, document) : null, fix: null }];
  return [...own, ...strategyField(map, document)];
}

function settingOf(kind: string, group: string): string | null {
  if (group === 'k8s.keycloak.org') return KEYCLOAKS.has(kind) ? kind : null;
  if (group === 'vriesdemichael.github.io') return VRIESDEMICHAEL.has(kind) ? kind : null;
  if (group.endsWith('edp.epam.com')) return kind === 'Keycloak' || kind === 'ClusterKeycloak' ? null : 'edp.epam.com';
  return /(?:^|\.)keycloak(?:\.m)?\.crossplane\.io$/.test(group) && !/^(?:Cluster)?ProviderConfig/.test(kind) ? 'keycloak.crossplane.io' : null;
}

/** What the provider may do with its object. */
function policiesOf(map: YAMLMap, document: Document): string | null {
  const spec = valueAt(map, 'spec', document);
  const policies = isMap(spec) ? valueAt(spec, 'managementPolicies', document) : null;
  const named = isSeq(policies) ? (policies.items as Node[]).map((item) => textOf(item) ?? '') : ['*'];
  return named.every((policy) => policy === 'Observe' || policy === 'Create' || policy === 'LateInitialize') ? 'seed-only' : null;
}

/** The story's spelling; the operator has no such field. */
function strategyField(map: YAMLMap, document: Document): readonly Site[] {
  const spec = valueAt(map, 'spec', document);
  const part = isMap(spec) ? valueAt(spec, 'realmImport', document) : null;
  const node = isMap(part) ? valueAt(part, 'strategy', document) : null;
  if (!isScalar(node)) return [];
  const [start, end] = rangeOf(node);
  const fix = node.value === 'IGNORE_EXISTING' ? null : { edits: [{ start, end, text: printFlowScalar('IGNORE_EXISTING', node) }], done: 'set to IGNORE_EXISTING' };
  return [{ setting: 'spec.realmImport.strategy', offset: start, value: String(node.value), fix }];
}
