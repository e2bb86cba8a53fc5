import { describe, expect, test } from 'vitest';
import { FROZEN_ANNOTATION } from '../../src/gitops/controllers/controller.ts';
import { at, listAt, type KubeObject } from '../../src/gitops/controllers/object.ts';
import { sha256 } from '../../src/realm/canonical.ts';
import { RescueError } from '../../src/realm/errors.ts';
import type { Json, JsonObject } from '../../src/realm/json.ts';
import { freezeLine } from '../../src/runbook/cluster-lines.ts';
import { danglingPatches, heldPauses } from '../../src/runbook/cluster-state.ts';
import type { ClusterSight } from '../../src/runbook/cluster.ts';
import type { RunEvent } from '../../src/runbook/model.ts';
import { replay } from '../../src/runbook/transition.ts';
import { checkHeld, pauseAll, recordRemembered, resumeAll, send, terminateRunning, thaw, type ClusterWork } from '../../src/runner/cluster-work.ts';
import { application, kustomization, realmMap } from '../gitops/controllers/objects.ts';
import { connected, run, settings } from '../runbook/fixtures.ts';
import { hasOurWindow, Killed, openWorld, type World } from './fake-cluster.ts';

const APP = 'application:argocd/keycloak';
const ROOT = 'application:argocd/root';
const MAP = 'configmap:iam/keycloak-realm';
const STS = 'statefulset:iam/keycloak';
const PROJECT = 'appproject:argocd/default';
const TRACKING = 'argocd.argoproj.io/tracking-id';
const POLICY = at(application(), 'spec', 'syncPolicy') as JsonObject;
const ROOT_POLICY = { automated: { selfHeal: true } };
const map = realmMap({ annotations: { [TRACKING]: 'keycloak:/ConfigMap:iam/keycloak-realm' } });
const statefulSet: KubeObject = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'keycloak', namespace: 'iam', annotations: { [TRACKING]: 'keycloak:apps/StatefulSet:iam/keycloak' } }, spec: { replicas: 2, template: { spec: { containers: [{ name: 'keycloak', image: 'quay.io/keycloak/keycloak:26.4' }] } } }, status: { observedGeneration: 9, updatedReplicas: 2, readyReplicas: 2 } };
const root: KubeObject = { ...application(), metadata: { name: 'root', namespace: 'argocd' }, spec: { project: 'default', source: { path: 'apps' }, syncPolicy: ROOT_POLICY } };

/** Argo CD with an application of applications above; git says what is live. */
function argoWorld(child: JsonObject = {}): World {
  const world = openWorld([map, statefulSet, application({ metadata: { annotations: { [TRACKING]: 'root:argoproj.io/Application:argocd/keycloak' } }, ...child }), root]);
  world.git.set(`controller ${APP}`, { objects: [MAP, STS] });
  world.git.set(MAP, { data: { 'realm.json': '{"realm":"primary"}' } });
  return world;
}

/** Git has another realm than live. A sync puts it there, and pods that start import it. */
function staleWorld(): World {
  const world = argoWorld();
  world.write(MAP, { data: { 'realm.json': '{"realm":"primary","clients":["auth-service"]}' } });
  world.onSync = () => { world.realm = 'overwritten'; };
  return world;
}

