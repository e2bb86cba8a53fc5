import { expect, it } from 'vitest';
import type { KubernetesObject } from '../harness/kubernetes/client.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import { startFlux } from '../harness/kubernetes/flux.ts';
import { useServer } from '../harness/use.ts';
import { FROZEN, sent } from './freeze-world.ts';
import { commit, configMap, openRepository, openStage as openAny, watched, type Stage } from './stage.ts';

// What Flux does that would make a lie of a freeze or a thaw, each with the real kustomize-controller. Every test has a folder, a namespace and a record of its own.
let repository: string;
const kubernetes = useServer(() => startKubernetes({ crds: ['flux'] }));
const flux = useServer(async () => {
  repository = await openRepository();
  return startFlux(kubernetes(), { repository });
});

const KUSTOMIZATIONS = '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations';
const REQUESTED = 'reconcile.fluxcd.io/requestedAt';

interface Kustomization extends Omit<KubernetesObject, 'spec' | 'status'> {
  readonly spec: { readonly suspend?: boolean };
  readonly status?: { readonly lastAppliedRevision?: string; readonly lastHandledReconcileAt?: string; readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[] };
}

interface FluxStage extends Stage {
  /** The spec of a Kustomization that applies the folder of this stage. */
  readonly spec: object;
  /** Commits the ConfigMap with this text, and other files; null: without that file. Gives the revision that Flux is offered. */
  commit(text: string, others?: Readonly<Record<string, object | string | null>>): Promise<string>;
  /** Makes a Kustomization and waits until it has applied the newest revision. */
  create(spec: object, name?: string): Promise<void>;
  get(name?: string): Promise<Kustomization>;
  /** Asks for a reconciliation as flux reconcile does, and waits until it is answered. */
  reconcile(name?: string): Promise<void>;
}

async function openStage(name: string): Promise<FluxStage> {
  const stage = await openAny(kubernetes(), 'flux', name);
  const get = async (which = name): Promise<Kustomization> => (await kubernetes().admin.get<Kustomization>(`${KUSTOMIZATIONS}/${which}`)) ?? expect.fail(`there is no Kustomization ${which}`);
  let [offered, asked] = ['', 0];
  return {
    ...stage, get,
    // Long enough that nothing happens but what is asked for.
    spec: { interval: '1h', retryInterval: '1h', path: `./${name}`, prune: true, timeout: '20s', sourceRef: flux().sourceRef },
    commit: async (text, others = {}) => {
      await commit(repository, text, { [`${name}/realm.yaml`]: configMap(stage.namespace, 'realm', { 'realm.json': text }), ...others });
      offered = await flux().publish();
      return offered;
    },
    create: async (spec, which = name) => {
      await kubernetes().admin.create(KUSTOMIZATIONS, { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name: which }, spec });
      await expect.poll(async () => (await kubernetes().admin.get<Kustomization>(`${KUSTOMIZATIONS}/${name}`))?.status?.lastAppliedRevision, { timeout: 60_000, interval: 50 }).toBe(offered);
    },
    reconcile: async (which = name) => {
      asked += 1;
      await kubernetes().admin.merge(`${KUSTOMIZATIONS}/${which}`, { metadata: { annotations: { [REQUESTED]: `asked-${asked}` } } });
      await expect.poll(async () => (await get(which)).status?.lastHandledReconcileAt, { timeout: 30_000, interval: 50 }).toBe(`asked-${asked}`);
    },
  };
}

const short = (revision: string): string => revision.replace(/[0-9a-f]{40}/, (hash) => hash.slice(0, 7));

it('suspended: an answer to a request is no sync; what is committed meanwhile lands with the thaw, as announced', async () => {
  const stage = await openStage('plain');
  const first = await stage.commit('first');
  await stage.create(stage.spec);
  expect(await stage.run('freeze')).toMatchObject({ exit: 0, stderr: expect.stringContaining(`Flux Kustomization flux-system/plain: every 1h, revision ${short(first)}`) });
  await stage.edit('by hand');
  const second = await stage.commit('second');
  const held = await stage.map();
  for (const _turn of [1, 2]) {
    await stage.reconcile();
    expect(await stage.map()).toEqual(held);
    expect((await stage.get()).status).toMatchObject({ lastAppliedRevision: first, conditions: expect.arrayContaining([expect.objectContaining({ type: 'Ready', status: 'True' })]) });
  }

  const thaw = await stage.run('thaw');
  expect(thaw).toMatchObject({ exit: 0, stderr: expect.stringMatching(/flux-system\/plain: the next sync may bring changes\.\n[^]*landed as announced: /) });
  expect(thaw.stderr).toContain(`OK  controller plain reconciled ${short(second)} again\nOK  cluster    nothing was written to configmap:${stage.namespace}/realm\n`);
  expect(thaw.stderr).toContain(`as announced: configmap:${stage.namespace}/realm has other content\n`);
  expect(await stage.text()).toBe('second');
  const { spec, metadata } = await stage.get();
  expect(Object.hasOwn(spec, 'suspend')).toBe(false);
  expect(metadata.annotations?.[FROZEN]).toBeUndefined();
  expect(watched(stage)).toMatchObject({ ok: true, changes: [`as announced: configmap:${stage.namespace}/realm has other content`] });
});

