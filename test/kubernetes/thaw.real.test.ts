import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { clusterWork } from '../../src/commands/cluster-work.ts';
import { openSession } from '../../src/journal/store.ts';
import { openClusterPort } from '../../src/kubernetes/cluster.ts';
import { thaw } from '../../src/runner/cluster-work.ts';
import { startKubernetes, type RealKubernetes } from '../harness/kubernetes.ts';
import type { ToolRun } from '../harness/tool.ts';
import { eventually, off, openPlace, POLICY, type Event, type Place } from './freeze-world.ts';
import { pathOf, playApplicationSet, playArgo, playHelmRelease, playKustomization, publish, type Controller, type Git, type Manifest } from './scripted-controller.ts';

const V1 = '4f1d2c7a9b8e6d5c4f3a2b1c0d9e8f7a6b5c4d3e';
const V2 = 'b77e90a1c2d3e4f5061728394a5b6c7d8e9f0a1b';
const OTHER = '{"realm":"primary","clients":[]}';
let kubernetes: RealKubernetes;
let failed = false;

beforeAll(async () => {
  kubernetes = await startKubernetes({ crds: ['argo', 'applicationset', 'flux', 'helm'] });
});
beforeEach(({ onTestFailed }) => { onTestFailed(() => { failed = true; }); });
afterAll(() => kubernetes?.stop(failed));

/** As `thaw --json` prints it. */
interface Thawed {
  readonly session: string;
  readonly levels: readonly { readonly level: string; readonly noOp: boolean | null; readonly because: string }[];
  readonly changes: readonly string[];
  readonly ok: boolean;
}

/** What a person is told and what a script reads are of the same run where it goes wrong; so it is read as JSON. */
const told = ({ stdout }: ToolRun): Thawed => JSON.parse(stdout) as Thawed;
const noOps = (run: ToolRun): Readonly<Record<string, boolean | null>> => Object.fromEntries(told(run).levels.map(({ level, noOp }) => [level, noOp]));
const thawing = (place: Place, ...more: readonly string[]): readonly string[] => ['thaw', place.records()[0] ?? '', '--confirm', 'keycloak', '--json', ...more];
const textOf = async (place: Place): Promise<string | undefined> => (await place.get(place.map())).data?.['realm.json'];
const isMarked = async (place: Place, manifest: Manifest): Promise<boolean> => (await place.get(manifest)).metadata.annotations?.['realm-rescue/frozen'] !== undefined;

async function freeze(place: Place, from = place.from): Promise<void> {
  const run = await place.tool(['freeze', '--from', from, '--confirm', 'keycloak']);
  expect(run.exit, run.stderr).toBe(0);
}

interface Staged {
  readonly place: Place;
  readonly git: Git;
  readonly controller: Controller;
}

/** A ConfigMap that a controller keeps as git has it, frozen, and the controller beside it for as long as the work takes. */
async function staged(work: (staged: Staged) => Promise<void>, { from, play = argo, objects }: { readonly from?: (place: Place) => string; readonly play?: (place: Place, git: Git) => Promise<Controller>; readonly objects?: (place: Place) => readonly Manifest[] } = {}): Promise<void> {
  const place = await openPlace(kubernetes);
  const git: Git = { revision: V1, objects: objects?.(place) ?? [place.tracked()] };
  const controller = await play(place, git);
  try {
    await eventually(async () => expect(await kubernetes.admin.get(pathOf(place.map()))).not.toBeNull());
    await eventually(async () => expect(await settled(place)).toBe(true));
    await freeze(place, from?.(place));
    await work({ place, git, controller });
  } finally {
    await controller.stop();
  }
}

/** Whether the first sync is over. */
async function settled(place: Place): Promise<boolean> {
  const status = (await Promise.all([place.application(), place.kustomization(), place.helmRelease()].map((manifest) => kubernetes.admin.get(pathOf(manifest))))).find((found) => found !== null)?.status;
  return (status?.['operationState'] as { phase?: string } | undefined)?.phase === 'Succeeded' || Array.isArray(status?.['conditions']);
}

async function argo(place: Place, git: Git): Promise<Controller> {
  await place.create(place.project(), place.application());
  return playArgo(kubernetes.admin, pathOf(place.application()), git);
}

const RESUMED = /"type":"patch\.sent","id":"resume /;

