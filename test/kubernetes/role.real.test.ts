// The Role that a freeze prints, held against what the real server then hears: enough for everything up to the live patch, and nothing that is not used.
import { parseAllDocuments } from 'yaml';
import { afterAll, expect, it } from 'vitest';
import type { Json } from '../../src/realm/json.ts';
import type { KubeObject } from '../../src/gitops/controllers/object.ts';
import { clusterFindings } from '../../src/commands/cluster-doctor.ts';
import { openCluster } from '../../src/kubernetes/api.ts';
import { openClusterPort } from '../../src/kubernetes/cluster.ts';
import type { Cluster } from '../../src/runner/cluster.ts';
import { startKubernetes, type KubernetesUser } from '../harness/kubernetes.ts';
import type { Rule } from '../harness/kubernetes/rights.ts';
import { useServer } from '../harness/use.ts';
import { eventually, off, openPlace, type Place } from './freeze-world.ts';
import type { Manifest } from './scripted-controller.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['argo'] }));
const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

const PROGRAM = 'realm-rescue-role-test';
function port(user: KubernetesUser, userAgent = PROGRAM): Cluster {
  const cluster = openClusterPort({ kubeconfig: kubernetes().kubeconfig(user), userAgent, environment: {}, readOnly: false });
  closing.push(() => cluster.close());
  return cluster;
}

/** A StatefulSet that imports at each start, with variables from a ConfigMap; beside it what is nobody's business. */
async function usual(): Promise<Place> {
  const place = await openPlace(kubernetes());
  const { namespace } = place;
  const workload: Manifest = {
    apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'keycloak', namespace, annotations: { 'argocd.argoproj.io/tracking-id': `${namespace}_keycloak:apps/StatefulSet:${namespace}/keycloak` } },
    spec: { serviceName: 'keycloak', selector: { matchLabels: { app: 'keycloak' } }, template: { metadata: { labels: { app: 'keycloak' } }, spec: {
      initContainers: [{ name: 'import', image: 'quay.io/keycloak/keycloak:26.0.8', args: ['import', '--file', '/realm/realm.json'], volumeMounts: [{ name: 'realm', mountPath: '/realm' }] }],
      containers: [{ name: 'keycloak', image: 'quay.io/keycloak/keycloak:26.0.8', args: ['start'], envFrom: [{ configMapRef: { name: 'keycloak-env' } }] }],
      volumes: [{ name: 'realm', configMap: { name: 'keycloak-realm' } }],
    } } },
  };
  const other = (kind: string, name: string): Manifest => ({ apiVersion: 'v1', kind, metadata: { name, namespace } });
  await place.create(place.tracked(), place.application(), workload, other('ConfigMap', 'keycloak-env'), other('ConfigMap', 'unrelated'), other('Secret', 'unrelated'));
  return place;
}

/** Binds what was printed, and gives its rules; waits until the server lets the sentence through that names none of it any more. */
async function apply(yaml: string): Promise<readonly Rule[]> {
  const documents = parseAllDocuments(yaml).map((document) => document.toJS() as KubeObject & { readonly rules?: readonly Rule[] });
  for (const object of documents) await kubernetes().admin.create(`/apis/rbac.authorization.k8s.io/v1/namespaces/${object.metadata.namespace ?? ''}/${(object.kind ?? '').toLowerCase()}s`, object);
  return documents.flatMap(({ rules }) => rules ?? []);
}

/** Of the Role of one namespace. */
const rulesIn = (role: string | null): readonly Rule[] => parseAllDocuments(role ?? '').flatMap((document) => (document.toJS() as { readonly rules?: readonly Rule[] }).rules ?? []);
/** `get configmaps/keycloak-realm`, `list jobs`: each right of its own. */
const rightsOf = (rules: readonly Rule[]): readonly string[] => rules.flatMap(({ resources = [], resourceNames = [null], verbs }) => resources.flatMap((resource) => resourceNames.flatMap((name) => verbs.map((verb) => `${verb} ${resource}${name === null ? '' : `/${name}`}`)))).toSorted();

/** What the server was asked for by the program, as rights. Reviews and discovery are everybody's. */
async function used(namespace: string): Promise<ReadonlySet<string>> {
  const events = (await kubernetes().auditLog()).filter(({ userAgent }) => userAgent === PROGRAM);
  // A list in which one name is selected has that name, and is allowed by a right to it.
  return new Set(events.flatMap(({ verb, objectRef: { resource = '', name, namespace: of } = {} }) => (of === namespace ? [`${verb} ${resource}`, `${verb} ${resource}/${name ?? ''}`] : [])));
}

