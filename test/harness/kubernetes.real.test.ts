import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { request } from 'undici';
import { beforeAll, describe, expect, it } from 'vitest';
import { KUBERNETES_VERSION } from './kubernetes/build.ts';
import type { KubernetesCalls } from './kubernetes/client.ts';
import { startKubernetes, type RealKubernetes } from './kubernetes.ts';
import { useServer } from './use.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'applicationset', 'flux', 'helm', 'keycloak', 'epam'] }));
let oncall: KubernetesCalls;

beforeAll(async () => { oncall = await kubernetes().as('oncall'); });

/** A namespace with a ConfigMap `realm`; gives the path of the ConfigMap. */
async function realmMap(text: string): Promise<{ readonly namespace: string; readonly maps: string; readonly map: string }> {
  const namespace = await kubernetes().namespace();
  const maps = `/api/v1/namespaces/${namespace}/configmaps`;
  await kubernetes().admin.create(maps, { metadata: { name: 'realm' }, data: { 'realm.json': text } });
  return { namespace, maps, map: `${maps}/realm` };
}

it('is the version that it says', async () => {
  expect(await kubernetes().admin.get('/version')).toMatchObject({ gitVersion: `v${KUBERNETES_VERSION}`, major: '1', minor: '36' });
});

describe('users', () => {
  it('tells who lacks which right, whether or not the object exists', async () => {
    const { namespace, map, maps } = await realmMap('{}');
    const refusal = (name: string): string => `403 configmaps "${name}" is forbidden: User "oncall@example.org" cannot get resource "configmaps" in API group "" in the namespace "${namespace}"`;
    await expect(oncall.get(map)).rejects.toThrow(refusal('realm'));
    await expect(oncall.get(`${maps}/none`)).rejects.toThrow(refusal('none'));
  });

  it('gives rights in one namespace or in all, and takes them back', async () => {
    const [one, other] = [await realmMap('one'), await realmMap('other')];
    const reading = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }];
    await kubernetes().grant(one.namespace, reading);
    expect((await oncall.get(one.map))?.data).toEqual({ 'realm.json': 'one' });
    await expect(oncall.get(other.map)).rejects.toMatchObject({ status: 403 });
    await expect(oncall.merge(one.map, { data: { 'realm.json': 'mine' } })).rejects.toMatchObject({ status: 403 });
    await kubernetes().grant(null, reading);
    expect((await oncall.get(other.map))?.data).toEqual({ 'realm.json': 'other' });
    await kubernetes().revokeAll();
    await expect(oncall.get(one.map)).rejects.toMatchObject({ status: 403 });
    await expect(oncall.get(other.map)).rejects.toMatchObject({ status: 403 });
  });

  it.each(['expired-cert', 'expired-token', 'wrong-token'] as const)('does not know %s', async (user) => {
    const calls = await kubernetes().as(user);
    await expect(calls.get('/api/v1/namespaces')).rejects.toThrow('401 Unauthorized');
  });

  it('knows the others by name and group', async () => {
    const who = await (await kubernetes().as('nobody')).create('/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
    expect(who.status).toMatchObject({ userInfo: { username: 'nobody@example.org', groups: ['nobodies', 'system:authenticated'] } });
  });
});

describe('writing', () => {
  it('remembers who wrote which field how', async () => {
    const { map } = await realmMap('first');
    await kubernetes().admin.merge(map, { data: { note: 'by hand' } }, { fieldManager: 'kubectl-edit' });
    const applied = await kubernetes().admin.apply(map, { apiVersion: 'v1', kind: 'ConfigMap', data: { 'realm.json': 'second' } }, { fieldManager: 'argocd-controller', force: true });
    expect(applied.data).toEqual({ 'realm.json': 'second', 'note': 'by hand' });
    expect(applied.metadata.managedFields).toEqual(expect.arrayContaining([
      expect.objectContaining({ manager: 'kubectl-edit', operation: 'Update' }),
      expect.objectContaining({ manager: 'argocd-controller', operation: 'Apply' }),
    ]));
  });

  it('refuses a stale replacement, and forgets what is removed', async () => {
    const { map } = await realmMap('first');
    const stale = await kubernetes().admin.merge(map, { data: { note: '' } });
    await kubernetes().admin.merge(map, { data: { note: 'newer' } });
    await expect(kubernetes().admin.replace(map, stale)).rejects.toThrow('409');
    await kubernetes().admin.remove(map);
    expect(await kubernetes().admin.get(map)).toBeNull();
  });

  it('gives the text before an overwrite by the version before it', async () => {
    const { map, maps } = await realmMap('before');
    const { metadata } = await kubernetes().admin.merge(map, { data: { 'realm.json': 'after' } });
    const earlier = await kubernetes().admin.get(`${maps}?resourceVersion=${Number(metadata.resourceVersion) - 1}&resourceVersionMatch=Exact&fieldSelector=metadata.name=realm`);
    expect(earlier?.items?.map(({ data }) => data)).toEqual([{ 'realm.json': 'before' }]);
  });

  it('keeps in its audit log who sent what with which program', async () => {
    const { map } = await realmMap('logged');
    await kubernetes().admin.merge(map, { data: { note: 'sent' } }, { fieldManager: 'realm-rescue' });
    const patches = async (): Promise<unknown[]> => (await kubernetes().auditLog()).filter(({ verb, requestURI }) => verb === 'patch' && requestURI.startsWith(map));
    await expect.poll(patches).toEqual([expect.objectContaining({
      requestURI: expect.stringContaining('fieldManager=realm-rescue'),
      user: expect.objectContaining({ username: 'admin' }),
      requestObject: { data: { note: 'sent' } },
      responseStatus: expect.objectContaining({ code: 200 }),
    })]);
  });
});

