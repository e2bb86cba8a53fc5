import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { clusterWork } from '../../src/commands/cluster-work.ts';
import { openSession } from '../../src/journal/store.ts';
import { openClusterPort } from '../../src/kubernetes/cluster.ts';
import { USUAL_TIMES } from '../../src/kubernetes/answers.ts';
import { thaw } from '../../src/runner/cluster-thaw.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import { useServer } from '../harness/use.ts';
import { beside, eventually, generated, killAt, off, playSet, POLICY, sent, V1, type Event, type Place } from './freeze-world.ts';
import { pathOf, playArgo, type Git, type Manifest } from './scripted-controller.ts';
import { freeze, isMarked, noOps, OTHER, playApplication, RESUMED, staged, textOf, thawing, told, V2, type Staged } from './thaw-world.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'applicationset', 'flux', 'helm'] }));

describe.concurrent('Argo CD', () => {
  const state = async (place: Place): Promise<{ phase?: string; message?: string } | undefined> => (await place.get(place.application())).status?.['operationState'] as { phase?: string; message?: string } | undefined;

  it('a sync that is nothing is told as that at each level, and the policy is what it was', () => staged(kubernetes(), async ({ place }) => {
    const before = (await place.get(place.map())).metadata.resourceVersion;
    const run = await place.tool(thawing(place));
    expect(run.exit, run.stderr).toBe(0);
    expect(noOps(run)).toEqual({ controller: true, cluster: true, realm: null });
    expect(told(run)).toMatchObject({ schema: 'realm-rescue/thaw/v1', session: place.records()[0], changes: [], ok: true });
    // What it holds itself is left to no other record.
    expect(JSON.stringify(place.events())).not.toContain('was paused by record');
    expect([await place.policy(), await isMarked(place, place.application()), (await place.get(place.map())).metadata.resourceVersion]).toEqual([POLICY, false, before]);
  }));

  it('what git brings and was announced lands, once, and then nothing moves', () => staged(kubernetes(), async ({ place, git }) => {
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

  it('a hook that ran is no no-op, however well it was announced: paused again', () => staged(kubernetes(), async (all) => {
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
    await kubernetes().admin.merge(`${path}/status`, { status: { observedGeneration: generation, replicas: 1, updatedReplicas: 1, readyReplicas: 1 } });
  };

  it.each<[string, (staged: Staged) => Promise<unknown>, RegExp]>([
    ['an object that git changed just then', async ({ place, git }) => Object.assign(git, { revision: V2, objects: [place.tracked('keycloak', OTHER)] }), /configmap:\S+\/keycloak-realm has other content/],
    ['a Job that somebody started', ({ place }) => kubernetes().admin.create(`/apis/batch/v1/namespaces/${place.namespace}/jobs`, { metadata: { name: 'import' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'x', image: 'x' }] } } } }), /^a new Job$/m],
    ['an object that a person wrote, and that is not healed', async ({ place, git }) => { git.objects = []; await kubernetes().admin.merge(pathOf(place.map()), { data: { 'realm.json': OTHER } }); }, /has other content/],
  ])('%s is no no-op: paused again', (_name, happens, change) => staged(kubernetes(), async (all) => {
    const { place } = all;
    const run = await place.held(thawing(place), RESUMED, () => happens(all));
    expect(run.exit, run.stderr).toBe(4);
    expect(told(run).changes.join('\n')).toMatch(change);
    expect(told(run).ok).toBe(false);
    await andThen(all);
  }));

  it('a new pod template is waited for until its pods run, and is no no-op', () => staged(kubernetes(), async (all) => {
    const { place, git } = all;
    const waiting = place.held(thawing(place), RESUMED, async () => { git.objects = [place.tracked(), workload(place, 'keycloak:2')]; });
    await eventually(async () => expect(JSON.stringify((await place.get(workload(place, ''))).spec).includes('keycloak:2')).toBe(true));
    await rollOut(place);
    const run = await waiting;
    expect(run.exit, run.stderr).toBe(4);
    expect(run.stderr).toMatch(/StatefulSet \S+\/keycloak: its pods restart/);
    expect(told(run).changes.join('\n')).toMatch(/statefulset:\S+\/keycloak has another pod template: its pods restart/);
    await andThen(all);
  }, { objects: (place) => [place.tracked(), workload(place, 'keycloak:1')], play: async (kubernetes, place, git) => {
    const controller = await playApplication(kubernetes, place, git);
    await eventually(async () => expect(await kubernetes.admin.get(pathOf(workload(place, '')))).not.toBeNull());
    await rollOut(place);
    return controller;
  } }));

  it('somebody pauses it again meanwhile: that is not a sync that was nothing', () => staged(kubernetes(), async ({ place }) => {
    const run = await place.held(thawing(place), RESUMED, () => kubernetes().admin.merge(pathOf(place.application()), { spec: { syncPolicy: { automated: { enabled: false } } } }));
    expect(run.exit, run.stderr).toBe(4);
    expect(told(run).levels[0]).toMatchObject({ level: 'controller', noOp: false, because: expect.stringContaining('paused') });
  }));

  it.each<[string, (staged: Staged) => unknown, number]>([
    ['and its sync was nothing', () => undefined, 0],
    ['and nobody saw the hook that ran since', ({ place, git }) => Object.assign(git, { revision: V2, objects: [place.tracked('keycloak', OTHER)], hooks: ['import'] }), 4],
  ])('one that is killed once the writer runs, %s, is judged by what was there before', (_name, happens, exit) => staged(kubernetes(), async (all) => {
    const { place, git } = all;
    const resumedAt = place.events().length + 6;
    const killed = await place.tool(thawing(place), killAt(resumedAt));
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

  /** The thaw in this process. @param patience  milliseconds that a controller has for its answer */
  async function thawHere(place: Place, patience = USUAL_TIMES.refresh): Promise<boolean> {
    const cluster = openClusterPort({ kubeconfig: kubernetes().kubeconfig('admin'), userAgent: 'realm-rescue-test', environment: {}, readOnly: false }, { times: { ...USUAL_TIMES, every: 50, compare: patience, refresh: patience } });
    const { store } = openSession({ directory: place.sessions, id: place.records()[0] ?? '', now: Date.now });
    try {
      return await thaw(clusterWork(cluster, store, { fingerprint: null }), await cluster.look(place.from));
    } finally {
      store.close();
      await cluster.close();
    }
  }

  it('a controller that never answers: told, and paused again', () => staged(kubernetes(), async (all) => {
    const { place, controller } = all;
    await controller.hold();
    await expect(thawHere(place, 1500)).rejects.toMatchObject({ code: 'not-proven', message: expect.stringMatching(/^Argo CD application application:\S+\/keycloak did not look at git again within 1\.5 s\. Application \S+\/keycloak is paused again\.$/), next: ['Check that its controller runs.', `To let it run again: realm-rescue thaw ${place.records()[0] ?? ''}`] });
    controller.go();
    await andThen(all);
  }));

  it('an operation that a window held back is ended before the window goes, and brings nothing', async () => {
    const place = await generated(kubernetes());
    const git: Git = { revision: V1, objects: [place.tracked()] };
    await beside([playArgo(kubernetes().admin, pathOf(place.application()), git), playSet(kubernetes(), place)], async () => {
      await freeze(place);
      await kubernetes().admin.merge(pathOf(place.application()), { operation: { initiatedBy: { username: 'somebody' }, sync: { revision: V1 } } });
      await eventually(async () => expect(await state(place)).toMatchObject({ phase: 'Running', message: 'Sync operation blocked by sync window' }));
      const version = (await place.get(place.map())).metadata.resourceVersion;
      expect(await thawHere(place)).toBe(true);
      expect(sent(place)).toEqual([expect.stringMatching(/^pause /), expect.stringMatching(/^terminate /), expect.stringMatching(/^resume /)]);
      expect([(await place.get(place.map())).metadata.resourceVersion, (await state(place))?.message]).toEqual([version, 'Operation terminated']);
      expect((await place.get(place.project())).spec).toEqual(place.project().spec);
    });
  });

  it('and where it was to bring something, one sync is asked for: that revision would never be tried again', async () => {
    const place = await generated(kubernetes());
    const git: Git = { revision: V1, objects: [place.tracked()] };
    await beside([playArgo(kubernetes().admin, pathOf(place.application()), git)], async () => {
      await freeze(place);
      Object.assign(git, { revision: V2, objects: [place.tracked('keycloak', OTHER)] });
      await kubernetes().admin.merge(pathOf(place.application()), { operation: { initiatedBy: { username: 'somebody' }, sync: { revision: V2 } } });
      await eventually(async () => expect(await state(place)).toMatchObject({ phase: 'Running', message: 'Sync operation blocked by sync window' }));
      expect(await thawHere(place)).toBe(true);
      expect([await textOf(place), (await state(place))?.phase]).toEqual([OTHER, 'Succeeded']);
      expect((await place.get(place.project())).spec).toEqual(place.project().spec);
    });
  });

  it('a revision whose sync had failed is asked for once more', () => staged(kubernetes(), async ({ place, git, controller }) => {
    Object.assign(git, { revision: V2, objects: [place.tracked('keycloak', OTHER)] });
    await controller.hold();
    await kubernetes().admin.merge(pathOf(place.application()), { status: { operationState: { phase: 'Failed', message: 'one or more objects failed to apply', startedAt: '2026-11-20T22:43:07Z', operation: { sync: { revision: V2 } }, syncResult: { revision: V2 } }, conditions: [{ type: 'SyncError', message: 'Failed last sync attempt: one or more objects failed to apply' }] } });
    controller.go();
    const run = await place.tool(thawing(place));
    expect(run.exit, run.stderr).toBe(0);
    expect([await textOf(place), (await state(place))?.phase, await place.policy()]).toEqual([OTHER, 'Succeeded', POLICY]);
  }));
});

describe('the API server goes away', () => {
  /** Whose rights it has to learn anew when it starts: for some seconds it refuses what is allowed. */
  const few = async (place: Place): Promise<void> => kubernetes().grant(place.namespace, [{ apiGroups: ['', 'apps', 'batch', 'argoproj.io'], resources: ['*'], verbs: ['get', 'list', 'patch'] }]);

  it('while the sync is watched, and comes back: the thaw goes on', () => staged(kubernetes(), async ({ place, git, controller }) => {
    await few(place);
    Object.assign(git, { revision: V2, objects: [place.tracked('keycloak', OTHER)] });
    await eventually(async () => expect((await place.get(place.application())).status?.['sync']).toMatchObject({ status: 'OutOfSync' }));
    let started: Promise<void> | undefined;
    const run = await place.held(thawing(place, '--context', 'oncall'), RESUMED, async () => {
      // Nobody syncs before the server is back.
      await controller.hold();
      await kubernetes().halt();
      started = kubernetes().start().then(() => controller.go());
    }, { user: 'oncall' });
    await started;
    expect(run.exit, run.stderr).toBe(0);
    expect([await textOf(place), await place.policy(), place.events().findLast(({ type }: Event) => type === 'sync.watched')?.['ok']]).toEqual([OTHER, POLICY, true]);
  }));

  it('just as the writer is to be paused again: that is tried until it is', () => staged(kubernetes(), async ({ place, git }) => {
    await few(place);
    Object.assign(git, { revision: V2, objects: [place.tracked('keycloak', OTHER)], hooks: ['import'] });
    let started: Promise<void> | undefined;
    const run = await place.held(thawing(place, '--context', 'oncall'), /"type":"patch\.intended","patch":\{"id":"pause /, async () => {
      await kubernetes().halt();
      started = kubernetes().start();
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
