import { parseAllDocuments } from 'yaml';
import { describe, expect, it } from 'vitest';
import { clusterFindings, clusterLines } from '../../src/commands/cluster-doctor.ts';
import type { ClusterApi } from '../../src/kubernetes/api.ts';
import { freezeNeeds, missingRights, roleYaml, searchNeeds, whoAmI, type Need } from '../../src/kubernetes/rights.ts';
import { nameOf, RESOURCES, type KubeObject } from '../../src/gitops/controllers/object.ts';
import { openAdminCalls } from '../../src/sandbox/incident/calls.ts';
import { stageIncident } from '../../src/sandbox/incident/stage.ts';
import { startSandbox } from '../../src/sandbox/server/sandbox.ts';
import { startKubernetes, type KubernetesUser } from '../harness/kubernetes.ts';
import { runTool } from '../harness/tool.ts';
import { useServer } from '../harness/use.ts';
import { useApis } from './apis.ts';

/** Nobody could list the workloads. */
const UNKNOWN = { workloads: [], configMaps: null };
const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'keycloak'] }));
const as = useApis(kubernetes);

/** As kubectl apply of a new file: every document is created, and a field that the server does not know is refused. */
async function apply(yaml: string): Promise<void> {
  for (const document of parseAllDocuments(yaml)) {
    const object = document.toJS() as KubeObject;
    const { namespace } = object.metadata;
    await kubernetes().admin.create(`/apis/rbac.authorization.k8s.io/v1${namespace === undefined ? '' : `/namespaces/${namespace}`}/${(object.kind ?? '').toLowerCase()}s`, object);
  }
}

/** The authorizer hears of a role through a watch. */
async function missingSoon(api: ClusterApi, needs: readonly Need[], expected: number): Promise<readonly Need[]> {
  return await expect.poll(() => missingRights(api, needs), { timeout: 10_000 }).toHaveLength(expected).then(() => missingRights(api, needs));
}

describe('on a real server', () => {
  it('an administrator lacks nothing, whoever is nobody lacks all of it', async () => {
    const namespace = await kubernetes().namespace();
    const needs = freezeNeeds({ source: nameOf('configmap', namespace, 'realm'), around: UNKNOWN, controllers: [], pauses: [] });
    expect(await missingRights(as('admin'), needs)).toEqual([]);
    expect(await missingRights(as('nobody'), needs)).toEqual(needs);
    expect(await Promise.all((['admin', 'oncall', 'nobody'] as const).map((user) => whoAmI(as(user))))).toEqual(['admin', 'oncall@example.org', 'nobody@example.org']);
  });

  it('sees what is granted, and to whom only one object is', async () => {
    const namespace = await kubernetes().namespace();
    const [mine, other] = ['mine', 'other'].map((name) => ['get', 'patch'].map((verb): Need => ({ verb, group: 'argoproj.io', resource: 'applications', namespace, name, why: '' })));
    await kubernetes().grant(namespace, [{ apiGroups: ['argoproj.io'], resources: ['applications'], resourceNames: ['mine'], verbs: ['get', 'patch'] }]);
    expect(await missingRights(as('oncall'), [...mine ?? [], ...other ?? []])).toEqual(other);
    await kubernetes().revokeAll();
  });

  it('lacks nothing once the Role is applied that it prints, and the calls behind it are let through', async () => {
    const [namespace, argo] = [await kubernetes().namespace(), await kubernetes().namespace('argo')];
    const application = nameOf('application', argo, 'kc');
    await kubernetes().admin.create(`/apis/argoproj.io/v1alpha1/namespaces/${argo}/applications`, { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'kc' }, spec: { project: 'default', destination: {}, syncPolicy: { automated: {} } } });
    const oncall = as('oncall');
    const needs = [...freezeNeeds({ source: nameOf('configmap', namespace, 'realm'), around: UNKNOWN, controllers: [application], pauses: [application] }), ...searchNeeds()];
    const carrier = { namespace, fieldSelector: 'metadata.name=realm' };
    await expect(oncall.list(RESOURCES.configmap, carrier)).rejects.toMatchObject({ code: 'missing-role' });
    await apply(roleYaml(await missingRights(oncall, needs), await whoAmI(oncall)));
    expect(await missingSoon(oncall, needs, 0)).toEqual([]);
    expect(await oncall.list(RESOURCES.configmap, carrier)).toMatchObject({ items: [] });
    expect((await oncall.list(RESOURCES.application, { namespace: argo, fieldSelector: 'metadata.name=kc' }))?.items).toHaveLength(1);
    expect(await oncall.patch(application, { spec: { syncPolicy: { automated: { selfHeal: true } } } })).toMatchObject({ object: { spec: { syncPolicy: { automated: { selfHeal: true } } } } });
    // Nothing more than that.
    await expect(oncall.list(RESOURCES.configmap, { namespace })).rejects.toMatchObject({ code: 'missing-role' });
    await expect(oncall.list(RESOURCES.secret, { namespace })).rejects.toMatchObject({ code: 'missing-role' });
    expect(await missingRights(oncall, [{ verb: 'delete', group: 'argoproj.io', resource: 'applications', namespace: argo, name: 'kc', why: '' }, { verb: 'patch', group: 'argoproj.io', resource: 'applications', namespace: argo, name: 'else', why: '' }])).toHaveLength(2);
  });

  it('a service account is bound as one', async () => {
    const namespace = await kubernetes().namespace();
    await kubernetes().admin.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'rescue' } });
    const subject = `system:serviceaccount:${namespace}:rescue`;
    const needs = freezeNeeds({ source: nameOf('secret', namespace, 'realm'), around: UNKNOWN, controllers: [], pauses: [] });
    await apply(roleYaml(needs, subject));
    const allowed = () => kubernetes().admin.create<{ status: { allowed: boolean } }>('/apis/authorization.k8s.io/v1/subjectaccessreviews', { spec: { user: subject, resourceAttributes: { verb: 'list', group: '', resource: 'secrets', namespace, name: 'realm' } } });
    await expect.poll(async () => (await allowed()).status.allowed, { timeout: 10_000 }).toBe(true);
  });

  it('a login that the server does not take is said, and not taken for missing rights', async () => {
    await expect(missingRights(as('expired-token'), [{ verb: 'get', group: '', resource: 'secrets', namespace: 'x', why: '' }])).rejects.toMatchObject({ code: 'refused-login' });
  });
});

