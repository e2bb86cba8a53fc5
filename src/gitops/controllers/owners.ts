/** Who applies an object, read from the object itself: labels and annotations that controllers leave, and the log of field managers. */
import type { LastWrite } from '../../runbook/cluster.ts';
import { groupOf, isObject, listAt, nameOf, RESOURCES, textAt, type KubeObject, type ManagedFields, type ObjectName, type ResourceWord } from './object.ts';

/** A controller that claims an object. */
export interface OwnerLink {
  readonly word: Extract<ResourceWord, 'application' | 'applicationset' | 'kustomization' | 'helmrelease' | 'keycloak'> | 'helm';
  /** null where the link does not say: an application of Argo CD's own namespace. */
  readonly namespace: string | null;
  readonly name: string;
  readonly because: string;
  /** False for what other tools write as well. */
  readonly certain: boolean;
  /** A label that Argo CD alone writes, which goes along into copies: its application may not be the one. */
  readonly own?: boolean;
}

const TRACKING = 'argocd.argoproj.io/tracking-id';

/**
 * The owners of an object, the surest first. A tracking id that describes another object (a copy) owns nothing
 * (gitops.md 1.5).
 */
export function ownersOf(object: KubeObject): readonly OwnerLink[] {
  const { annotations = {}, labels = {}, ownerReferences = [], namespace = null } = object.metadata;
  const links: OwnerLink[] = [];
  for (const { kind, name, apiVersion } of ownerReferences) {
    if (kind === 'ApplicationSet' && apiVersion.startsWith('argoproj.io/')) links.push({ word: 'applicationset', namespace, name, because: 'owner reference', certain: true });
    if (kind === 'Keycloak' && apiVersion.startsWith('k8s.keycloak.org/')) links.push({ word: 'keycloak', namespace, name, because: 'owner reference', certain: true });
  }
  const tracked = trackedBy(annotations[TRACKING], object);
  if (tracked) links.push(tracked);
  for (const [prefix, word] of [['kustomize.toolkit.fluxcd.io', 'kustomization'], ['helm.toolkit.fluxcd.io', 'helmrelease']] as const) {
    const name = labels[`${prefix}/name`];
    // The Kustomization and HelmRelease that a Kustomization applies carry its labels; an object of its own does not.
    if (name !== undefined) links.push({ word, namespace: labels[`${prefix}/namespace`] ?? namespace, name, because: `labels of ${prefix}`, certain: true });
  }
  const release = annotations['meta.helm.sh/release-name'];
  if (release !== undefined) links.push({ word: 'helm', namespace: annotations['meta.helm.sh/release-namespace'] ?? namespace, name: release, because: 'annotations of Helm', certain: true });
  // Charts set the second label themselves.
  const label = ['argocd.argoproj.io/instance', 'app.kubernetes.io/instance'].find((name) => labels[name] !== undefined);
  if (label !== undefined && !tracked) links.push({ word: 'application', ...instanceName(labels[label] ?? ''), because: `label ${label}`, certain: false, ...(label.startsWith('argocd.') ? { own: true } : {}) });
  return links;
}

/** `app:group/Kind:namespace/name`, or null where it speaks of another object. */
function trackedBy(id: string | undefined, object: KubeObject): OwnerLink | null {
  const found = /^([^:]+):([^/:]*)\/([^:]+):([^/]*)\/(.+)$/.exec(id ?? '');
  if (!found) return null;
  const [, app = '', group = '', kind = '', namespace = '', name = ''] = found;
  if (kind !== object.kind || name !== object.metadata.name || namespace !== (object.metadata.namespace ?? '') || group !== groupOf(object)) return null;
  return { word: 'application', ...instanceName(app), because: 'tracking id of Argo CD', certain: true };
}

/** Applications outside of Argo CD's own namespace are called `namespace_name`. */
function instanceName(app: string): Pick<OwnerLink, 'namespace' | 'name'> {
  const cut = app.indexOf('_');
  return cut === -1 ? { namespace: null, name: app } : { namespace: app.slice(0, cut), name: app.slice(cut + 1) };
}

