import { parseAllDocuments } from 'yaml';
import { describe, expect, it } from 'vitest';
import { RescueError } from '../../src/realm/errors.ts';
import { endNeeds, freezeNeeds, missingRights, roleYaml, safeNeeds, thawNeeds, whoAmI, type Need } from '../../src/kubernetes/rights.ts';
import { nameOf } from '../../src/gitops/controllers/object.ts';
import type { ObjectName } from '../../src/runbook/cluster.ts';
import { fakeApi } from './fake-api.ts';

const need = (verb: string, resource: string, rest: Partial<Need> = {}): Need => ({ verb, group: '', resource, namespace: 'iam', why: 'a test', ...rest });

interface Granted {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly unknown[];
  readonly roleRef?: unknown;
  readonly subjects?: readonly unknown[];
}
const parsed = (yaml: string): readonly Granted[] => parseAllDocuments(yaml).map((document) => document.toJS() as Granted);

describe('missingRights', () => {
  it('names what is refused, in order and once, and asks with all that a Role can say', async () => {
    const asked: unknown[] = [];
    const api = fakeApi([], { review: (kind, body) => {
      asked.push([kind, body]);
      return { allowed: JSON.stringify(body).includes('"get"') };
    } });
    const missing = await missingRights(api, [
      need('get', 'configmaps'), need('list', 'configmaps'), need('patch', 'applications', { group: 'argoproj.io', namespace: 'argocd', name: 'kc' }), need('list', 'configmaps', { why: 'something else' }), need('list', 'applications', { group: 'argoproj.io', namespace: null }),
    ]);
    expect(missing.map(({ verb, resource, why }) => `${verb} ${resource} ${why}`)).toEqual(['list configmaps a test', 'patch applications a test', 'list applications a test']);
    expect(asked).toHaveLength(4);
    expect(asked).toContainEqual(['SelfSubjectAccessReview', { spec: { resourceAttributes: { verb: 'patch', group: 'argoproj.io', resource: 'applications', namespace: 'argocd', name: 'kc' } } }]);
    expect(asked).toContainEqual(['SelfSubjectAccessReview', { spec: { resourceAttributes: { verb: 'list', group: 'argoproj.io', resource: 'applications' } } }]);
  });

  it('takes nothing for allowed that the server does not call so', async () => {
    for (const status of [{}, { allowed: false, denied: true }, { allowed: 'true' }, null]) {
      expect(await missingRights(fakeApi([], { review: () => status }), [need('get', 'secrets')])).toHaveLength(1);
    }
  });

  it('asks eight at once and no more', async () => {
    let [now, most] = [0, 0];
    const api = fakeApi([], { review: async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => { setTimeout(resolve, 2); });
      now -= 1;
      return { allowed: true };
    } });
    expect(await missingRights(api, Array.from({ length: 30 }, (_, index) => need('get', `kind-${index}`)))).toEqual([]);
    expect(most).toBe(8);
  });
});

