import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startArgo } from './kubernetes/argo.ts';
import { startFlux } from './kubernetes/flux.ts';
import { startKubernetes } from './kubernetes.ts';
import { execute } from './process.ts';
import { useServer } from './use.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'applicationset', 'flux'] }));
let repository: string;

beforeAll(async () => {
  repository = await mkdtemp(join(tmpdir(), 'realm-rescue-repository-'));
  await execute('git', ['init', '--quiet', '--initial-branch=main', repository]);
});
afterAll(() => rm(repository, { recursive: true, force: true }));

/** Commits a ConfigMap of the realm with this text. */
async function commit(namespace: string, text: string): Promise<string> {
  await mkdir(join(repository, namespace), { recursive: true });
  await writeFile(join(repository, namespace, 'realm.yaml'), JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'realm', namespace }, data: { 'realm.json': text } }));
  const git = (...args: readonly string[]): Promise<string> => execute('git', ['-C', repository, '-c', 'user.name=Tests', '-c', 'user.email=tests@example.org', ...args]);
  await git('add', '--all');
  await git('commit', '--quiet', '--message', text);
  return (await git('rev-parse', 'HEAD')).trim();
}

const map = (namespace: string): string => `/api/v1/namespaces/${namespace}/configmaps/realm`;

async function arrives(namespace: string, text: string): Promise<void> {
  await expect.poll(async () => (await kubernetes().admin.get(map(namespace)))?.data?.['realm.json'], { timeout: 60_000 }).toBe(text);
}

describe('Argo CD', () => {
  const argo = useServer(() => startArgo(kubernetes(), { repository, applicationSets: true }));
  let namespace: string;
  const applications = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';
  const template = () => ({
    project: 'default',
    source: { repoURL: argo().repoUrl, path: namespace, targetRevision: 'main' },
    destination: { server: argo().server, namespace },
    syncPolicy: { automated: { prune: true, selfHeal: true } },
  });

  beforeAll(async () => { namespace = await kubernetes().namespace('argo'); });

  it('writes what is committed, and undoes what people write', async () => {
    await commit(namespace, 'first');
    await kubernetes().admin.create(applications, { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'realm' }, spec: template() });
    await arrives(namespace, 'first');
    await commit(namespace, 'second');
    await argo().refresh('realm');
    await arrives(namespace, 'second');
    await kubernetes().admin.merge(map(namespace), { data: { 'realm.json': 'by hand' } }, { fieldManager: 'kubectl-edit' });
    await arrives(namespace, 'second');
  });

  it('leaves alone what people write while it is paused', async () => {
    await kubernetes().admin.merge(`${applications}/realm`, { spec: { syncPolicy: { automated: { enabled: false } } } });
    await kubernetes().admin.merge(map(namespace), { data: { 'realm.json': 'by hand' } }, { fieldManager: 'kubectl-edit' });
    const third = await commit(namespace, 'third');
    await argo().refresh('realm');
    expect((await kubernetes().admin.get(`${applications}/realm`))?.status?.['sync']).toMatchObject({ status: 'OutOfSync', revision: third });
    expect((await kubernetes().admin.get(map(namespace)))?.data).toEqual({ 'realm.json': 'by hand' });
  });

  it('undoes a pause of what an ApplicationSet made', async () => {
    await kubernetes().admin.create('/apis/argoproj.io/v1alpha1/namespaces/argocd/applicationsets', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationSet',
      metadata: { name: 'realms' },
      spec: { generators: [{ list: { elements: [{ name: 'child' }] } }], template: { metadata: { name: '{{name}}' }, spec: template() } },
    });
    await expect.poll(() => kubernetes().admin.get(`${applications}/child`), { timeout: 60_000 }).not.toBeNull();
    await kubernetes().admin.merge(`${applications}/child`, { spec: { syncPolicy: { automated: { enabled: false } } } });
    await expect.poll(async () => (await kubernetes().admin.get(`${applications}/child`))?.spec?.['syncPolicy'], { timeout: 60_000 }).toEqual({ automated: { prune: true, selfHeal: true } });
  });
});

describe('Flux', () => {
  const flux = useServer(() => startFlux(kubernetes(), { repository }));
  let namespace: string;
  const kustomizations = '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations';

  beforeAll(async () => { namespace = await kubernetes().namespace('flux'); });

  const revision = async (): Promise<unknown> => (await kubernetes().admin.get(`${kustomizations}/realm`))?.status?.['lastAppliedRevision'];

  it('writes what is committed, and undoes what people write', async () => {
    await commit(namespace, 'first');
    const first = await flux().publish();
    await kubernetes().admin.create(kustomizations, {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'realm' },
      spec: { interval: '5s', path: `./${namespace}`, prune: true, sourceRef: flux().sourceRef },
    });
    await arrives(namespace, 'first');
    await expect.poll(revision).toBe(first);
    await kubernetes().admin.merge(map(namespace), { data: { 'realm.json': 'by hand' } }, { fieldManager: 'kubectl-edit' });
    await arrives(namespace, 'first');
    await commit(namespace, 'second');
    const second = await flux().publish();
    await arrives(namespace, 'second');
    await expect.poll(revision).toBe(second);
  });

  it('says that it did what it was asked for, although it is suspended', async () => {
    await kubernetes().admin.merge(`${kustomizations}/realm`, { spec: { suspend: true } });
    await kubernetes().admin.merge(map(namespace), { data: { 'realm.json': 'by hand' } }, { fieldManager: 'kubectl-edit' });
    await kubernetes().admin.merge(`${kustomizations}/realm`, { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': 'now' } } });
    await expect.poll(async () => (await kubernetes().admin.get(`${kustomizations}/realm`))?.status?.['lastHandledReconcileAt'], { timeout: 30_000 }).toBe('now');
    expect((await kubernetes().admin.get(map(namespace)))?.data).toEqual({ 'realm.json': 'by hand' });
  });
});