describe.concurrent('Argo CD', () => {
  const state = async (place: Place): Promise<{ phase?: string; message?: string } | undefined> => (await place.get(place.application())).status?.['operationState'] as { phase?: string; message?: string } | undefined;

  it('a sync that is nothing is told as that at each level, and the policy is what it was', () => staged(async ({ place }) => {
    const before = (await place.get(place.map())).metadata.resourceVersion;
    const run = await place.tool(thawing(place));
    expect(run.exit, run.stderr).toBe(0);
    expect(noOps(run)).toEqual({ controller: true, cluster: true, realm: null });
    expect(told(run)).toMatchObject({ schema: 'realm-rescue/thaw/v1', session: place.records()[0], changes: [], ok: true });
    expect([await place.policy(), await isMarked(place, place.application()), (await place.get(place.map())).metadata.resourceVersion]).toEqual([POLICY, false, before]);
  }));

  it('what git brings and was announced lands, once, and then nothing moves', () => staged(async ({ place, git }) => {
    Object.assign(git, { revision: V2, objects: [place.tracked('keycloak', OTHER)] });
    const run = await place.tool(['thaw', place.records()[0] ?? '', '--confirm', 'keycloak']);
    expect(run.exit, run.stderr).toBe(0);
    expect(run.stderr).toContain(`the next sync brings ConfigMap ${place.namespace}/keycloak-realm (OutOfSync).`);
    expect(run.stderr).toMatch(/^ {4}as announced: ConfigMap \S+\/keycloak-realm \(configmap\/keycloak-realm configured\)$/m);
    expect([await textOf(place), await place.policy()]).toEqual([OTHER, POLICY]);
  }));

  /** The original policy comes back with the next thaw, whatever happened in this one. */
  async function andThen({ place }: Staged): Promise<void> {
    expect([await place.policy(), await isMarked(place, place.application())]).toEqual([off(), true]);
    expect(await place.frozen()).toEqual({ [place.records()[0] ?? '']: [`application:${place.namespace}/keycloak`] });
    const again = await place.tool(thawing(place));
    expect(again.exit, again.stderr).toBe(0);
    expect([await place.policy(), await isMarked(place, place.application())]).toEqual([POLICY, false]);
  }

  it('a hook that ran is no no-op, however well it was announced: paused again', () => staged(async (all) => {
    const { place, git } = all;
    Object.assign(git, { revision: V2, objects: [place.tracked('keycloak', OTHER)], hooks: ['import'] });
    const run = await place.tool(thawing(place));
    expect(run.exit, run.stderr).toBe(4);
    expect(noOps(run)).toMatchObject({ controller: false, cluster: false });
    expect(told(run).changes.join('\n')).toMatch(/hook Job \S+\/import \(PostSync Succeeded\)[^]*a new Job/);
    git.hooks = [];
    await andThen(all);
  }));

  const template = (image: string): JsonObject => ({ template: { metadata: { labels: { app: 'keycloak' } }, spec: { containers: [{ name: 'keycloak', image }], volumes: [{ name: 'realm', configMap: { name: 'keycloak-realm' } }] } } });
  const workload = (place: Place, image: string): Manifest => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'keycloak', namespace: place.namespace }, spec: { serviceName: 'keycloak', replicas: 1, selector: { matchLabels: { app: 'keycloak' } }, ...template(image) } });
  /** What a kubelet would do. */
  const rollOut = async (place: Place): Promise<void> => {
    const path = pathOf(workload(place, ''));
    const { metadata: { generation = 1 } } = await place.get(workload(place, ''));
    await kubernetes.admin.merge(`${path}/status`, { status: { observedGeneration: generation, replicas: 1, updatedReplicas: 1, readyReplicas: 1 } });
  };

  it.each<[string, (staged: Staged) => Promise<unknown>, RegExp]>([
    ['an object that git changed just then', async ({ place, git }) => Object.assign(git, { revision: V2, objects: [place.tracked('keycloak', OTHER)] }), /configmap:\S+\/keycloak-realm has other content/],
    ['a Job that somebody started', ({ place }) => kubernetes.admin.create(`/apis/batch/v1/namespaces/${place.namespace}/jobs`, { metadata: { name: 'import' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'x', image: 'x' }] } } } }), /^a new Job$/m],
    ['an object that a person wrote, and that is not healed', async ({ place, git }) => { git.objects = []; await kubernetes.admin.merge(pathOf(place.map()), { data: { 'realm.json': OTHER } }); }, /has other content/],
  ])('%s is no no-op: paused again', (_name, happens, change) => staged(async (all) => {
    const { place } = all;
    const run = await place.held(thawing(place), RESUMED, () => happens(all));
    expect(run.exit, run.stderr).toBe(4);
    expect(told(run).changes.join('\n')).toMatch(change);
    expect(told(run).ok).toBe(false);
    await andThen(all);
  }));

  it('a new pod template is waited for until its pods run, and is no no-op', () => staged(async (all) => {
    const { place, git } = all;
    const waiting = place.held(thawing(place), RESUMED, async () => { git.objects = [place.tracked(), workload(place, 'keycloak:2')]; });
    await eventually(async () => expect(JSON.stringify((await place.get(workload(place, ''))).spec).includes('keycloak:2')).toBe(true));
    await rollOut(place);
    const run = await waiting;
    expect(run.exit, run.stderr).toBe(4);
    expect(run.stderr).toMatch(/StatefulSet \S+\/keycloak: its pods restart/);
    expect(told(run).changes.join('\n')).toMatch(/statefulset:\S+\/keycloak has another pod template: its pods restart/);
    await andThen(all);
  }, { objects: (place) => [place.tracked(), workload(place, 'keycloak:1')], play: async (place, git) => {
    const controller = await argo(place, git);
    await eventually(async () => expect(await kubernetes.admin.get(pathOf(workload(place, '')))).not.toBeNull());
    await rollOut(place);
    return controller;
  } }));

  it('somebody pauses it again meanwhile: that is not a sync that was nothing', () => staged(async ({ place }) => {
    const run = await place.held(thawing(place), RESUMED, () => kubernetes.admin.merge(pathOf(place.application()), { spec: { syncPolicy: { automated: { enabled: false } } } }));
    expect(run.exit, run.stderr).toBe(4);
    expect(told(run).levels[0]).toMatchObject({ level: 'controller', noOp: false, because: expect.stringContaining('paused') });
  }));

  it.each<[string, (staged: Staged) => unknown, number]>([
    ['and its sync was nothing', () => undefined, 0],
    ['and nobody saw the hook that ran since', ({ place, git }) => Object.assign(git, { revision: V2, objects: [place.tracked('keycloak', OTHER)], hooks: ['import'] }), 4],
  ])('one that is killed once the writer runs, %s, is judged by what was there before', (_name, happens, exit) => staged(async (all) => {
    const { place, git } = all;
    const resumedAt = place.events().length + 6;
    const killed = await place.tool(thawing(place), { env: { NODE_OPTIONS: `--import=${new URL('../harness/kill-at.mjs', import.meta.url).href}`, REALM_RESCUE_TEST_KILL_AT: String(resumedAt) } });
    expect([killed.signal, place.events().at(-1)]).toMatchObject(['SIGKILL', { type: 'patch.sent', id: expect.stringMatching(/^resume /) }]);
    happens(all);
    if (exit === 4) await eventually(async () => expect(await textOf(place)).toBe(OTHER));
    const run = await place.tool(thawing(place));
    expect(run.exit, run.stderr).toBe(exit);
    expect(told(run).ok).toBe(exit === 0);
    git.hooks = [];
    if (exit === 4) await andThen(all);
    expect(await place.policy()).toEqual(POLICY);
  }));

  /** The thaw with little patience. */
  async function quickly(place: Place): Promise<boolean> {
    const cluster = openClusterPort({ kubeconfig: kubernetes.kubeconfig('admin'), userAgent: 'realm-rescue-test', environment: {}, readOnly: false }, { times: { every: 50, settle: 500, compare: 1500, refresh: 1500, sync: 4000 } });
    const { store } = openSession({ directory: place.sessions, id: place.records()[0] ?? '', now: Date.now });
    try {
      return await thaw(clusterWork(cluster, store, { fingerprint: null }), await cluster.look(place.from));
    } finally {
      store.close();
      await cluster.close();
    }
  }

  it('a controller that never answers: told, and paused again', () => staged(async (all) => {
    const { place, controller } = all;
    controller.hold();
    await expect(quickly(place)).rejects.toMatchObject({ code: 'not-proven', message: expect.stringMatching(/^Argo CD application application:\S+\/keycloak did not look at git again within 1\.5 s\.$/), next: [expect.stringMatching(/Check that its controller runs/)] });
    controller.go();
    await andThen(all);
  }));

  it('an operation that a window held back is ended before the window goes, and brings nothing', async () => {
    const place = await openPlace(kubernetes);
    const set: Manifest = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', metadata: { name: 'platform', namespace: place.namespace }, spec: {} };
    await place.create(set, place.project(), place.tracked());
    await place.create(place.application('keycloak', POLICY, { ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'platform', uid: (await place.get(set)).metadata.uid }] }));
    const git: Git = { revision: V1, objects: [place.tracked()] };
    const controllers = [playArgo(kubernetes.admin, pathOf(place.application()), git), playApplicationSet(kubernetes.admin, pathOf(place.application()), place.application().spec ?? {})];
    try {
      await freeze(place);
      await kubernetes.admin.merge(pathOf(place.application()), { operation: { initiatedBy: { username: 'somebody' }, sync: { revision: V1 } } });
      await eventually(async () => expect(await state(place)).toMatchObject({ phase: 'Running', message: 'Sync operation blocked by sync window' }));
      const version = (await place.get(place.map())).metadata.resourceVersion;
      expect(await quickly(place)).toBe(true);
      const sent = place.events().flatMap(({ type, id }) => (type === 'patch.sent' ? [String(id)] : []));
      expect(sent).toEqual([expect.stringMatching(/^pause /), expect.stringMatching(/^terminate /), expect.stringMatching(/^resume /)]);
      expect([(await place.get(place.map())).metadata.resourceVersion, (await state(place))?.message]).toEqual([version, 'Operation terminated']);
      expect((await place.get(place.project())).spec).toEqual(place.project().spec);
    } finally {
      for (const controller of controllers) await controller.stop();
    }
  });

  it('and where it was to bring something, one sync is asked for: that revision would never be tried again', async () => {
    const place = await openPlace(kubernetes);
    const set: Manifest = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', metadata: { name: 'platform', namespace: place.namespace }, spec: {} };
    await place.create(set, place.project(), place.tracked());
    await place.create(place.application('keycloak', POLICY, { ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'platform', uid: (await place.get(set)).metadata.uid }] }));
    const git: Git = { revision: V1, objects: [place.tracked()] };
    const controller = playArgo(kubernetes.admin, pathOf(place.application()), git);
    try {
      await freeze(place);
      Object.assign(git, { revision: V2, objects: [place.tracked('keycloak', OTHER)] });
      await kubernetes.admin.merge(pathOf(place.application()), { operation: { initiatedBy: { username: 'somebody' }, sync: { revision: V2 } } });
      await eventually(async () => expect(await state(place)).toMatchObject({ phase: 'Running', message: 'Sync operation blocked by sync window' }));
      expect(await quickly(place)).toBe(true);
      expect([await textOf(place), (await state(place))?.phase]).toEqual([OTHER, 'Succeeded']);
      expect((await place.get(place.project())).spec).toEqual(place.project().spec);
    } finally {
      await controller.stop();
    }
  });

  it('a revision whose sync had failed is asked for once more', () => staged(async ({ place, git, controller }) => {
    Object.assign(git, { revision: V2, objects: [place.tracked('keycloak', OTHER)] });
    controller.hold();
    await kubernetes.admin.merge(pathOf(place.application()), { status: { operationState: { phase: 'Failed', message: 'one or more objects failed to apply', startedAt: '2026-11-20T22:43:07Z', operation: { sync: { revision: V2 } }, syncResult: { revision: V2 } }, conditions: [{ type: 'SyncError', message: 'Failed last sync attempt: one or more objects failed to apply' }] } });
    controller.go();
    const run = await place.tool(thawing(place));
    expect(run.exit, run.stderr).toBe(0);
    expect([await textOf(place), (await state(place))?.phase, await place.policy()]).toEqual([OTHER, 'Succeeded', POLICY]);
  }));
});