function appSetWorld(spec: JsonObject = {}): World {
  const child = application({ metadata: { ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'platform' }] } });
  const world = openWorld([map, child, { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', metadata: { name: 'platform', namespace: 'argocd' }, spec }, { apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name: 'default', namespace: 'argocd' }, spec: { destinations: [] } }]);
  world.git.set(`controller ${APP}`, { objects: [MAP] });
  world.git.set(MAP, { data: { 'realm.json': '{"realm":"primary"}' } });
  world.generated.set(APP, child['spec'] as JsonObject);
  return world;
}

const policyOf = (world: World, spec = APP): Json | undefined => at(world.get(spec), 'spec', 'syncPolicy');
const isOff = (world: World, spec = APP): boolean => at(world.get(spec), 'spec', 'syncPolicy', 'automated', 'enabled') === false;
const markOf = (world: World, spec = APP): string | undefined => world.get(spec).metadata.annotations?.[FROZEN_ANNOTATION];
const held = (work: ClusterWork): readonly string[] => heldPauses(work.state()).map(({ object }) => object.name);
const open = (work: ClusterWork): readonly string[] => danglingPatches(work.state()).map(({ id }) => id);
const told = (world: World): readonly string[] => world.journal.map((event) => `${event.type}${event.type === 'patch.intended' ? ` ${event.patch.id}` : 'id' in event ? ` ${event.id}` : ''}${event.type === 'patch.failed' ? ` ${event.failure.code}` : event.type === 'patch.sent' ? ` ${event.found}` : event.type === 'sync.watched' ? ` ${event.ok}` : ''}`);
const watchedOf = (world: World) => world.journal.findLast((event) => event.type === 'sync.watched');

async function failure(of: Promise<unknown>): Promise<RescueError> {
  const error: unknown = await of.then(() => null, (thrown: unknown) => thrown);
  if (!(error instanceof RescueError)) throw new Error(`a RescueError was expected, not ${String(error)}`);
  return error;
}

/** Somebody writes the status in between, as controllers do all the time. */
const churn = (world: World): void => world.write(APP, { status: { reconciledAt: `later ${world.get(APP).metadata.resourceVersion}` } }, 'argocd-application-controller');

/** Frozen, with everything held. */
async function frozen(world: World): Promise<{ readonly sight: ClusterSight; readonly work: ClusterWork }> {
  const sight = await world.look(MAP, STS);
  const work = world.start();
  await pauseAll(work, sight);
  return { sight, work };
}

describe('pausing', () => {
  test('owners first, each intended on disk, sent once and looked at; what was there before is in the journal and on the object', async () => {
    const world = argoWorld();
    const { work } = await frozen(world);
    expect(policyOf(world)).toEqual({ ...POLICY, automated: { prune: true, selfHeal: true, enabled: false } });
    expect(policyOf(world, ROOT)).toEqual({ automated: { selfHeal: true, enabled: false } });
    expect(JSON.parse(markOf(world) ?? '')).toMatchObject({ previous: POLICY, session: '8f2c' });
    expect(told(world).slice(0, 4)).toEqual([`patch.intended pause ${ROOT}`, `patch.sent pause ${ROOT} answer`, `patch.intended pause ${APP}`, `patch.sent pause ${APP} answer`]);
    expect(world.journal.at(-1)).toMatchObject({ type: 'pause.checked', checks: [{ holds: true }, { holds: true }] });
    expect(heldPauses(work.state()).map(({ previous }) => previous)).toEqual([ROOT_POLICY, POLICY]);
  });

  test('where the schema does not know the flag, by taking the automation out; the rest of the policy stays', async () => {
    const world = argoWorld();
    world.unknown = ['spec.syncPolicy.automated.enabled'];
    const { work } = await frozen(world);
    expect(policyOf(world)).toEqual({ syncOptions: ['CreateNamespace=true'], retry: POLICY['retry'] });
    expect(policyOf(world, ROOT)).toEqual({});
    expect(held(work)).toEqual(['root', 'keycloak']);
  });

  test('Flux, by suspending it and the one above it', async () => {
    const child = kustomization();
    const world = openWorld([realmMap({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'keycloak', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' } }), child, { ...child, metadata: { name: 'apps', namespace: 'flux-system' } }]);
    const work = world.start();
    await pauseAll(work, await world.look(MAP));
    for (const spec of ['kustomization:flux-system/keycloak', 'kustomization:flux-system/apps']) expect(at(world.get(spec), 'spec', 'suspend')).toBe(true);
    expect(held(work)).toEqual(['apps', 'keycloak']);
  });

  test('what is paused by somebody else already is left alone, and not called ours', async () => {
    const world = argoWorld();
    const sight = await world.look(MAP, STS);
    world.write(APP, { spec: { syncPolicy: { automated: { enabled: false } } } });
    const before = world.get(APP);
    const work = world.start();
    await pauseAll(work, sight);
    expect(world.get(APP)).toEqual(before);
    expect(held(work)).toEqual(['root']);
    expect(world.said.join()).toContain('is paused already');
  });

  test('without the right to, nothing is sent, and the Role is what to do next', async () => {
    const world = argoWorld();
    const before = [world.get(APP), world.get(ROOT)];
    const work = world.start();
    const error = await failure(pauseAll(work, { ...(await world.look(MAP, STS)), mayPause: false, role: 'kind: Role\nmetadata: {}\n' }));
    expect(error).toMatchObject({ code: 'missing-role', message: 'oncall may not pause the writer; nothing was sent.' });
    expect(error.next).toEqual(expect.arrayContaining(['kind: Role', 'metadata: {}']));
    expect([world.get(APP), world.get(ROOT), world.journal]).toEqual([...before, []]);
  });

  test('without the right to, what is paused already is still looked at', async () => {
    const world = argoWorld();
    const work = world.start();
    await pauseAll(work, { ...(await world.look(MAP, STS)), pauses: [], mayPause: false });
    expect(world.journal).toEqual([{ type: 'pause.checked', checks: [] }]);
  });
});

describe('somebody else writes at the same moment', () => {
  test('to the status: a new intent, made from what is there then', async () => {
    const world = argoWorld();
    world.mishaps = [{ of: 'keycloak', first: churn, times: 2 }];
    await frozen(world);
    expect(isOff(world)).toBe(true);
    expect(told(world).filter((line) => line.includes(APP))).toEqual([
      `patch.intended pause ${APP}`, `patch.failed pause ${APP} changed-meanwhile`, `patch.intended pause ${APP}`, `patch.failed pause ${APP} changed-meanwhile`, `patch.intended pause ${APP}`, `patch.sent pause ${APP} answer`,
    ]);
    expect(at(world.get(APP), 'status', 'reconciledAt')).toMatch(/^later/);
  });

  test('to the status, between the reading and the dry run: the same', async () => {
    const world = argoWorld();
    world.mishaps = [{ of: 'keycloak', dryRun: true, first: churn }];
    const { work } = await frozen(world);
    expect(isOff(world)).toBe(true);
    expect(held(work)).toEqual(['root', 'keycloak']);
  });

  test('again and again: it ends, and nothing is left half done', async () => {
    const world = argoWorld();
    world.mishaps = [{ of: 'keycloak', first: churn, times: 100 }];
    const sight = await world.look(MAP, STS);
    const work = world.start();
    expect((await failure(pauseAll(work, sight))).code).toBe('changed-meanwhile');
    expect([policyOf(world), policyOf(world, ROOT), markOf(world), markOf(world, ROOT)]).toEqual([POLICY, ROOT_POLICY, undefined, undefined]);
    expect([held(work), open(work)]).toEqual([[], []]);
  });

  test('to the very field: it is told, and nothing is written over', async () => {
    const world = argoWorld();
    const theirs = { automated: { prune: false } };
    world.mishaps = [{ of: 'keycloak', first: () => { world.write(APP, { spec: { syncPolicy: null } }); world.write(APP, { spec: { syncPolicy: theirs } }); } }];
    const sight = await world.look(MAP, STS);
    const work = world.start();
    const error = await failure(pauseAll(work, sight));
    expect(error.code).toBe('changed-meanwhile');
    expect(error.message).toMatch(/spec\.syncPolicy of Application keycloak.*nothing was written over it/);
    expect([policyOf(world), markOf(world)]).toEqual([theirs, undefined]);
    expect(policyOf(world, ROOT)).toEqual(ROOT_POLICY);
    expect(held(work)).toEqual([]);
  });

  test('and pauses it himself: nothing is left to do', async () => {
    const world = argoWorld();
    world.mishaps = [{ of: 'keycloak', first: () => world.write(APP, { spec: { syncPolicy: { automated: { enabled: false } } } }) }];
    const { work } = await frozen(world);
    expect([isOff(world), markOf(world), held(work)]).toEqual([true, undefined, ['root']]);
  });
});

describe('one of two pauses fails', () => {
  const refused = new RescueError('write-failed', 'The cluster refuses patching Application argocd/keycloak: admission webhook "x" denied the request.', ['A rule of the cluster says so; ask who runs it.']);

  test('the one before it runs again, exactly as it was, and the journal says so', async () => {
    const world = argoWorld();
    world.mishaps = [{ of: 'keycloak', refused }];
    const sight = await world.look(MAP, STS);
    const work = world.start();
    expect(await failure(pauseAll(work, sight))).toMatchObject({ code: 'write-failed', message: refused.message });
    expect([policyOf(world), policyOf(world, ROOT), markOf(world, ROOT)]).toEqual([POLICY, ROOT_POLICY, undefined]);
    expect(told(world)).toEqual([`patch.intended pause ${ROOT}`, `patch.sent pause ${ROOT} answer`, `patch.intended pause ${APP}`, `patch.failed pause ${APP} write-failed`, `patch.intended resume ${ROOT}`, `patch.sent resume ${ROOT} answer`]);
    expect([held(work), open(work)]).toEqual([[], []]);
  });

  test('and the one before it cannot run again: that is said, and how it does', async () => {
    const world = argoWorld();
    world.mishaps = [{ of: 'keycloak', refused, first: () => world.mishaps.push({ of: 'root', refused: new RescueError('missing-role', 'oncall may not patch applications.') }) }];
    const sight = await world.look(MAP, STS);
    const work = world.start();
    const error = await failure(pauseAll(work, sight));
    expect(error.message).toContain('Still paused: Application argocd/root');
    expect(error.next).toContain('To let them run again: realm-rescue thaw 8f2c');
    expect([isOff(world, ROOT), held(work)]).toEqual([true, ['root']]);
  });

  test('tried again, both are paused', async () => {
    const world = argoWorld();
    world.mishaps = [{ of: 'keycloak', refused }];
    const sight = await world.look(MAP, STS);
    await failure(pauseAll(world.start(), sight));
    const work = world.start();
    await pauseAll(work, sight);
    expect([isOff(world), isOff(world, ROOT), held(work)]).toEqual([true, true, ['root', 'keycloak']]);
  });
});

describe('no answer', () => {
  test.each([['it had happened', 'after'], ['it had not', 'before']] as const)('%s: the intent stays open, and the next start looks before anything else', async (_name, lost) => {
    const world = argoWorld();
    world.mishaps = [{ of: 'keycloak', lost }];
    const sight = await world.look(MAP, STS);
    const work = world.start();
    const generation = world.get(APP).metadata.generation ?? 0;
    expect((await failure(pauseAll(work, sight))).code).toBe('no-answer');
    expect(open(work)).toEqual([`pause ${APP}`]);
    const next = world.start();
    const length = world.journal.length;
    await pauseAll(next, sight);
    expect(told(world)[length]).toBe(lost === 'after' ? `patch.sent pause ${APP} look` : `patch.failed pause ${APP} interrupted`);
    // Once, whoever asks.
    expect([isOff(world), world.get(APP).metadata.generation]).toEqual([true, generation + 1]);
    expect([held(next).toSorted(), open(next)]).toEqual([['keycloak', 'root'], []]);
  });

  test('it is not said to be paused when that is not known', async () => {
    const world = argoWorld();
    world.mishaps = [{ of: 'keycloak', lost: 'before' }];
    const sight = await world.look(MAP, STS);
    expect((await failure(pauseAll(world.start(), sight))).message).not.toMatch(/(?<!Whether [^.]*)paused[^.]*keycloak/i);
  });

  test('it had happened, and somebody has changed something beside it since: it is still known as ours, and its automation comes back', async () => {
    const world = argoWorld();
    world.mishaps = [{ of: 'keycloak', lost: 'after' }];
    const sight = await world.look(MAP, STS);
    await failure(pauseAll(world.start(), sight));
    world.write(APP, { spec: { syncPolicy: { syncOptions: ['CreateNamespace=true', 'ServerSideApply=true'] } } });
    const work = world.start();
    await pauseAll(work, sight);
    expect(held(work)).toContain('keycloak');
    expect(await thaw(world.start(), sight)).toBe(true);
    expect(policyOf(world)).toEqual({ ...POLICY, syncOptions: ['CreateNamespace=true', 'ServerSideApply=true'] });
  });

  test('it had happened, and the controller has taken the empty policy away since: still ours', async () => {
    const world = argoWorld({ spec: { syncPolicy: { syncOptions: null, retry: null } } });
    world.unknown = ['spec.syncPolicy.automated.enabled'];
    world.mishaps = [{ of: 'keycloak', lost: 'after' }];
    const sight = await world.look(MAP, STS);
    await failure(pauseAll(world.start(), sight));
    world.write(APP, { spec: { syncPolicy: null } }, 'argocd-application-controller');
    await pauseAll(world.start(), sight);
    expect(await thaw(world.start(), sight)).toBe(true);
    expect(policyOf(world)).toEqual({ automated: { prune: true, selfHeal: true } });
  });

  test('of a deny window, and somebody has added another window since: still ours, and taken out again', async () => {
    const world = appSetWorld();
    world.mishaps = [{ of: 'default', lost: 'after' }];
    const sight = await world.look(MAP);
    await failure(pauseAll(world.start(), sight));
    const theirs = { kind: 'allow', schedule: '0 6 * * *', duration: '2h', applications: ['*'] };
    world.write(PROJECT, { spec: { syncWindows: [...listAt(world.get(PROJECT), 'spec', 'syncWindows'), theirs] } });
    await pauseAll(world.start(), sight);
    expect(await thaw(world.start(), sight)).toBe(true);
    expect(at(world.get(PROJECT), 'spec', 'syncWindows')).toEqual([theirs]);
  });
});

describe('an ApplicationSet', () => {
  test('that writes its child again: a deny window stops its syncs, and what others have there stays', async () => {
    const world = appSetWorld();
    const theirs = { kind: 'deny', schedule: '0 22 * * *', duration: '8h', applications: ['*'] };
    world.write(PROJECT, { spec: { syncWindows: [theirs] } });
    const sight = await world.look(MAP);
    const work = world.start();
    await pauseAll(work, sight);
    expect(listAt(world.get(PROJECT), 'spec', 'syncWindows')).toHaveLength(2);
    expect(listAt(world.get(PROJECT), 'spec', 'syncWindows')[0]).toEqual(theirs);
    expect(hasOurWindow(world.get(PROJECT), 'keycloak')).toBe(true);
    expect(policyOf(world)).toEqual(POLICY);
    expect(await thaw(world.start(), sight)).toBe(true);
    expect(at(world.get(PROJECT), 'spec', 'syncWindows')).toEqual([theirs]);
  });

  test('nothing of a window is left where there was none before', async () => {
    const world = appSetWorld();
    const before = world.get(PROJECT)['spec'];
    const sight = await world.look(MAP);
    await pauseAll(world.start(), sight);
    await thaw(world.start(), sight);
    expect(world.get(PROJECT)['spec']).toEqual(before);
  });

  test('a window of an earlier freeze stands: it is said that it does', async () => {
    const world = appSetWorld();
    const sight = await world.look(MAP);
    await pauseAll(world.start(), sight);
    world.journal.length = 0;
    const work = world.start();
    work.dispatch({ type: 'cluster.seen', sight: await world.look(MAP) });
    await pauseAll(work, await world.look(MAP));
    expect(freezeLine(work.state())).toMatch(/window/);
  });

  test('that says it leaves the pause alone, and takes it back: changed-meanwhile, and no freeze', async () => {
    const world = appSetWorld({ syncPolicy: { applicationsSync: 'create-only' } });
    const sight = await world.look(MAP);
    const work = world.start();
    const error = await failure(pauseAll(work, sight));
    expect(error).toMatchObject({ code: 'changed-meanwhile' });
    expect(error.message).toMatch(/Application argocd\/keycloak is automated \{prune, selfHeal\} again, last written by argocd-applicationset-controller at 2026/);
    expect(policyOf(world)).toEqual(POLICY);
    const started: RunEvent = { type: 'run.started', run: { ...run, settings: { ...settings, from: MAP } } };
    const recovery = replay([started, { type: 'cluster.remembered', versions: [], notes: [] }, { type: 'cluster.seen', sight }, connected, { type: 'pause.answered', pause: true, by: 'person' }, ...world.journal]);
    expect([recovery.frozen, recovery.steps.freeze.status]).toEqual([undefined, 'active']);
  });
});

describe('looked at later', () => {
  test('what holds, holds', async () => {
    const world = argoWorld();
    await frozen(world);
    await checkHeld(world.start());
    expect(world.journal.at(-1)).toMatchObject({ type: 'pause.checked', checks: [{ holds: true }, { holds: true }] });
  });

  test.each<[string, (world: World) => void, RegExp]>([
    ['somebody has resumed it', (world) => world.write(APP, { spec: { syncPolicy: { automated: { enabled: null } } } }, 'kubectl-edit'), /Application argocd\/keycloak is automated \{prune, selfHeal\} again, last written by kubectl-edit at /],
    ['it is gone', (world) => world.remove(APP), /Application argocd\/keycloak is gone/],
  ])('%s: that is said', async (_name, happens, message) => {
    const world = argoWorld();
    await frozen(world);
    happens(world);
    expect((await failure(checkHeld(world.start()))).message).toMatch(message);
  });

  test('a window that was taken out is missed', async () => {
    const world = appSetWorld();
    await pauseAll(world.start(), await world.look(MAP));
    world.write(PROJECT, { spec: { syncWindows: null } }, 'kubectl-edit');
    expect((await failure(checkHeld(world.start()))).message).toMatch(/the deny window was taken out of AppProject argocd\/default, last written by kubectl-edit/);
  });
});

describe('the thaw', () => {
  const levelsOf = (world: World) => Object.fromEntries((watchedOf(world)?.levels ?? []).map(({ level, noOp }) => [level, noOp]));

  test('puts back exactly what was there, the owner last, and a sync that is nothing is a no-op at three levels', async () => {
    const world = argoWorld();
    const before = [world.get(APP)['spec'], world.get(ROOT)['spec'], world.get(MAP)];
    const { sight } = await frozen(world);
    const work = world.start();
    expect(await thaw(work, sight)).toBe(true);
    expect([world.get(APP)['spec'], world.get(ROOT)['spec'], world.get(MAP)]).toEqual(before);
    expect([markOf(world), markOf(world, ROOT), held(work), open(work)]).toEqual([undefined, undefined, [], []]);
    expect(told(world).filter((line) => line.includes('intended resume'))).toEqual([`patch.intended resume ${APP}`, `patch.intended resume ${ROOT}`]);
    expect([levelsOf(world), watchedOf(world)?.changes]).toEqual([{ controller: true, cluster: true, realm: true }, []]);
  });

  test('of Flux as well', async () => {
    const world = openWorld([realmMap({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'keycloak', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' } }), kustomization({ metadata: { labels: null } })]);
    world.git.set('controller kustomization:flux-system/keycloak', { objects: [MAP] });
    const before = world.get('kustomization:flux-system/keycloak')['spec'];
    const sight = await world.look(MAP);
    await pauseAll(world.start(), sight);
    expect(await thaw(world.start(), sight)).toBe(true);
    expect(world.get('kustomization:flux-system/keycloak')['spec']).toEqual(before);
    expect(levelsOf(world)).toEqual({ controller: true, cluster: true, realm: true });
  });

  test('without a Keycloak the realm is not looked at, and that is said', async () => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    expect(await thaw({ ...world.start(), fingerprint: null }, sight)).toBe(true);
    expect(levelsOf(world)).toEqual({ controller: true, cluster: true, realm: null });
  });

  test('what somebody else has changed meanwhile stays', async () => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    world.write(APP, { spec: { syncPolicy: { retry: { limit: 9 } }, source: { targetRevision: 'release' } } });
    expect(await thaw(world.start(), sight)).toBe(true);
    expect(policyOf(world)).toEqual({ ...POLICY, retry: { ...(POLICY['retry'] as JsonObject), limit: 9 } });
    expect(at(world.get(APP), 'spec', 'source', 'targetRevision')).toBe('release');
  });

  test('what somebody has resumed by hand is left as he made it, without our mark', async () => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    world.write(APP, { spec: { syncPolicy: { automated: { enabled: true, prune: false } } } });
    const theirs = policyOf(world);
    const work = world.start();
    expect(await thaw(work, sight)).toBe(true);
    expect([policyOf(world), markOf(world), held(work)]).toEqual([theirs, undefined, []]);
  });

  test('what git brings was announced: then a second sync has to be nothing', async () => {
    const world = argoWorld();
    const fixed = '{"realm":"primary","clients":["auth-service"]}';
    const { sight } = await frozen(world);
    world.git.set(MAP, { data: { 'realm.json': fixed } });
    world.revision = 'b77e90a1c2d3e4f5061728394a5b6c7d8e9f0a1b';
    expect(await thaw(world.start(), sight)).toBe(true);
    expect([at(world.get(MAP), 'data', 'realm.json'), policyOf(world)]).toEqual([fixed, POLICY]);
    expect(levelsOf(world)).toEqual({ controller: true, cluster: true, realm: true });
    expect(watchedOf(world)?.changes).toEqual(['as announced: ConfigMap iam/keycloak-realm (configmap/keycloak-realm configured)', 'as announced: configmap:iam/keycloak-realm has other content']);
  });
});

describe('a thaw that is no no-op', () => {
  /** Paused again, and nothing of the policy lost: a later thaw brings it back. */
  async function expectFrozenAgain(world: World, sight: ClusterSight): Promise<void> {
    const work = world.start();
    expect([isOff(world), isOff(world, ROOT), held(work), open(work)]).toEqual([true, true, ['root', 'keycloak'], []]);
    world.onSync = () => undefined;
    world.keycloakDown = false;
    world.mishaps = [];
    world.git.delete(MAP);
    world.git.set(`controller ${APP}`, { objects: [MAP, STS] });
    world.idle = false;
    expect(await thaw(world.start(), sight)).toBe(true);
    expect([policyOf(world), policyOf(world, ROOT), markOf(world), markOf(world, ROOT)]).toEqual([POLICY, ROOT_POLICY, undefined, undefined]);
  }

  test('the realm is another one after it', async () => {
    const world = staleWorld();
    const { sight } = await frozen(world);
    expect(await thaw(world.start(), sight)).toBe(false);
    expect(watchedOf(world)).toMatchObject({ ok: false, levels: [{ level: 'controller' }, { level: 'cluster' }, { level: 'realm', noOp: false }] });
    await expectFrozenAgain(world, sight);
  });

  test('something moved that nobody had announced', async () => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    world.git.set(MAP, { data: { 'realm.json': '{}' } });
    world.onSync = () => world.write(STS, { spec: { template: { metadata: { annotations: { checksum: '2' } } } } });
    expect(await thaw(world.start(), sight)).toBe(false);
    expect(watchedOf(world)?.changes).toContain('statefulset:iam/keycloak has another pod template: its pods restart');
    await expectFrozenAgain(world, sight);
  });

  test('something moved whose name only begins like what was announced', async () => {
    const world = argoWorld();
    const extra = 'configmap:iam/keycloak-realm-extra';
    world.add({ ...realmMap({ name: 'keycloak-realm-extra' }), data: {} });
    const { sight } = await frozen(world);
    world.git.delete(MAP);
    world.git.set(`controller ${APP}`, { objects: [MAP, STS, extra] });
    world.git.set(extra, { data: { a: 'b' } });
    world.onSync = () => world.write(MAP, { data: { 'realm.json': '{}' } });
    expect(await thaw(world.start(), sight)).toBe(false);
    world.git.delete(extra);
    await expectFrozenAgain(world, sight);
  });

  test.each<[string, (world: World) => void, string]>([
    ['a hook', (world) => void world.git.set(`controller ${APP}`, { objects: [MAP, STS], hooks: ['realm-import'] }), 'hook Job iam/realm-import (PreSync Succeeded)'],
    ['a Job', (world) => { world.onSync = () => world.add({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'realm-import', namespace: 'iam', uid: 'j1' } }); }, 'a new Job'],
  ])('%s ran', async (_name, happens, change) => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    world.git.set(MAP, { data: { 'realm.json': '{"realm":"primary","enabled":true}' } });
    happens(world);
    expect(await thaw(world.start(), sight)).toBe(false);
    expect(watchedOf(world)?.changes).toContain(change);
    await expectFrozenAgain(world, sight);
  });

  test('the controller does not answer', async () => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    world.idle = true;
    const error = await failure(thaw(world.start(), sight));
    expect(error.code).toBe('not-proven');
    expect(watchedOf(world)).toBeUndefined();
    await expectFrozenAgain(world, sight);
  });

  test('nobody can say what became of the realm, because Keycloak does not answer any more', async () => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    world.git.set(MAP, { data: { 'realm.json': '{}' } });
    world.onSync = () => { world.keycloakDown = true; };
    expect((await failure(thaw(world.start(), sight))).code).toBe('unreachable');
    expect(watchedOf(world)).toBeUndefined();
    await expectFrozenAgain(world, sight);
  });

  test('and what became of it then is held against what it was before, not against what it is now', async () => {
    const world = staleWorld();
    const { sight } = await frozen(world);
    world.onSync = () => { world.realm = 'overwritten'; world.keycloakDown = true; };
    await failure(thaw(world.start(), sight));
    world.keycloakDown = false;
    expect(await thaw(world.start(), sight)).toBe(false);
    expect(watchedOf(world)).toMatchObject({ levels: [{ level: 'controller' }, { level: 'cluster' }, { level: 'realm', noOp: false }] });
    expect([isOff(world), isOff(world, ROOT)]).toEqual([true, true]);
  });

  test('one of them cannot be paused again: the other one is, and it is said', async () => {
    const world = staleWorld();
    const { sight } = await frozen(world);
    // The first write to it is the one that lets it run again.
    world.mishaps = [{ of: 'root', first: () => world.mishaps.push({ of: 'root', times: 100, refused: new RescueError('write-failed', 'The cluster refuses patching Application argocd/root.') }) }];
    const error = await failure(thaw(world.start(), sight));
    expect(isOff(world)).toBe(true);
    expect(error.message).toMatch(/argocd\/root/);
    expect(watchedOf(world)?.ok ?? false).toBe(false);
  });

  test('an answer is lost on the way back: it is paused again, and the next start looks', async () => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    world.mishaps = [{ of: 'keycloak', lost: 'after' }];
    expect((await failure(thaw(world.start(), sight))).code).toBe('no-answer');
    expect([isOff(world), isOff(world, ROOT)]).toEqual([true, true]);
    const work = world.start();
    await pauseAll(work, sight);
    await expectFrozenAgain(world, sight);
  });

  test('before it runs again: nothing has changed where the cluster cannot be asked', async () => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    const before = [world.get(APP), world.journal.length];
    world.keycloakDown = true;
    await failure(thaw(world.start(), sight));
    expect([world.get(APP), world.journal.length]).toEqual(before);
  });
});

