import { CUSTOM_KEYCLOAKS } from '../kubernetes/find-keycloak.ts';
import { findWriter } from '../kubernetes/find-writer.ts';
import { openCluster, type ClusterApi } from '../kubernetes/api.ts';
import { around, carrierNames, readCarrier } from '../kubernetes/carrier.ts';
import { namesController, parseFrom, type FromSpec } from '../kubernetes/from-spec.ts';
import { evidenceNeeds, freezeNeeds, keycloakNeeds, missingRights, roleYaml, safeNeeds, searchNeeds, thawNeeds, whoAmI, type Need } from '../kubernetes/rights.ts';
import { restartRisks } from '../kubernetes/risks.ts';
import { workloadsOf } from '../kubernetes/workloads.ts';
import { permitted } from '../kubernetes/permitted.ts';
import { readable } from '../kubernetes/readable.ts';
import { nameOf, shown } from '../gitops/controllers/object.ts';
import { RescueError } from '../realm/errors.ts';
import type { ObjectName } from '../runbook/cluster.ts';
import type { Failure } from '../runbook/failure.ts';
import { asFailure } from '../runner/failure.ts';
import { nothingApplies } from '../runner/cluster-failures.ts';
import { clusterTarget } from './cluster-target.ts';
import type { Invocation } from './table.ts';

/** What `doctor` says of the cluster; `--json` prints it as it is. */
export interface ClusterFindings {
  readonly context: string;
  readonly server: string;
  readonly namespace: string;
  readonly user: string;
  /** As --from named it; null: looked for. */
  readonly from: string | null;
  /** What would be paused, as far as it can be seen. */
  readonly controllers: readonly string[];
  /** What a freeze would stop at whatever the rights are: what is named is not there, or nothing applies it. */
  readonly stops: Failure | null;
  readonly rights: readonly ClusterRight[];
  readonly notes: readonly string[];
  /** The missing ones as YAML for kubectl apply; null where none is. */
  readonly role: string | null;
}

export interface ClusterRight {
  /** `make-safe` where a workload imports at a start and a live patch against that is known. */
  readonly step: 'connect' | 'freeze' | 'make-safe' | 'evidence' | 'thaw';
  readonly allowed: boolean;
  /** Verb, resource and namespace of what is missing: `patch applications.argoproj.io keycloak in argocd`. */
  readonly missing: readonly string[];
}

/** Looks whether freezing, reading evidence and thawing will be allowed. Reads only. */
export async function lookAtCluster(invocation: Invocation): Promise<ClusterFindings> {
  const api = openCluster(clusterTarget(invocation));
  try {
    const { flags, environment } = invocation;
    return await clusterFindings(api, flags.from, (flags.url ?? environment['KEYCLOAK_URL']) === undefined);
  } finally {
    await api.close();
  }
}

/**
 * @param from    what carries the realm or applies it; without it the workloads of the namespace that look like Keycloak lead to the controllers
 * @param search  whether Keycloak itself has to be found in the cluster
 */
export async function clusterFindings(api: ClusterApi, from: string | undefined, search: boolean): Promise<ClusterFindings> {
  const spec = from === undefined ? null : parseFrom(from, api.namespace);
  const isController = spec !== null && namesController(spec);
  const namespace = spec === null || isController ? api.namespace : spec.namespace;
  const named = spec === null ? null : (await carrierNames(api, spec))[0];
  // Without --from any ConfigMap of the namespace may be the one.
  const source = named ?? nameOf('configmap', namespace, '');
  const [user, found, refusal] = await Promise.all([whoAmI(api), named === null ? null : permitted(() => api.get(named)), spec === null ? noNamespace(api, namespace) : refusalOf(api, spec)]);
  const carrier = named && found && { kind: named.resource.kind, ...found };
  const beside = spec === null || named === null ? { ...(await workloadsOf(api, namespace, [])), carriers: [] } : await around(api, spec, named, carrier);
  const writer = await findWriter(api, [...(carrier === null ? [] : [carrier]), ...beside.carriers.map(({ object }) => object), ...beside.workloads]);
  const own = isController && named !== null && !writer.controllers.some(({ object }) => shown(object) === shown(named)) ? [named] : [];
  const controllers = [...own, ...writer.controllers.map(({ object }) => object)];
  const scope = { source, around: beside.scope, controllers, pauses: [...own, ...writer.pauses.map(({ object }) => object)] };
  const served = (await Promise.all(CUSTOM_KEYCLOAKS.map(async (resource) => ((await api.version(resource.group)) === null ? [] : [resource])))).flat();
  const patches = safeNeeds(restartRisks(beside.workloads, beside));
  const steps: readonly (readonly [ClusterRight['step'], readonly Need[]])[] = [
    ...(search ? [['connect', keycloakNeeds(namespace, served)] as const] : []),
    // Where nothing says who applies it, that has to be searched for.
    ['freeze', [...freezeNeeds(scope), ...writer.unread, ...(controllers.length === 0 && writer.unread.length === 0 ? searchNeeds() : [])]],
    ...(patches.length === 0 ? [] : [['make-safe', patches] as const]),
    ...(isController ? [] : [['evidence', evidenceNeeds(namespace)] as const]),
    ['thaw', thawNeeds({ ...scope, appliers: [...own, ...writer.controllers.flatMap(({ role, object }) => (role === 'applies' ? [object] : []))] })],
  ];
  const missing = await missingRights(api, steps.flatMap(([, needs]) => needs));
  const rights = steps.map(([step, needs]): ClusterRight => {
    const lacking = missing.filter((need) => needs.some((other) => needWords(need) === needWords(other)));
    return { step, allowed: lacking.length === 0, missing: lacking.map(needWords) };
  });
  // Where something could not be read, nobody knows whether anything applies it.
  const unapplied = from !== undefined && carrier !== null && controllers.length === 0 && writer.unread.length === 0 ? nothingApplies(from) : null;
  const stops = refusal ?? unapplied;
  return {
    context: api.context, server: api.server, namespace, user, from: from ?? null, controllers: refusal === null ? controllers.map((object: ObjectName) => shown(object)) : [], stops: stops && asFailure(stops), rights, notes: [...writer.notes, ...beside.notes],
    role: missing.length === 0 ? null : roleYaml(missing, user),
  };
}

