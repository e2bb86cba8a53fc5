/** Reads realms out of a cluster: what `--evidence configmap:…` and its like name, and what else there is to choose from. */
import { RescueError } from '../realm/errors.ts';
import { realmIn, speaksOfRealm, type ClusterEvidence, type ClusterText } from '../evidence/cluster.ts';
import { unreadable } from '../evidence/document.ts';
import type { ClusterSpec, HelmSpec, KeySpec } from '../evidence/spec.ts';
import { isWholeRealm } from '../gitops/artefacts/realm-value.ts';
import type { JsonObject } from '../realm/json.ts';
import type { EvidenceCandidate } from '../runbook/model.ts';
import { at, isObject, nameOf, RESOURCES, shown, type KubeObject, type ResourceWord } from '../gitops/controllers/object.ts';
import type { ClusterApi } from './api.ts';
import { permitted } from './permitted.ts';
import { operatorCandidates, readOperatorRealm } from './operator-realm.ts';
import { readRelease, recordName, releaseName, RELEASE_TYPE } from './helm.ts';
import { newestRecord, oneRecord } from './helm-records.ts';
import { keyTexts, lastApplied, lastAppliedTexts, textsOf, timeOf, writerNote, written } from './texts.ts';

/** Revisions of Helm releases that are shown, and how many are opened to find them. */
const MOST_REVISIONS = 6;
const MOST_OPENED = 30;

/** Reads what specs name. Nothing is written. */
export function clusterEvidence(api: ClusterApi, now: () => number = Date.now): ClusterEvidence {
  return {
    read: async (spec) => {
      if (spec.type === 'helm') return readHelm(api, spec, now());
      if (spec.type === 'last-applied') return readLastApplied(api, spec, now());
      if (spec.type === 'realmimport') return [importText(await existing(api, 'keycloakrealmimport', spec), now())];
      if (spec.type === 'keycloakrealm') return [await readOperatorRealm(api, spec, now())];
      return textsOf(await existing(api, spec.type, spec), `${spec.type}:${spec.namespace}/${spec.name}`, spec.key, now());
    },
  };
}

type Named = Pick<ClusterSpec, 'namespace' | 'name'>;

async function existing(api: ClusterApi, word: ResourceWord, { namespace, name }: Named): Promise<KubeObject> {
  const wanted = nameOf(word, namespace, name);
  const object = await api.get(wanted);
  if (object === null) throw missing(api, shown(wanted), `kubectl get ${RESOURCES[word].plural} -n ${namespace}`);
  return object;
}

function missing({ context }: ClusterApi, what: string, command: string): RescueError {
  return new RescueError('object-not-found', `There is no ${what} in the cluster of context ${context}.`, [`Check --context, and the names there: ${command}`]);
}

/** The realm of a KeycloakRealmImport. */
export function importText(object: KubeObject, now: number): ClusterText {
  const { namespace = '', name } = object.metadata;
  const realm = at(object, 'spec', 'realm');
  if (!isObject(realm)) throw unreadable(`KeycloakRealmImport ${namespace}/${name} has no spec.realm.`, ['Name the one that holds the realm.']);
  const write = written(object, 'spec', 'realm') ?? written(object, 'spec');
  return { name: `realmimport:${namespace}/${name}`, text: JSON.stringify(realm), capturedAt: timeOf(object, write, now), notes: writerNote(write) };
}

async function readLastApplied(api: ClusterApi, { namespace, name, key }: KeySpec, now: number): Promise<readonly ClusterText[]> {
  const spec = `last-applied:${namespace}/${name}`;
  const map = await api.get(nameOf('configmap', namespace, name));
  const applied = map && lastApplied(map);
  if (map && applied) return lastAppliedTexts(map, applied, spec, key, now);
  // Whoever may not read Secrets did not mean one, where a ConfigMap of that name is.
  const secret = map ? await permitted(() => api.get(nameOf('secret', namespace, name))) : await api.get(nameOf('secret', namespace, name));
  const kept = secret && lastApplied(secret);
  if (secret && kept) return lastAppliedTexts(secret, kept, spec, key, now);
  const found = map ? 'ConfigMap' : secret ? 'Secret' : null;
  if (found === null) throw missing(api, `ConfigMap or Secret ${namespace}/${name}`, `kubectl get configmaps,secrets -n ${namespace}`);
  throw unreadable(`${found} ${namespace}/${name} does not hold what was last applied: it came by server-side apply, Helm or a plain write.`, [`Use ${found.toLowerCase()}:${namespace}/${name} for what stands there now, or git:PATH@REVISION.`]);
}

async function readHelm(api: ClusterApi, { namespace, name, revision }: HelmSpec, now: number): Promise<readonly ClusterText[]> {
  const record = await (revision === null ? newestRecord(api, namespace, name) : oneRecord(api, namespace, recordName({ release: name, revision })));
  if (record === null) throw missing(api, `${revision === null ? '' : `revision ${revision} of `}Helm release ${namespace}/${name}`, `helm history ${name} -n ${namespace}`);
  const spec = `helm:${namespace}/${name}@${releaseName(record.metadata.name)?.revision ?? revision ?? '?'}`;
  const { texts } = readRelease(record, spec, now);
  if (texts.length === 0) throw unreadable(`${spec} applied nothing.`, ['Name another revision.']);
  return texts;
}