it('a thaw where git has become what is live: a newer revision that moves nothing, then the same one again', async () => {
  const stage = await openStage('equal');
  await stage.commit('first');
  await stage.create(stage.spec);
  expect(await stage.run('freeze')).toMatchObject({ exit: 0 });
  await stage.edit('by hand');
  const revision = await stage.commit('by hand');
  const thaw = await stage.run('thaw');
  expect(thaw).toMatchObject({ exit: 0, stderr: expect.stringContaining(`OK  controller equal reconciled ${short(revision)} again\nOK  cluster    nothing was written to`) });
  expect((await stage.get()).status?.lastAppliedRevision).toBe(revision);
  // Flux takes the field over from kubectl, and writes once for that.
  const map = await stage.map();
  expect([map?.data, map?.metadata.managedFields?.map(({ manager }) => manager)]).toEqual([{ 'realm.json': 'by hand' }, ['kustomize-controller']]);

  expect(await stage.run('freeze')).toMatchObject({ exit: 0 });
  const again = await stage.run('thaw');
  expect(again).toMatchObject({ exit: 0, stderr: expect.stringContaining('flux-system/equal: git and cluster agree already; nothing is left to sync.\n') });
  expect(again.stderr).toContain(`OK  controller equal reconciled ${short(revision)} again\nOK  cluster    nothing was written to configmap:${stage.namespace}/realm\n`);
  expect(await stage.map()).toEqual(map);
  expect(watched(stage)).toMatchObject({ ok: true, changes: [] });
});

it('a Kustomization that another one applies: both are suspended, the upper one first, and both come back as they were', async () => {
  const stage = await openStage('lower');
  const lower = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name: 'lower', namespace: 'flux-system' }, spec: { ...stage.spec, suspend: false } };
  await stage.commit('first', { 'upper/lower.yaml': lower });
  await stage.create({ ...stage.spec, path: './upper' }, 'upper');
  // Alone, a pause of the lower one does not last.
  await kubernetes().admin.merge(`${KUSTOMIZATIONS}/lower`, { spec: { suspend: true } });
  await stage.reconcile('upper');
  expect((await stage.get()).spec.suspend).toBe(false);

  expect(await stage.run('freeze')).toMatchObject({ exit: 0, stderr: expect.stringContaining('above it: Flux Kustomization flux-system/upper: every 1h') });
  await stage.edit('by hand');
  await stage.commit('second');
  for (const name of ['upper', 'lower']) {
    await stage.reconcile(name);
    expect((await stage.get(name)).spec.suspend).toBe(true);
  }
  expect(await stage.text()).toBe('by hand');

  expect(await stage.run('thaw')).toMatchObject({ exit: 0, stderr: expect.stringContaining('as announced: ') });
  await stage.reconcile('upper');
  expect([(await stage.get('upper')).spec, (await stage.get()).spec].map(({ suspend }) => suspend)).toEqual([undefined, false]);
  for (const name of ['upper', 'lower']) expect((await stage.get(name)).metadata.annotations?.[FROZEN]).toBeUndefined();
  expect(await stage.text()).toBe('second');
  expect(sent(stage)).toEqual(['pause kustomization:flux-system/upper', 'pause kustomization:flux-system/lower', 'resume kustomization:flux-system/lower', 'resume kustomization:flux-system/upper']);
});