describe('killed at any moment', () => {
  /** Runs work until it is killed at the n-th moment; true when it got to its end before. */
  async function killedAt(world: World, n: number, doing: (work: ClusterWork) => Promise<unknown>): Promise<boolean> {
    return doing(world.start(n)).then(() => true, (error: unknown) => {
      if (!(error instanceof Killed)) throw error;
      return false;
    });
  }

  /** Whatever is paused by us is known to the journal. */
  function expectKnown(world: World): void {
    const known = held(world.start());
    for (const spec of [APP, ROOT]) if (markOf(world, spec) !== undefined) expect(known).toContain(world.get(spec).metadata.name);
  }

  test('while it pauses: what is paused is known, the next start pauses the rest, and the thaw puts back what was there', async () => {
    for (let n = 0; ; n += 1) {
      const world = argoWorld();
      const sight = await world.look(MAP, STS);
      const through = await killedAt(world, n, (work) => pauseAll(work, sight));
      expectKnown(world);
      const again = world.start();
      await pauseAll(again, sight);
      expect([isOff(world), isOff(world, ROOT), held(again).toSorted(), open(again)]).toEqual([true, true, ['keycloak', 'root'], []]);
      expect(await thaw(world.start(), sight)).toBe(true);
      expect([policyOf(world), policyOf(world, ROOT), markOf(world), markOf(world, ROOT)]).toEqual([POLICY, ROOT_POLICY, undefined, undefined]);
      if (through) break;
      expect(n).toBeLessThan(200);
    }
  });

  test('while it thaws and all is well: the next start ends it', async () => {
    for (let n = 0; ; n += 1) {
      const world = argoWorld();
      const { sight } = await frozen(world);
      const through = await killedAt(world, n, (work) => thaw(work, sight));
      expectKnown(world);
      if (!through) expect(await thaw(world.start(), sight)).toBe(true);
      expect([policyOf(world), policyOf(world, ROOT), markOf(world), markOf(world, ROOT), held(world.start())]).toEqual([POLICY, ROOT_POLICY, undefined, undefined, []]);
      if (through) break;
      expect(n).toBeLessThan(300);
    }
  });

  test('before anything runs again, and git is merged after that: what git brings is announced all the same', async () => {
    for (let n = 0; ; n += 1) {
      const world = argoWorld();
      const { sight } = await frozen(world);
      await killedAt(world, n, (work) => thaw(work, sight));
      if (world.journal.some((event) => event.type === 'patch.intended' && event.patch.purpose === 'resume')) break;
      world.git.set(MAP, { data: { 'realm.json': '{"realm":"primary","clients":["auth-service"]}' } });
      expect({ n, ok: await thaw(world.start(), sight) }).toEqual({ n, ok: true });
      expect(policyOf(world)).toEqual(POLICY);
      expect(n).toBeLessThan(100);
    }
  });

  test.each<[string, () => World, Partial<ClusterWork>]>([
    ['overwrites the realm', staleWorld, {}],
    ['moves what nobody had announced, with no Keycloak to ask', () => {
      const world = argoWorld();
      world.write(MAP, { data: { 'realm.json': '{"realm":"primary","clients":["auth-service"]}' } });
      world.onSync = () => world.write(STS, { spec: { template: { metadata: { annotations: { checksum: '2' } } } } });
      return world;
    }, { fingerprint: null }],
  ])('while it thaws and the sync %s: the next start never calls that a no-op, it is paused again, and the policy is not lost', async (_name, make, without) => {
    for (let n = 0; ; n += 1) {
      const world = make();
      const { sight } = await frozen(world);
      const through = await killedAt(world, n, (work) => thaw({ ...work, ...without }, sight));
      expectKnown(world);
      // What was watched to its end is told already.
      const ok = watchedOf(world)?.ok ?? await thaw({ ...world.start(), ...without }, sight);
      expect({ n, ok, off: [isOff(world), isOff(world, ROOT)] }).toEqual({ n, ok: false, off: [true, true] });
      world.onSync = () => undefined;
      expect(await thaw({ ...world.start(), ...without }, sight)).toBe(true);
      expect([policyOf(world), policyOf(world, ROOT), markOf(world)]).toEqual([POLICY, ROOT_POLICY, undefined]);
      if (through) break;
      expect(n).toBeLessThan(300);
    }
  });
});