it('is enough for freezing and for the live patch, and each right of it is used', async () => {
  const place = await usual();
  // What says who applies it, and what reads it, can be seen.
  await kubernetes().grant(place.namespace, [
    { apiGroups: [''], resources: ['configmaps'], resourceNames: ['keycloak-realm'], verbs: ['get'] }, { apiGroups: ['argoproj.io'], resources: ['applications'], resourceNames: ['keycloak'], verbs: ['get'] },
    ...['statefulsets', 'deployments'].map((resource) => ({ apiGroups: ['apps'], resources: [resource], verbs: ['list'] })), ...['jobs', 'cronjobs'].map((resource) => ({ apiGroups: ['batch'], resources: [resource], verbs: ['list'] })),
  ]);
  const before = await port('oncall', 'before').look(place.from);
  expect([before.mayPause, before.risks.length]).toEqual([false, 1]);
  expect(before.notes).toContainEqual(expect.stringMatching(/^These credentials may not patch statefulsets \S+\/keycloak, which the live patch against its import takes; realm-rescue doctor/));
  const rules = await apply(before.role ?? '');
  expect(rightsOf(rules)).toEqual([
    'get configmaps/keycloak-env', 'get statefulsets/keycloak', 'list applications/keycloak', 'list configmaps/keycloak-realm', 'patch applications/keycloak', 'patch statefulsets/keycloak',
  ]);
  await eventually(async () => expect((await port('oncall', 'before').look(place.from)).role).toBeNull());
  const cluster = port('oncall');
  const memory = await cluster.remember(place.from);
  const sight = await cluster.look(place.from);
  expect([sight.role, sight.mayPause, [...memory.notes, ...sight.notes].filter((note) => /may not|cannot be read/.test(note))]).toEqual([null, true, []]);
  for (const pause of sight.pauses) {
    const prepared = await cluster.preparePause(pause, 'test');
    if (!('patch' in prepared)) throw new Error(prepared.already);
    await cluster.send(prepared.patch);
    expect(await cluster.check([prepared.patch])).toEqual([expect.objectContaining({ holds: true })]);
  }
  for (const risk of sight.risks) {
    const prepared = await cluster.prepareSafe(risk);
    if (!('patch' in prepared)) throw new Error(prepared.already);
    await cluster.send(prepared.patch, prepared.secret);
  }
  expect(await place.policy()).toEqual(off());
  expect((await port('admin', 'after').look(place.from)).risks).toEqual([]);
  const asked = await used(place.namespace);
  expect(rightsOf(rules).filter((right) => !asked.has(right))).toEqual([]);
  await kubernetes().revokeAll();
});

it('is one, and enough, for who may see nothing but the carrier; no Secret is asked for', async () => {
  const place = await usual();
  await kubernetes().grant(place.namespace, [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['keycloak-realm'], verbs: ['get'] }]);
  const first = await port('oncall').look(place.from);
  expect(first.mayPause).toBe(false);
  const rules = await apply(first.role ?? '');
  expect(rightsOf(rules).filter((right) => /secrets|\bget (?:statefulsets|jobs)/.test(right))).toEqual([]);
  const args = ['freeze', '--from', place.from, '--confirm', 'keycloak'];
  await eventually(async () => expect((await place.tool(args, { user: 'oncall' })).exit).toBe(0));
  expect(await place.policy()).toEqual(off());
  // The live patch was not known before the workloads could be seen.
  const { role, notes } = await port('oncall').look(place.from);
  expect(notes).toContainEqual(expect.stringContaining('may not patch statefulsets'));
  expect(rightsOf(rulesIn(role))).toEqual(['get statefulsets/keycloak', 'patch statefulsets/keycloak']);
  await kubernetes().revokeAll();
});

it('doctor names the live patch as a step of its own', async () => {
  const place = await usual();
  const api = (user: KubernetesUser) => {
    const opened = openCluster({ kubeconfig: kubernetes().kubeconfig(user), namespace: place.namespace, userAgent: PROGRAM, environment: {}, readOnly: false });
    closing.push(() => opened.close());
    return opened;
  };
  expect((await clusterFindings(api('admin'), place.from, false)).rights.map(({ step, allowed }): Json => [step, allowed])).toEqual([['freeze', true], ['make-safe', true], ['evidence', true], ['thaw', true]]);
  await kubernetes().grant(place.namespace, [{ apiGroups: ['', 'apps', 'batch', 'argoproj.io'], resources: ['*'], verbs: ['get', 'list'] }, { apiGroups: ['argoproj.io'], resources: ['applications'], verbs: ['patch'] }]);
  const { rights, role } = await clusterFindings(api('oncall'), place.from, false);
  expect(rights.filter(({ allowed }) => !allowed)).toEqual([{ step: 'make-safe', allowed: false, missing: [`patch statefulsets.apps keycloak in ${place.namespace}`] }]);
  expect(rulesIn(role)).toEqual([{ apiGroups: ['apps'], resources: ['statefulsets'], resourceNames: ['keycloak'], verbs: ['patch'] }]);
  await kubernetes().revokeAll();
});