/** Whether an application lists the object among what it applied. Two operators have a KeycloakRealm: the group tells them apart. */
export function listsObject(application: KubeObject, object: KubeObject): boolean {
  const { name, namespace } = object.metadata;
  return listAt(application, 'status', 'resources').some((entry) => textAt(entry, 'kind') === object.kind && textAt(entry, 'name') === name && (textAt(entry, 'namespace') ?? '') === (namespace ?? '') && (textAt(entry, 'group') ?? '') === groupOf(object));
}

/** Whether a Kustomization has the object in its inventory: `namespace_name_group_Kind`. */
export function inInventory(kustomization: KubeObject, object: KubeObject): boolean {
  const id = `${object.metadata.namespace ?? ''}_${object.metadata.name}_${groupOf(object)}_${object.kind ?? ''}`;
  return listAt(kustomization, 'status', 'inventory', 'entries').some((entry) => textAt(entry, 'id') === id);
}

/** Kinds that apply others, and are found by what they apply and by what applies them. */
const CONTROLLERS = (['application', 'kustomization', 'helmrelease'] as const).map((word) => RESOURCES[word].kind as string);

/** Whether it lists other controllers among what it applied: an app of apps, a Kustomization of Kustomizations. */
export function listsController(controller: KubeObject): boolean {
  return listAt(controller, 'status', 'resources').some((entry) => CONTROLLERS.includes(textAt(entry, 'kind') ?? ''))
    || listAt(controller, 'status', 'inventory', 'entries').some((entry) => CONTROLLERS.includes(/[^_]*$/.exec(textAt(entry, 'id') ?? '')?.[0] ?? ''));
}

/** Kinds that carry a realm, or start pods that import one. */
const OF_INTEREST = ['configmap', 'secret', 'statefulset', 'deployment', 'cronjob', 'keycloakrealmimport', 'legacyrealm', 'legacyclient', 'epamrealm', 'epamclient'] as const satisfies readonly ResourceWord[];

interface Listed {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Everything that a controller lists as applied by it, whatever controller it is. */
export function listedObjects(controller: KubeObject): readonly Listed[] {
  const resources = listAt(controller, 'status', 'resources').map((entry) => ({ group: textAt(entry, 'group') ?? '', kind: textAt(entry, 'kind') ?? '', namespace: textAt(entry, 'namespace') ?? '', name: textAt(entry, 'name') ?? '' }));
  const inventory = listAt(controller, 'status', 'inventory', 'entries').map((entry) => {
    const [, namespace = '', name = '', group = '', kind = ''] = /^([^_]*)_(.+)_([^_]*)_([^_]+)$/.exec(textAt(entry, 'id') ?? '') ?? [];
    return { group, kind, namespace, name };
  });
  return [...resources, ...inventory];
}

/** What of that carries a realm, or starts pods. */
export function appliedObjects(controller: KubeObject): readonly ObjectName[] {
  return listedObjects(controller).flatMap(({ group, kind, namespace, name }) => {
    const word = OF_INTEREST.find((known) => RESOURCES[known].kind === kind && RESOURCES[known].group === group);
    return word === undefined || namespace === '' || name === '' ? [] : [nameOf(word, namespace, name)];
  });
}

/**
 * The last write of the data of a ConfigMap or Secret, or of the spec of anything else.
 *
 * @param key  of data; null: any
 */
export function lastWrite(object: KubeObject, key: string | null): LastWrite | null {
  const parts = object.kind === 'ConfigMap' || object.kind === 'Secret' ? ['data', 'binaryData'] : ['spec'];
  const entries = (object.metadata.managedFields ?? []).flatMap((entry: ManagedFields) => parts.flatMap((part) => {
    const fields = entry.fieldsV1?.[`f:${part}`];
    if (!isObject(fields) || entry.time === undefined || entry.subresource !== undefined) return [];
    if (key !== null && !Object.hasOwn(fields, `f:${key}`)) return [];
    return [{ manager: entry.manager ?? '', time: entry.time, field: key === null ? '' : `${part}[${JSON.stringify(key)}]` }];
  }));
  return entries.sort((a, b) => (a.time < b.time ? 1 : -1))[0] ?? null;
}