describe('the rest', () => {
  test('what is remembered goes to disk before anything is said of it, and its text into no journal', () => {
    const world = argoWorld();
    const work = world.start();
    const order: string[] = [];
    const version = { object: { resource: { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' }, namespace: 'iam', name: 'keycloak-realm' }, resourceVersion: '90', replacedBy: '100', lastWrite: null, changed: ['data["realm.json"]'] };
    recordRemembered({ ...work, store: { id: '8f2c', writeText: (file, text) => { order.push(file); work.store.writeText(file, text); } }, dispatch: (event) => { order.push(event.type); work.dispatch(event); } }, { versions: [{ ...version, name: 'remembered-configmap-iam-keycloak-realm-90', text: '{"secret":"s3cret"}' }], notes: ['a note'] });
    expect(order).toEqual(['cluster/remembered-configmap-iam-keycloak-realm-90.json', 'cluster.remembered']);
    expect(world.journal).toEqual([{ type: 'cluster.remembered', notes: ['a note'], versions: [{ ...version, file: 'cluster/remembered-configmap-iam-keycloak-realm-90.json', sha256: sha256('{"secret":"s3cret"}') }] }]);
    expect(world.texts.get('cluster/remembered-configmap-iam-keycloak-realm-90.json')).toBe('{"secret":"s3cret"}');
  });

  test('an operation is ended only where one runs', async () => {
    const world = argoWorld({ operation: { sync: {} }, status: { operationState: { phase: 'Running', startedAt: '2026-11-20T22:59:00Z', message: 'waiting for a hook' } } });
    world.idle = true;
    const before = world.get(ROOT);
    const sight = await world.look(MAP, STS);
    await terminateRunning(world.start(), sight);
    expect(at(world.get(APP), 'status', 'operationState', 'phase')).toBe('Terminating');
    expect(world.get(ROOT)).toEqual(before);
    expect(told(world).slice(0, 2)).toEqual([`patch.intended terminate ${APP}`, `patch.sent terminate ${APP} answer`]);
    // The controller stands still, so it goes on, and that is said.
    expect(world.journal.at(-1)).toMatchObject({ type: 'operations.ended', ended: [], running: [{ name: 'keycloak' }] });
    await terminateRunning(world.start(), sight);
    expect(told(world).filter((line) => line.startsWith('patch.intended'))).toHaveLength(1);
  });

  test('letting run again what runs already sends nothing', async () => {
    const world = argoWorld();
    const { work } = await frozen(world);
    const pauses = heldPauses(work.state());
    await resumeAll(work, pauses);
    const [before, length] = [world.get(APP), world.journal.length];
    await resumeAll(work, pauses);
    expect([world.get(APP), world.journal.length]).toEqual([before, length]);
  });

  test('what is not a refusal of the cluster is a bug, and is thrown as one', async () => {
    const world = argoWorld();
    const work = world.start();
    await expect(send(work, async () => { throw new TypeError('x is not a function'); })).rejects.toThrow(TypeError);
  });
});
