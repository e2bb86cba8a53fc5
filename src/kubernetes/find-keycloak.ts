/**
 * Keycloak as the cluster knows it: from the custom resource of an operator, else from the workload that a chart made. Reads only. What comes
 * from where: sources of keycloak/keycloak `operator/` (26.x), docs and toolkit of vriesdemichael/keycloak-operator, templates of the charts of
 * bitnami, codecentric (keycloakx) and CloudPirates.
 */
import { RescueError } from '../realm/errors.ts';
import type { JsonObject } from '../realm/json.ts';
import type { Resource } from '../runbook/cluster.ts';
import { listAt, RESOURCES, textAt, type KubeObject } from '../gitops/controllers/object.ts';
import { containersOf, isServerImage } from '../gitops/live/pods.ts';
import type { ClusterApi } from './api.ts';
import { addressOfResource, addressOfWorkload, type Address } from './keycloak-address.ts';
import { listOf } from './list-of.ts';
import { loginOfResource, loginOfWorkload, type Login } from './keycloak-login.ts';

export interface FoundKeycloak {
  /** Base address, with its path. */
  readonly url: string;
  /** null: not asked for, or the cluster does not say. */
  readonly username: string | null;
  /** In no message and no note. */
  readonly password: string | null;
  /** `Keycloak iam/keycloak`. */
  readonly from: string;
  readonly notes: readonly string[];
}

export interface Search {
  /** null: that of the context first, then all that may be looked at. */
  readonly namespace: string | null;
  /** Of the custom resource or workload. */
  readonly name?: string;
  /** False: no Secret is read. */
  readonly login?: boolean;
}

/** Both operators call the kind Keycloak. */
export const CUSTOM_KEYCLOAKS: readonly Resource[] = [RESOURCES.keycloak, { group: 'vriesdemichael.github.io', version: 'v1', plural: 'keycloaks', kind: 'Keycloak' }];
const WORKLOADS: readonly Resource[] = [RESOURCES.statefulset, RESOURCES.deployment];

interface Candidate {
  readonly object: KubeObject;
  readonly custom: boolean;
}

/**
 * @throws RescueError `usage` for several, `object-not-found` for none, `missing-role` where what it takes may not be read
 */
export async function findKeycloak(api: ClusterApi, { namespace, name, login = true }: Search): Promise<FoundKeycloak> {
  const refused: RescueError[] = [];
  for (const place of namespace === null ? [api.namespace, null] : [namespace]) {
    const candidates = (await candidatesIn(api, place, refused)).filter(({ object }) => name === undefined || object.metadata.name === name);
    if (candidates.length > 1) throw several(candidates);
    if (candidates[0]) return read(api, candidates[0], login);
  }
  throw none(api, namespace, name, refused);
}

async function candidatesIn(api: ClusterApi, namespace: string | null, refused: RescueError[]): Promise<readonly Candidate[]> {
  const listed = await Promise.all([...CUSTOM_KEYCLOAKS, ...WORKLOADS].map((resource) => listOf(api, resource, namespace)));
  refused.push(...listed.flatMap((part) => part.refused ?? []));
  const [customs, workloads] = [listed.slice(0, CUSTOM_KEYCLOAKS.length), listed.slice(CUSTOM_KEYCLOAKS.length)].map((parts) => parts.flatMap(({ objects }) => objects));
  const made = (workload: KubeObject) => (workload.metadata.ownerReferences ?? []).some(({ kind }) => kind === 'Keycloak')
    || (customs ?? []).some((custom) => custom.metadata.namespace === workload.metadata.namespace && [custom.metadata.name, textAt(custom, 'status', 'deployment')].includes(workload.metadata.name));
  const others = (workloads ?? []).filter((workload) => !made(workload));
  const byImage = others.filter((workload) => imageOf(workload) !== undefined);
  const servers = byImage.length > 0 || (customs ?? []).length > 0 ? byImage : others.filter((workload) => serverOf(workload) !== undefined);
  // An image may have the word in its name and be something beside Keycloak.
  const sure = servers.filter(isStarted);
  return [...(customs ?? []).map((object) => ({ object, custom: true })), ...(sure.length > 0 ? sure : servers).map((object) => ({ object, custom: false }))];
}