/**
 * What in a namespace holds the realm, newest first: ConfigMaps and Secrets key by key, what was last applied to them where something else
 * stands there now, revisions of Helm releases, KeycloakRealmImports, KeycloakRealms. What these credentials may not list is left out. None is recommended:
 * the one that is newest may be what overwrote the realm.
 */
export async function clusterCandidates(api: ClusterApi, { namespace, realm, now = Date.now() }: { readonly namespace: string; readonly realm: string; readonly now?: number }): Promise<readonly EvidenceCandidate[]> {
  const listed = async (word: ResourceWord, fieldSelector?: string): Promise<readonly KubeObject[]> => {
    const answer = await permitted(() => api.list(RESOURCES[word], { namespace, ...(fieldSelector === undefined ? {} : { fieldSelector }) }));
    return answer?.items ?? [];
  };
  const [maps, secrets, records, imports, realms] = await Promise.all([
    listed('configmap'), listed('secret', `type!=${RELEASE_TYPE},type!=kubernetes.io/service-account-token`), listed('secret', `type=${RELEASE_TYPE}`), listed('keycloakrealmimport'),
    operatorCandidates(api, namespace, now),
  ]);
  const found = [
    ...[...maps, ...secrets].flatMap((object) => [...keyCandidates(object, realm, now), ...appliedCandidates(object, realm, now)]),
    ...releaseCandidates([...records, ...maps].filter(({ metadata }) => releaseName(metadata.name) !== null), realm, now),
    ...imports.filter((object) => isObject(at(object, 'spec', 'realm'))).flatMap((object) => candidate(importText(object, now), `KeycloakRealmImport ${namespace}/${object.metadata.name}`, realm)),
    ...realms.flatMap(({ text, title }) => candidate(text, title, realm)),
  ];
  return found.sort(newestFirst);
}

export const newestFirst = (a: EvidenceCandidate, b: EvidenceCandidate): number => (b.date ?? '').localeCompare(a.date ?? '');

function candidate(text: ClusterText, title: string, realm: string, spec = text.name): EvidenceCandidate[] {
  if (!speaksOfRealm(text.text)) return [];
  const found = realmIn(text, realm);
  // An application's settings may have a realm and little else.
  if (found instanceof RescueError || !isWholeRealm(found.representation as JsonObject)) return [];
  const { clients = [], clientScopes = [] } = found.representation;
  return [{ spec, title, date: text.capturedAt, detail: [`states ${count(clients.length, 'client')}, ${count(clientScopes.length, 'scope')}`, ...text.notes].join(' · '), recommended: false }];
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;

const titleOf = ({ kind, metadata }: KubeObject) => `${kind ?? ''} ${metadata.namespace ?? ''}/${metadata.name}`;
const keyOf = ({ name }: ClusterText) => name.slice(name.lastIndexOf('/') + 1);
const placeOf = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`;

function keyCandidates(object: KubeObject, realm: string, now: number): readonly EvidenceCandidate[] {
  if (keyTexts(object).length === 0) return [];
  return textsOf(object, `${object.kind === 'Secret' ? 'secret' : 'configmap'}:${placeOf(object)}`, null, now).flatMap((text) => candidate(text, `${titleOf(object)}, ${keyOf(text)}`, realm));
}

function appliedCandidates(object: KubeObject, realm: string, now: number): readonly EvidenceCandidate[] {
  const applied = lastApplied(object);
  if (applied === null || keyTexts(applied).length === 0) return [];
  const current = new Map(keyTexts(object).map(({ key, text }) => [key, text]));
  return lastAppliedTexts(object, applied, `last-applied:${placeOf(object)}`, null, now)
    .filter((text) => current.get(keyOf(text)) !== text.text)
    .flatMap((text) => candidate(text, `${titleOf(object)}, ${keyOf(text)}, as last applied`, realm));
}

function releaseCandidates(records: readonly KubeObject[], realm: string, now: number): readonly EvidenceCandidate[] {
  const found: EvidenceCandidate[] = [];
  const newest = records.map((record) => ({ record, named: releaseName(record.metadata.name), made: String(record.metadata['creationTimestamp'] ?? '') }))
    .sort((a, b) => b.made.localeCompare(a.made) || (b.named?.revision ?? 0) - (a.named?.revision ?? 0));
  for (const { record, named } of newest.slice(0, MOST_OPENED)) {
    if (found.length === MOST_REVISIONS) break;
    const spec = `helm:${record.metadata.namespace ?? ''}/${named?.release ?? ''}@${named?.revision ?? ''}`;
    found.push(...opened(record, spec, now).flatMap((text) => candidate(text, `Helm release ${named?.release ?? ''}, revision ${named?.revision ?? ''}`, realm, spec)).slice(0, 1));
  }
  return found;
}

/** One revision that cannot be read hides no other. */
function opened(record: KubeObject, spec: string, now: number): readonly ClusterText[] {
  try {
    return readRelease(record, spec, now).texts;
  } catch (error) {
    if (error instanceof RescueError) return [];
    throw error;
  }
}