describe('kinds', () => {
  const group = async (path: string): Promise<string[]> => ((await kubernetes().admin.get<{ resources: { name: string }[] }>(path))?.resources ?? []).map(({ name }) => name).sort();

  it('serves those that were asked for', async () => {
    expect(await group('/apis/argoproj.io/v1alpha1')).toEqual(['applications', 'applicationsets', 'applicationsets/status', 'appprojects']);
    expect(await group('/apis/kustomize.toolkit.fluxcd.io/v1')).toEqual(['kustomizations', 'kustomizations/status']);
    expect(await group('/apis/source.toolkit.fluxcd.io/v1')).toEqual(expect.arrayContaining(['buckets', 'externalartifacts', 'gitrepositories', 'ocirepositories']));
    expect(await group('/apis/helm.toolkit.fluxcd.io/v2')).toEqual(['helmreleases', 'helmreleases/status']);
    expect(await group('/apis/k8s.keycloak.org/v2alpha1')).toEqual(['keycloakrealmimports', 'keycloakrealmimports/status', 'keycloaks', 'keycloaks/status']);
    expect(await group('/apis/v1.edp.epam.com/v1')).toEqual(['keycloakclients', 'keycloakclients/status', 'keycloakrealms', 'keycloakrealms/status']);
  });

  const application = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'realm' }, spec: { project: 'default', destination: { namespace: 'iam' }, syncPolicy: { automated: { selfHeal: true } } } };

  it('knows how to pause an Application of Argo CD 3.5', async () => {
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${await kubernetes().namespace()}/applications`;
    await kubernetes().admin.create(path, application);
    const paused = await kubernetes().admin.merge(`${path}/realm`, { spec: { syncPolicy: { automated: { enabled: false } } } });
    expect(paused.spec?.['syncPolicy']).toEqual({ automated: { selfHeal: true, enabled: false } });
  });

  it('keeps the status of a stub apart from its spec', async () => {
    const path = `/apis/k8s.keycloak.org/v2alpha1/namespaces/${await kubernetes().namespace()}/keycloaks`;
    await kubernetes().admin.create(path, { apiVersion: 'k8s.keycloak.org/v2alpha1', kind: 'Keycloak', metadata: { name: 'kc' }, spec: { instances: 2 }, status: { lost: true } });
    await kubernetes().admin.merge(`${path}/kc/status`, { status: { conditions: [{ type: 'Ready', status: 'True' }] } });
    expect(await kubernetes().admin.get(`${path}/kc`)).toMatchObject({ spec: { instances: 2 }, status: { conditions: [{ type: 'Ready', status: 'True' }] } });
  });

  it('knows no such pause in Argo CD 2.14', async () => {
    const old = await startKubernetes({ crds: ['argo-2.14'] });
    try {
      const path = `/apis/argoproj.io/v1alpha1/namespaces/${await old.namespace()}/applications`;
      await old.admin.create(path, application);
      await expect(old.admin.merge(`${path}/realm`, { spec: { syncPolicy: { automated: { enabled: false } } } })).rejects.toThrow(/422 .*unknown field "spec.syncPolicy.automated.enabled"/);
    } finally {
      await old.stop();
    }
  });
});

describe('a server that goes away', () => {
  it('answers nothing while it is paused, and everything after', async () => {
    const { map } = await realmMap('patient');
    kubernetes().pause();
    const waiting = kubernetes().admin.get(map);
    // Long enough for a server that does answer.
    expect(await Promise.race([waiting, new Promise((resolve) => { setTimeout(resolve, 500, 'nothing'); })])).toBe('nothing');
    kubernetes().resume();
    expect((await waiting)?.data).toEqual({ 'realm.json': 'patient' });
  });

  it('comes back at the same place, for the same users, with all that it had', async () => {
    const { namespace, map } = await realmMap('kept');
    await kubernetes().grant(namespace, [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }]);
    const before = await kubernetes().admin.get(map);
    await kubernetes().halt();
    await expect(request(kubernetes().url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await kubernetes().start();
    expect(await oncall.get(map)).toEqual(before);
    await kubernetes().revokeAll();
  });

  it('does not outlive the one who started it', async () => {
    const starter = spawn(process.execPath, ['--input-type=module', '-e', `
      import { startKubernetes } from ${JSON.stringify(new URL('kubernetes.ts', import.meta.url).href)};
      const { url, directory, logFile } = await startKubernetes();
      console.log(JSON.stringify({ url, directory, logFile }));
    `], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(starter.stdout, 'data') as [Buffer];
    const { url, directory, logFile } = JSON.parse(line.toString()) as Pick<RealKubernetes, 'url' | 'directory' | 'logFile'>;
    const answers = async (): Promise<string> => request(url).then(() => 'yes', (error: { code: string }) => error.code);
    expect(await answers()).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    starter.kill('SIGKILL');
    await expect.poll(answers, { timeout: 30_000 }).toBe('ECONNREFUSED');
    for (const left of [directory, logFile]) await rm(left, { recursive: true, force: true });
  });
});