describe('doctor', () => {
  it('says which step lacks what, and the Role that it prints is enough', async () => {
    const namespace = await kubernetes().namespace();
    await kubernetes().admin.create(`/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: 'realm' }, data: { 'realm.json': '{}' } });
    const from = `configmap:${namespace}/realm`;
    const before = await clusterFindings(as('oncall', namespace), from, true);
    expect(before.user).toBe('oncall@example.org');
    expect(before.rights.map(({ step, allowed }) => [step, allowed])).toEqual([['connect', false], ['freeze', false], ['evidence', false], ['thaw', false]]);
    expect(before.rights.find(({ step }) => step === 'evidence')?.missing).toContain(`list secrets in ${namespace}`);
    expect(before.rights.find(({ step }) => step === 'connect')?.missing).toContain(`list keycloaks.k8s.keycloak.org in ${namespace}`);
    await apply(before.role ?? '');
    await expect.poll(async () => (await clusterFindings(as('oncall', namespace), from, true)).role, { timeout: 10_000 }).toBeNull();
    expect((await clusterFindings(as('admin', namespace), undefined, false)).rights.map(({ step }) => step)).toEqual(['freeze', 'evidence', 'thaw']);
  });

  it('gives no clean bill for what is not there, or what nothing applies', async () => {
    const namespace = await kubernetes().namespace();
    await kubernetes().admin.create(`/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: 'loose' }, data: { 'realm.json': '{}' } });
    const missing = [`configmap:${namespace}/nope`, 'configmap:nowhere/nope', `secret:${namespace}/nope`, `job:${namespace}/nope`, `realmimport:${namespace}/nope`, `application:${namespace}/nope`, `helmrelease:${namespace}/nope`];
    const found = await Promise.all(missing.map((from) => clusterFindings(as('admin', namespace), from, false)));
    expect(found.map(({ stops, controllers }) => [stops?.code, controllers])).toEqual(missing.map(() => ['object-not-found', []]));
    expect(found.flatMap((each) => clusterLines(each).filter((line) => line.startsWith('OK') || line.includes('applied by')))).toEqual([]);
    expect(clusterLines(found.at(-1) ?? await clusterFindings(as('admin'), undefined, false))).toContain('NO  find and pause the controllers  The cluster of context admin has no HelmRelease at all: it does not serve helm.toolkit.fluxcd.io.');
    expect((await clusterFindings(as('admin', 'nowhere'), undefined, false)).stops).toMatchObject({ code: 'object-not-found', title: 'There is no namespace nowhere in the cluster of context admin.' });
    // Who may read neither is told of rights.
    expect((await clusterFindings(as('nobody', 'nowhere'), undefined, false)).stops).toBeNull();
    expect((await clusterFindings(as('nobody', namespace), missing[0], false)).stops).toBeNull();
    const loose = await clusterFindings(as('admin', namespace), `configmap:${namespace}/loose`, false);
    expect(loose.stops?.code).toBe('needs-decision');
    expect(clusterLines(loose).slice(-3)).toEqual([`NO  find and pause the controllers  No controller is found that applies configmap:${namespace}/loose; nothing in the cluster can be paused.`, '    Whoever or whatever applies it has to be stopped by hand: a pipeline, an operator, a person with helm.', 'OK  read what carries the realm']);
  });

  it('says the rest as well, and ends as freeze does for what is not there', async () => {
    const [namespace, sandbox] = [await kubernetes().namespace(), await startSandbox()];
    try {
      await stageIncident(openAdminCalls({ url: sandbox.url, ...sandbox.admin, realm: 'primary' }), { logins: 1, secrets: 'real' });
      await kubernetes().admin.create(`/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: 'loose' }, data: { 'realm.json': '{}' } });
      const doctor = (...args: readonly string[]) => runTool(['doctor', '--url', sandbox.url, '--realm', 'primary', '--username', sandbox.admin.username, '--kubeconfig', kubernetes().kubeconfig('admin'), ...args], { env: { KEYCLOAK_PASSWORD: sandbox.admin.password } });
      const said = /^realm-rescue: There is no ConfigMap \S+\/nope in the cluster of context admin\.\n {2}Check the name/;
      const [text, json, loose] = [await doctor('--from', `configmap:${namespace}/nope`), await doctor('--from', `configmap:${namespace}/nope`, '--json'), await doctor('--from', `configmap:${namespace}/loose`)];
      expect(text.stdout).toMatch(/^NO {2}find and pause the controllers {2}There is no ConfigMap [^]*^Keycloak 26\.7\.4/m);
      expect([text.exit, text.stderr]).toEqual([64, expect.stringMatching(said)]);
      expect(JSON.parse(json.stdout)).toMatchObject({ serverVersion: '26.7.4', cluster: { controllers: [], stops: { code: 'object-not-found' } } });
      expect([json.exit, json.stderr]).toEqual([64, expect.stringMatching(said)]);
      expect([loose.exit, loose.stderr]).toEqual([0, '']);
    } finally {
      await sandbox.close();
    }
  });

  it('finds Keycloak in the cluster, prints both, and ends with 3 where a right is missing', async () => {
    const namespace = await kubernetes().namespace();
    const sandbox = await startSandbox();
    try {
      await stageIncident(openAdminCalls({ url: sandbox.url, ...sandbox.admin, realm: 'primary' }), { logins: 1, secrets: 'real' });
      await kubernetes().admin.create(`/apis/k8s.keycloak.org/v2alpha1/namespaces/${namespace}/keycloaks`, { apiVersion: 'k8s.keycloak.org/v2alpha1', kind: 'Keycloak', metadata: { name: 'sso' }, spec: { hostname: { hostname: sandbox.url } } });
      await kubernetes().admin.create(`/api/v1/namespaces/${namespace}/secrets`, { metadata: { name: 'sso-admin-credentials' }, stringData: { ...sandbox.admin } });
      const doctor = (user: KubernetesUser, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => runTool(['doctor', '--realm', 'primary', '--kubeconfig', kubernetes().kubeconfig(user), '--namespace', namespace, ...args], { env });
      const found = await doctor('admin', ['--json']);
      expect(found.stderr).toBe(`Keycloak from the cluster: ${sandbox.url} as ${sandbox.admin.username}, from Keycloak ${namespace}/sso\n`);
      expect(JSON.parse(found.stdout)).toMatchObject({ schema: 'realm-rescue/doctor/v1', serverVersion: '26.7.4', cluster: { namespace, user: 'admin', role: null, rights: [{ step: 'connect', allowed: true }, { step: 'freeze', allowed: true }, { step: 'evidence', allowed: true }, { step: 'thaw', allowed: true }] } });
      expect(found.exit).toBe(0);
      const lacking = await doctor('nobody', ['--url', sandbox.url, '--username', sandbox.admin.username], { KEYCLOAK_PASSWORD: sandbox.admin.password });
      expect(lacking.stdout).toMatch(/^Cluster .*as nobody@example\.org\n[^]*^NO {2}find and pause the controllers {2}needs get, list configmaps in [^]*^kind: Role\n[^]*^Keycloak 26\.7\.4/m);
      expect(lacking.exit).toBe(3);
    } finally {
      await sandbox.close();
    }
  });
});