describe.concurrent('Flux', () => {
  const repository = (place: Place): Manifest => ({ apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata: { name: 'platform', namespace: place.namespace }, spec: { interval: '1m', url: 'https://git.example.com/platform.git' } });
  const source = (place: Place): string => `/apis/source.toolkit.fluxcd.io/v1/namespaces/${place.namespace}/gitrepositories/platform`;
  const labelled = (place: Place, text?: string): Manifest => place.map({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'keycloak', 'kustomize.toolkit.fluxcd.io/namespace': place.namespace } }, text);
  const suspended = async (place: Place): Promise<unknown> => (await place.get(place.kustomization())).spec?.['suspend'];
  const flux = {
    objects: (place: Place) => [labelled(place)],
    play: async (place: Place, git: Git): Promise<Controller> => {
      await place.create(place.kustomization());
      await kubernetes.admin.create(source(place).replace(/\/[^/]*$/, ''), repository(place));
      await publish(kubernetes.admin, source(place), git);
      return playKustomization(kubernetes.admin, pathOf(place.kustomization()), git);
    },
  };

  it('a reconciliation that is nothing', () => staged(async ({ place }) => {
    const run = await place.tool(thawing(place));
    expect(run.exit, run.stderr).toBe(0);
    expect(noOps(run)).toEqual({ controller: true, cluster: true, realm: null });
    expect((await place.get(place.kustomization())).spec).toEqual(place.kustomization().spec);
    // It did reconcile since, and not only answer.
    expect((await place.get(place.kustomization())).status).toMatchObject({ history: [{ totalReconciliations: 2 }] });
  }, flux));

  it('a newer revision lands, and then nothing moves', () => staged(async ({ place, git }) => {
    Object.assign(git, { revision: `main@sha1:${V2}`, objects: [labelled(place, OTHER)] });
    await publish(kubernetes.admin, source(place), git);
    const run = await place.tool(thawing(place));
    expect(run.exit, run.stderr).toBe(0);
    expect(told(run).changes).toEqual([expect.stringMatching(/^as announced: configmap:\S+\/keycloak-realm has other content$/)]);
    expect([await textOf(place), await suspended(place)]).toEqual([OTHER, undefined]);
  }, flux));

  it.each<[string, (place: Place) => string]>([['the ConfigMap', (place) => place.from], ['the Kustomization', (place) => `kustomization:${place.namespace}/keycloak`]])('the same revision over what people wrote is no no-op, found from %s: suspended again', (_name, from) => staged(async ({ place }) => {
    await kubernetes.admin.merge(pathOf(place.map()), { data: { 'realm.json': OTHER } });
    const run = await place.tool(thawing(place));
    expect(run.exit, run.stderr).toBe(4);
    expect(told(run).changes.join('\n')).toMatch(/configmap:\S+\/keycloak-realm has other content/);
    expect(await suspended(place)).toBe(true);
    const again = await place.tool(thawing(place));
    expect(again.exit, again.stderr).toBe(0);
    expect((await place.get(place.kustomization())).spec).toEqual(place.kustomization().spec);
  }, { ...flux, from }));

  it('an answer while it is suspended again is not taken for a sync', () => staged(async ({ place }) => {
    const run = await place.held(thawing(place), RESUMED, () => kubernetes.admin.merge(pathOf(place.kustomization()), { spec: { suspend: true } }));
    expect(run.exit, run.stderr).toBe(4);
    expect(told(run).levels[0]).toMatchObject({ level: 'controller', noOp: false, because: expect.stringContaining('paused again by somebody else') });
    expect((await place.get(place.kustomization())).status).toMatchObject({ history: [{ totalReconciliations: 1 }] });
  }, flux));

  it('one that cannot be built is no no-op, in its own words', () => staged(async ({ place, git }) => {
    git.broken = 'kustomize build failed: accumulating resources';
    const run = await place.tool(thawing(place));
    expect(run.exit, run.stderr).toBe(4);
    expect(told(run).levels[0]?.because).toContain('kustomize build failed: accumulating resources');
    expect(await suspended(place)).toBe(true);
  }, flux));

  describe('HelmRelease', () => {
    const rendered = (place: Place, text?: string): Manifest => place.map({ labels: { 'helm.toolkit.fluxcd.io/name': 'keycloak', 'helm.toolkit.fluxcd.io/namespace': place.namespace } }, text);
    const helm = {
      objects: (place: Place) => [rendered(place)],
      play: async (place: Place, git: Git): Promise<Controller> => {
        git.revision = '24.4.1';
        await place.create(place.helmRelease());
        return playHelmRelease(kubernetes.admin, pathOf(place.helmRelease()), git);
      },
    };
    const versions = async (place: Place): Promise<readonly unknown[]> => {
      const { status = {} } = await place.get(place.helmRelease());
      return (status['history'] as readonly { version: number }[]).map(({ version }) => version);
    };
    const bySelf = (place: Place): string => `helmrelease:${place.namespace}/keycloak`;

    it('a reconciliation without a new version is nothing', () => staged(async ({ place }) => {
      const run = await place.tool(thawing(place));
      expect(run.exit, run.stderr).toBe(0);
      expect(noOps(run)).toEqual({ controller: true, cluster: true, realm: null });
      expect([await versions(place), (await place.get(place.helmRelease())).spec]).toEqual([[1], place.helmRelease().spec]);
    }, helm));

    it.each<[string, ((place: Place) => string) | undefined, string]>([
      ['a newer chart', undefined, '24.4.2'], ['other values of the same chart', undefined, '24.4.1'], ['a newer chart, of the release itself,', bySelf, '24.4.2'], ['other values, of the release itself,', bySelf, '24.4.1'],
    ])('%s is no no-op: suspended again, and the next thaw is one', (_name, from, revision) => staged(async ({ place, git }) => {
      Object.assign(git, { revision, objects: [rendered(place, OTHER)] });
      const run = await place.tool(thawing(place));
      expect(run.exit, run.stderr).toBe(4);
      expect(told(run).levels[0]).toMatchObject({ level: 'controller', noOp: false });
      expect([await versions(place), (await place.get(place.helmRelease())).spec?.['suspend'], await textOf(place)]).toEqual([[2, 1], true, OTHER]);
      const again = await place.tool(thawing(place));
      expect(again.exit, again.stderr).toBe(0);
      expect((await place.get(place.helmRelease())).spec).toEqual(place.helmRelease().spec);
    }, { ...helm, ...(from === undefined ? {} : { from }) }));
  });
});