/** Whether it is given what only Keycloak takes. */
function isStarted(workload: KubeObject): boolean {
  const server = serverOf(workload)?.value;
  return server !== undefined && (startWord(server) || hasVariable(server));
}

const startWord = (container: JsonObject): boolean => /(?:^|\s)start(?:-dev)?(?:\s|$)/.test(['command', 'args'].flatMap((key) => listAt(container, key)).join(' '));
const hasVariable = (container: JsonObject, names = /^(?:KC|KEYCLOAK)_/): boolean => listAt(container, 'env').some((entry) => names.test(textAt(entry, 'name') ?? ''));

const runningIn = (workload: KubeObject) => containersOf(workload).filter(({ init }) => !init);
const imageOf = (workload: KubeObject) => runningIn(workload).find(({ image }) => isServerImage(image));
/** By its image, else by what nobody but the server is given: many a company builds one of its own name. */
const serverOf = (workload: KubeObject) => imageOf(workload) ?? runningIn(workload).find(({ value }) => startWord(value) && hasVariable(value, /^KC_(?:DB|CACHE|BOOTSTRAP_ADMIN)/));

const shownCandidate = ({ object: { kind, metadata } }: Candidate): string => `${kind ?? ''} ${metadata.namespace ?? ''}/${metadata.name}`;

async function read(api: ClusterApi, candidate: Candidate, wanted: boolean): Promise<FoundKeycloak> {
  const from = shownCandidate(candidate);
  const notes: string[] = [];
  const { object } = candidate;
  const server = serverOf(object)?.value ?? {};
  const address: Address = candidate.custom ? await addressOfResource(api, object, notes) : await addressOfWorkload(api, object, server, notes);
  if (address.url === null) {
    throw new RescueError(address.refused.length > 0 ? 'missing-role' : 'object-not-found', `${from} is found, and how it is reached is not: ${address.refused[0]?.message.replace(/\.$/, '') ?? 'no Ingress leads to it, and it names no hostname'}.`,
      [...new Set(address.refused.flatMap(({ next }) => next)), 'Or give its address with --url.']);
  }
  const login: Login | null = wanted ? await (candidate.custom ? loginOfResource(api, object, notes) : loginOfWorkload(api, object, server, notes)) : null;
  return { url: address.url, username: login?.username ?? null, password: login?.password ?? null, from, notes };
}

function several(candidates: readonly Candidate[]): RescueError {
  const shown = candidates.slice(0, 8).map(shownCandidate).join(', ');
  return new RescueError('usage', `There are ${candidates.length} Keycloaks to choose from: ${shown}${candidates.length > 8 ? ', …' : ''}.`, [new Set(candidates.map(({ object }) => object.metadata.namespace)).size > 1 ? 'Name the namespace of the right one with --namespace, or give its address with --url.' : 'Give the address of the right one with --url.']);
}

function none(api: ClusterApi, namespace: string | null, name: string | undefined, refused: readonly RescueError[]): RescueError {
  const what = `No Keycloak${name === undefined ? '' : ` called ${name}`} is found in ${namespace === null ? `any namespace of context ${api.context}` : `namespace ${namespace} of context ${api.context}`}`;
  const or = namespace === null ? 'Name its namespace with --namespace, or give its address with --url.' : 'Check --namespace and --context, or give its address with --url.';
  if (refused.length === 0) return new RescueError('object-not-found', `${what}: neither a custom resource Keycloak nor a StatefulSet or Deployment with an image of it.`, [or]);
  return new RescueError('missing-role', `${what}, as far as these credentials may look: ${refused[0]?.message ?? ''}`, [...new Set(refused.flatMap(({ next }) => next)), or]);
}