/** What a freeze refuses before it looks any further; a right that is missing shows among the rights. */
async function refusalOf(api: ClusterApi, spec: FromSpec): Promise<RescueError | null> {
  try {
    await permitted(() => readCarrier(api, spec));
    return null;
  } catch (error) {
    if (error instanceof RescueError && ['object-not-found', 'usage'].includes(error.code)) return error;
    throw error;
  }
}

/** Few may read a namespace by itself: whoever may not is told nothing of it. */
async function noNamespace(api: ClusterApi, name: string): Promise<RescueError | null> {
  const found = await readable(() => api.get({ resource: { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' }, namespace: null, name }));
  return found === null ? new RescueError('object-not-found', `There is no namespace ${name} in the cluster of context ${api.context}.`, ['Check --namespace and --context.', 'See what is there with: kubectl get namespaces']) : null;
}

function needWords({ verb, group, resource, namespace, name }: Need): string {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}${name === undefined ? '' : ` ${name}`} ${namespace === null ? 'in all namespaces' : `in ${namespace}`}`;
}

/** `get, list configmaps in iam`: verbs of one thing together, and no more than fits a line or two. */
function shortened(missing: readonly string[]): string {
  const verbs = new Map<string, string[]>();
  for (const words of missing) {
    const [verb = '', ...what] = words.split(' ');
    verbs.set(what.join(' '), [...(verbs.get(what.join(' ')) ?? []), verb]);
  }
  const lines = [...verbs].map(([what, names]) => `${names.join(', ')} ${what}`);
  return `${lines.slice(0, 3).join('; ')}${lines.length > 3 ? `; and ${lines.length - 3} more below` : ''}`;
}

/** As `doctor` prints it. */
export function clusterLines({ context, server, namespace, user, from, controllers, stops, rights, notes, role }: ClusterFindings): readonly string[] {
  const what: Readonly<Record<ClusterRight['step'], string>> = { connect: 'find Keycloak and its administrator', freeze: 'find and pause the controllers', 'make-safe': 'patch what imports when a pod starts', evidence: 'read what carries the realm', thaw: 'resume the controllers and watch the next sync' };
  // Rights to what is not there are worth no OK.
  const vain: readonly ClusterRight['step'][] = stops === null ? [] : stops.code === 'needs-decision' ? ['freeze', 'thaw'] : ['freeze', 'evidence', 'thaw'];
  return [
    `Cluster ${context} (${server}), namespace ${namespace}, as ${user}`,
    ...(controllers.length > 0 ? [`    applied by ${controllers.join(', ')}`] : stops !== null ? [] : [`    no controller is seen that applies it${from === null ? '; name what carries the realm with --from configmap:NAMESPACE/NAME' : ''}`]),
    ...notes.map((note) => `    ${note}`),
    ...(stops === null ? [] : [`NO  ${what.freeze}  ${stops.title}`]),
    ...(stops?.code === 'needs-decision' ? stops.next.map((line) => `    ${line}`) : []),
    ...rights.filter(({ step, allowed }) => !allowed || !vain.includes(step)).map(({ step, allowed, missing }) => (allowed ? `OK  ${what[step]}` : `NO  ${what[step]}  needs ${shortened(missing)}`)),
    ...(role === null ? [] : ['Have this applied by somebody who may (kubectl apply -f FILE):', ...role.trimEnd().split('\n')]),
  ];
}