describe('roleYaml', () => {
  it('is nothing where nothing is missing', () => {
    expect(roleYaml([], 'oncall@example.org')).toBe('');
  });

  it('makes a Role and its binding for each namespace, and a ClusterRole for what is needed everywhere', () => {
    const found = parsed(roleYaml([need('list', 'secrets'), need('get', 'secrets'), need('get', 'configmaps'), need('list', 'configmaps'), need('patch', 'applications', { group: 'argoproj.io', namespace: 'argocd', name: 'kc' }), need('list', 'applications', { group: 'argoproj.io', namespace: null })], 'oncall@example.org'));
    expect(found.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}`)).toEqual(['Role argocd', 'RoleBinding argocd', 'Role iam', 'RoleBinding iam', 'ClusterRole ', 'ClusterRoleBinding ']);
    expect(found[0]?.rules).toEqual([{ apiGroups: ['argoproj.io'], resources: ['applications'], resourceNames: ['kc'], verbs: ['patch'] }]);
    expect(found[2]?.rules).toEqual([{ apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: ['get', 'list'] }]);
    expect(found[4]?.rules).toEqual([{ apiGroups: ['argoproj.io'], resources: ['applications'], verbs: ['list'] }]);
    expect(found[1]).toMatchObject({ roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: found[0]?.metadata.name }, subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'oncall@example.org' }] });
    expect(found[5]).toMatchObject({ roleRef: { kind: 'ClusterRole', name: found[4]?.metadata.name } });
  });

  it('binds a service account as one', () => {
    expect(parsed(roleYaml([need('get', 'secrets')], 'system:serviceaccount:tools:rescue'))[1]?.subjects).toEqual([{ kind: 'ServiceAccount', name: 'rescue', namespace: 'tools' }]);
  });

  it('gives for one object only what is not given for all', () => {
    const rules = parsed(roleYaml([need('get', 'secrets', { name: 'a' }), need('patch', 'secrets', { name: 'a' }), need('get', 'secrets')], 'x'))[0]?.rules;
    expect(rules).toEqual([{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }, { apiGroups: [''], resources: ['secrets'], resourceNames: ['a'], verbs: ['patch'] }]);
  });

  it('has another name for another grant and for another person: apply would put one in the place of the other', () => {
    const names = [roleYaml([need('get', 'secrets')], 'a'), roleYaml([need('list', 'secrets')], 'a'), roleYaml([need('get', 'secrets')], 'b'), roleYaml([need('get', 'secrets')], 'a')].map((yaml) => parsed(yaml)[0]?.metadata.name);
    expect(new Set(names.slice(0, 3)).size).toBe(3);
    expect(names[3]).toBe(names[0]);
  });

  it('keeps names that YAML would take for something else', () => {
    const [role, binding] = parsed(roleYaml([need('get', 'secrets', { namespace: '123', name: 'no' })], 'on: "call"\nkind: x'));
    expect(role?.metadata.namespace).toBe('123');
    expect(role?.rules).toMatchObject([{ resourceNames: ['no'] }]);
    expect(binding?.subjects).toMatchObject([{ name: 'on: "call"\nkind: x' }]);
  });
});

describe('needs', () => {
  const words = (needs: readonly Need[]) => needs.map(({ verb, resource, namespace, name }) => `${verb} ${resource} ${namespace ?? '*'}${name === undefined ? '' : `/${name}`}`);
  const application = nameOf('application', 'argocd', 'kc');
  const project = nameOf('appproject', 'argocd', 'default');

  const around = { workloads: [nameOf('statefulset', 'iam', 'keycloak')], configMaps: [nameOf('configmap', 'iam', 'env')] };
  const LISTS = ['statefulsets', 'deployments', 'jobs', 'cronjobs'].map((plural) => `list ${plural} iam`);

  it('are of a freeze what is read and paused, by name, and no Secret', () => {
    const scope = { source: nameOf('configmap', 'iam', 'realm'), around, controllers: [application], pauses: [project] };
    expect(words(freezeNeeds(scope))).toEqual(['get configmaps iam/realm', 'list configmaps iam/realm', ...LISTS, 'get configmaps iam/env', 'get applications argocd/kc', 'list applications argocd/kc', 'get appprojects argocd/default', 'patch appprojects argocd/default']);
    expect(words(thawNeeds({ ...scope, appliers: [application], pauses: [] }))).toEqual(['get configmaps iam/realm', 'list configmaps iam/realm', ...LISTS, 'get configmaps iam/env', 'get statefulsets iam/keycloak', 'get applications argocd/kc', 'list applications argocd/kc', 'patch applications argocd/kc']);
    // What is above and leaves a pause alone is only read.
    expect(words(thawNeeds({ ...scope, appliers: [], pauses: [] })).filter((line) => line.startsWith('patch'))).toEqual([]);
  });

  it('are of the end of an operation the application itself, whatever is patched to pause it', () => {
    expect(words(endNeeds([application]))).toEqual(['get applications argocd/kc', 'patch applications argocd/kc']);
  });

  it('are a Secret where one is named', () => {
    expect(words(freezeNeeds({ source: nameOf('secret', 'iam', 'realm'), around, controllers: [], pauses: [] })).filter((line) => line.includes('secrets'))).toEqual(['get secrets iam/realm', 'list secrets iam/realm']);
  });

  it('are any ConfigMap of the namespace where nobody knows which one is read', () => {
    expect(words(freezeNeeds({ source: nameOf('configmap', 'iam', 'realm'), around: { workloads: [], configMaps: null }, controllers: [], pauses: [] })).filter((line) => line.includes('configmaps'))).toEqual(['get configmaps iam/realm', 'list configmaps iam/realm', 'get configmaps iam']);
    expect(words(freezeNeeds({ source: nameOf('configmap', 'iam', ''), around, controllers: [], pauses: [] }))).toEqual(expect.arrayContaining(['get configmaps iam', 'list configmaps iam']));
  });

  it('are a custom resource or a Job where one is named, and of a Job what it reads', () => {
    const needs = (word: 'configmap' | 'epamrealm' | 'job', carriers: readonly ObjectName[] = []) => words(freezeNeeds({ source: nameOf(word, 'iam', 'primary'), around: { ...around, carriers }, controllers: [], pauses: [] }));
    const beside = needs('configmap').slice(2);
    expect(needs('epamrealm')).toEqual(['get keycloakrealms iam/primary', 'list keycloakrealms iam/primary', ...beside]);
    expect(needs('job', [nameOf('secret', 'iam', 'realm')])).toEqual(['get jobs iam/primary', 'list jobs iam/primary', 'get secrets iam/realm', 'list secrets iam/realm', ...beside]);
  });

  it('looks into no namespace where the controller itself is named', () => {
    expect(words(freezeNeeds({ source: application, around: { workloads: [], configMaps: [] }, controllers: [application], pauses: [application] }))).toEqual(['get applications argocd/kc', 'list applications argocd/kc', 'get applications argocd/kc', 'patch applications argocd/kc']);
  });

  it('patches for a risk only where a patch is offered', () => {
    const risk = { setting: '', because: '' };
    expect(words(safeNeeds([{ ...risk, object: nameOf('statefulset', 'iam', 'a'), safe: { title: '' } }, { ...risk, object: nameOf('job', 'iam', 'b'), safe: null }]))).toEqual(['get statefulsets iam/a', 'patch statefulsets iam/a']);
  });
});

describe('whoAmI', () => {
  it('is the user as the server has it', async () => {
    expect(await whoAmI(fakeApi([], { review: (kind) => (kind === 'SelfSubjectReview' ? { userInfo: { username: 'oncall@example.org' } } : null) }))).toBe('oncall@example.org');
  });

  it('is said in words where the server is too old to tell, and every other failure is one', async () => {
    const failing = (error: Error) => whoAmI(fakeApi([], { review: () => { throw error; } }));
    expect(await failing(new RescueError('object-not-found', 'x'))).toBe('the user of context prod');
    await expect(failing(new RescueError('refused-login', 'x'))).rejects.toMatchObject({ code: 'refused-login' });
  });
});