describe('the API server goes away', () => {
  /** Whose rights it has to learn anew when it starts: for some seconds it refuses what is allowed. */
  const few = async (place: Place): Promise<void> => kubernetes.grant(place.namespace, [{ apiGroups: ['', 'apps', 'batch', 'argoproj.io'], resources: ['*'], verbs: ['get', 'list', 'patch'] }]);

  it('while the sync is watched, and comes back: the thaw goes on', () => staged(async ({ place, git, controller }) => {
    await few(place);
    Object.assign(git, { revision: V2, objects: [place.tracked('keycloak', OTHER)] });
    await eventually(async () => expect((await place.get(place.application())).status?.['sync']).toMatchObject({ status: 'OutOfSync' }));
    let started: Promise<void> | undefined;
    const run = await place.held(thawing(place, '--context', 'oncall'), RESUMED, async () => {
      // Nobody syncs before the server is back.
      controller.hold();
      await kubernetes.halt();
      started = kubernetes.start().then(() => controller.go());
    }, { user: 'oncall' });
    await started;
    expect(run.exit, run.stderr).toBe(0);
    expect([await textOf(place), await place.policy(), place.events().findLast(({ type }: Event) => type === 'sync.watched')?.['ok']]).toEqual([OTHER, POLICY, true]);
  }));

  it('just as the writer is to be paused again: that is tried until it is', () => staged(async ({ place, git }) => {
    await few(place);
    Object.assign(git, { revision: V2, objects: [place.tracked('keycloak', OTHER)], hooks: ['import'] });
    let started: Promise<void> | undefined;
    const run = await place.held(thawing(place, '--context', 'oncall'), /"type":"patch\.intended","patch":\{"id":"pause /, async () => {
      await kubernetes.halt();
      started = kubernetes.start();
    }, { user: 'oncall' });
    await started;
    expect(run.exit, run.stderr).toBe(4);
    expect(run.stderr).toMatch(/not paused again yet: /);
    expect([await place.policy(), await isMarked(place, place.application()), await place.frozen()]).toEqual([off(), true, { [place.records()[0] ?? '']: [`application:${place.namespace}/keycloak`] }]);
    git.hooks = [];
    const again = await place.tool(thawing(place, '--context', 'oncall'), { user: 'oncall' });
    expect(again.exit, again.stderr).toBe(0);
    expect(await place.policy()).toEqual(POLICY);
  }));
});