it('a Kustomization that another one sends elsewhere by the merge: the upper one lands first, and the thaw sees it to its end', async () => {
  const stage = await openStage('moved');
  const lower = (path: string): object => ({ apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name: 'moved', namespace: 'flux-system' }, spec: { ...stage.spec, path, suspend: false } });
  await stage.commit('first', { 'above/moved.yaml': lower('./moved') });
  await stage.create({ ...stage.spec, path: './above' }, 'above');
  await stage.reconcile('above');
  await stage.reconcile('moved');
  expect(await stage.run('freeze')).toMatchObject({ exit: 0 });
  await stage.commit('first', { 'above/moved.yaml': lower('./elsewhere'), 'elsewhere/realm.yaml': configMap(stage.namespace, 'realm', { 'realm.json': 'second' }) });

  const thaw = await stage.run('thaw');
  expect(thaw).toMatchObject({ exit: 0, stderr: expect.stringContaining('flux-system/above, above it: git has ') });
  // Not later than that.
  expect(await stage.text()).toBe('second');
  expect((await stage.get('moved')).spec).toMatchObject({ path: './elsewhere', suspend: false });
  expect(watched(stage)).toMatchObject({ ok: true, levels: [{ noOp: true }, { noOp: true }, {}], changes: expect.arrayContaining(['as announced: kustomization:flux-system/moved has another specification or other values']) });
});

it('a Kustomization whose suspend git does not state is suspended alone: the upper one goes on, and leaves it so', async () => {
  const stage = await openStage('silent');
  const silent = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name: 'silent', namespace: 'flux-system' }, spec: stage.spec };
  await stage.commit('first', { 'over/silent.yaml': silent });
  await stage.create({ ...stage.spec, path: './over' }, 'over');

  expect(await stage.run('freeze')).toMatchObject({ exit: 0, stderr: expect.stringContaining('Kustomization flux-system/over is not paused: git does not state the suspend of Kustomization flux-system/silent') });
  const revision = await stage.commit('second', { 'over/silent.yaml': { ...silent, spec: { ...stage.spec, retryInterval: '2h' } } });
  await stage.reconcile('over');
  expect((await stage.get('over')).status?.lastAppliedRevision).toBe(revision);
  expect([(await stage.get('over')).spec.suspend, (await stage.get()).spec]).toEqual([undefined, expect.objectContaining({ suspend: true, retryInterval: '2h' })]);
  expect(await stage.text()).toBe('first');
  // Our own pause is nothing that git states: who freezes again does not suspend what is above.
  expect(await stage.run('freeze')).toMatchObject({ exit: 0, stderr: expect.stringContaining('was paused already') });
  expect((await stage.get('over')).spec.suspend).toBeUndefined();

  expect(await stage.run('thaw')).toMatchObject({ exit: 0 });
  expect([(await stage.get()).spec.suspend, await stage.text()]).toEqual([undefined, 'second']);
  expect(sent(stage)).toEqual(['pause kustomization:flux-system/silent', 'resume kustomization:flux-system/silent']);
});

it('a build that fails at the thaw: told in its own words, suspended again, and mended with the next commit', async () => {
  const stage = await openStage('broken');
  await stage.commit('first');
  await stage.create(stage.spec);
  expect(await stage.run('freeze')).toMatchObject({ exit: 0 });
  await stage.commit('first', { 'broken/kustomization.yaml': 'resources: [missing.yaml]\n' });
  const thaw = await stage.run('thaw');
  expect(thaw).toMatchObject({ exit: 4, stderr: expect.stringMatching(/NO {2}controller broken kustomize build failed: .*missing\.yaml[^]*NOT A NO-OP: the writer is paused again\./) });
  const { spec, status, metadata } = await stage.get();
  expect(spec.suspend).toBe(true);
  expect(JSON.parse(metadata.annotations?.[FROZEN] ?? '{}')).toMatchObject({ previous: null });
  // For as long as it fails it calls itself reconciling.
  expect(status?.conditions).toMatchObject([{ type: 'Reconciling', status: 'True', reason: 'ProgressingWithRetry' }, { type: 'Ready', status: 'False', reason: 'BuildFailed' }]);
  const again = await stage.run('freeze');
  expect(again).toMatchObject({ exit: 0, stderr: expect.stringContaining('OK  Flux Kustomization flux-system/broken was paused already (suspended)') });
  expect(again.stderr).not.toContain('RUNNING');

  await stage.commit('second', { 'broken/kustomization.yaml': null });
  expect(await stage.run('thaw')).toMatchObject({ exit: 0, stderr: expect.stringContaining('as announced: ') });
  expect(await stage.text()).toBe('second');
  expect(Object.hasOwn((await stage.get()).spec, 'suspend')).toBe(false);
});
