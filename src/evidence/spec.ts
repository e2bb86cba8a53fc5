import { RescueError } from '../realm/errors.ts';
import { EVIDENCE_WORDS } from '../realm/evidence-words.ts';

/** What an `--evidence` spec names. */
export type Spec =
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'git'; readonly path: string; readonly revision: string }
  | { readonly type: 'snapshot'; readonly path: string }
  | { readonly type: 'realm'; readonly name: string }
  | ClusterSpec;

/** What lies in a cluster. */
export type ClusterSpec = KeySpec | HelmSpec | (InCluster & { readonly type: 'realmimport' }) | (InCluster & { readonly type: 'keycloakrealm' });

/** A key of an object. `last-applied`: what kubectl or Argo CD wrote last, from the annotation that it left on a ConfigMap or Secret. */
export interface KeySpec extends InCluster {
  readonly type: 'configmap' | 'secret' | 'last-applied';
  /** null: every key is looked through. */
  readonly key: string | null;
}

export interface HelmSpec extends InCluster {
  readonly type: 'helm';
  /** null: the current one. */
  readonly revision: number | null;
}

interface InCluster {
  readonly namespace: string;
  readonly name: string;
}

/** How each is written. */
const CLUSTER_FORMS = {
  'configmap': 'configmap:NAMESPACE/NAME[/KEY]',
  'secret': 'secret:NAMESPACE/NAME[/KEY]',
  'last-applied': 'last-applied:NAMESPACE/NAME[/KEY]',
  'helm': 'helm:NAMESPACE/RELEASE[@REVISION]',
  'realmimport': 'realmimport:NAMESPACE/NAME',
  'keycloakrealm': 'keycloakrealm:NAMESPACE/NAME',
} as const satisfies Record<ClusterSpec['type'], string>;

const WORDS = new RegExp(`^(${EVIDENCE_WORDS.join('|')})(?::(.*)|$)`, 's');

const EVENTS = ['Admin events cannot be read as evidence by this version; it needs the admin events part of realm-rescue.', 'Use a realm file, a git revision or an earlier snapshot: --evidence git:PATH@REVISION.'] as const;

/**
 * Reads a spec: `file:PATH` (or a bare path), `git:PATH@REVISION`, `snapshot:PATH`, `realm:NAME`, and those of a cluster. Throws RescueError `usage`.
 * In `git:` the last `@` counts that is not the beginning of `@{…}`, because paths and revisions may both hold one.
 */
export function parseSpec(spec: string): Spec {
  const match = WORDS.exec(spec);
  if (!match) return fileSpec(spec, spec);
  const [, type = '', rest = ''] = match;
  if (type === 'events') throw new RescueError('usage', EVENTS[0], [EVENTS[1]]);
  if (isClusterType(type)) return clusterSpec(type, rest, spec);
  if (type === 'git') return gitSpec(rest, spec);
  if (rest === '') throw usage(spec);
  if (type === 'realm') return { type, name: rest };
  return type === 'snapshot' ? { type, path: rest } : fileSpec(rest, spec);
}

export function isClusterSpec(spec: Spec): spec is ClusterSpec {
  return isClusterType(spec.type);
}

function isClusterType(type: string): type is ClusterSpec['type'] {
  return Object.hasOwn(CLUSTER_FORMS, type);
}

function fileSpec(path: string, spec: string): Spec {
  if (path === '') throw usage(spec);
  return { type: 'file', path };
}

function gitSpec(rest: string, spec: string): Spec {
  const at = [...rest.matchAll(/@(?!\{)/g)].at(-1)?.index ?? -1;
  const [path, revision] = [rest.slice(0, Math.max(0, at)), rest.slice(at + 1)];
  if (at < 1 || revision === '' || revision.startsWith('-')) throw usage(spec);
  return { type: 'git', path, revision };
}

/** Names as Kubernetes has them (RFC 1123); the rest after a second slash is the key, dots and all. */
const IN_CLUSTER = /^(?<namespace>[a-z0-9][a-z0-9-]*)\/(?<name>[a-z0-9][a-z0-9.-]*)(?:@(?<revision>[1-9]\d{0,8})|\/(?<key>[\w.-]+))?$/;

function clusterSpec(type: ClusterSpec['type'], rest: string, spec: string): ClusterSpec {
  const { namespace, name, revision, key } = IN_CLUSTER.exec(rest)?.groups ?? {};
  const keyed = type !== 'helm' && type !== 'realmimport' && type !== 'keycloakrealm';
  if (namespace === undefined || name === undefined || (key !== undefined && !keyed) || (revision !== undefined && type !== 'helm')) {
    throw new RescueError('usage', `"${spec}" does not name anything in a cluster.`, [`Write ${CLUSTER_FORMS[type]}.`]);
  }
  if (type === 'helm') return { type, namespace, name, revision: revision === undefined ? null : Number(revision) };
  return type === 'realmimport' || type === 'keycloakrealm' ? { type, namespace, name } : { type, namespace, name, key: key ?? null };
}

function usage(spec: string): RescueError {
  return new RescueError('usage', `"${spec}" does not name any evidence.`, [`Write file:PATH, git:PATH@REVISION, snapshot:PATH, realm:NAME or ${CLUSTER_FORMS.configmap}.`]);
}

/** Whether a text names something in a cluster, whatever else may be wrong with it. */
export function namesClusterObject(spec: string): boolean {
  return isClusterType(spec.split(':', 1)[0] ?? '');
}
