// Two applications of one name in one AppProject. Argo CD knows them apart by nothing in a window, so the windows have to be told apart by us.
import { expect, test } from 'vitest';
import { listAt, nameOf, type KubeObject } from '../../src/gitops/controllers/object.ts';
import { olderWindows } from '../../src/gitops/controllers/windows.ts';
import type { Json, JsonObject } from '../../src/realm/json.ts';
import { heldPauses } from '../../src/runbook/cluster-state.ts';
import type { ClusterPatch } from '../../src/runbook/cluster.ts';
import { checkHeld, pauseAll, resumeAll, type ClusterWork } from '../../src/runner/cluster-work.ts';
import { windowNotes } from '../../src/kubernetes/window-notes.ts';
import { application } from '../gitops/controllers/objects.ts';
import { fakeApi } from '../kubernetes/fake-api.ts';
import { PROJECT } from './cluster-worlds.ts';
import { openWorld, type World } from './fake-cluster.ts';

const TEAM_A = 'application:team-a/keycloak';
const TEAM_B = 'application:team-b/keycloak';
const child = (namespace: string, rest: JsonObject = {}): KubeObject => application({ metadata: { namespace, ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'platform' }] }, ...rest });
const set = (namespace: string): KubeObject => ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', metadata: { name: 'platform', namespace }, spec: {} });
const project: KubeObject = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name: 'default', namespace: 'argocd' }, spec: { destinations: [] } };
const namesakes = (): World => openWorld([child('team-a'), child('team-b'), set('team-a'), set('team-b'), project]);
const windows = (world: World): readonly Json[] => listAt(world.get(PROJECT), 'spec', 'syncWindows');
const described = (world: World): readonly unknown[] => windows(world).map((window) => (window as JsonObject)['description']);

/** A record of its own: what it does is in no other's journal. */
async function frozenAs(world: World, id: string, spec: string): Promise<ClusterWork> {
  const work = { ...world.start(), store: { id, writeText: () => undefined } };
  const before = world.journal.length;
  await pauseAll(work, await world.look(spec));
  const own = world.journal.slice(before);
  return { ...work, state: () => ({ ...work.state(), made: work.state().made.filter(({ patch }) => own.some((event) => event.type === 'patch.intended' && event.patch.id === patch.id)) }) };
}

/** The pause of a record of an older version, which stands in the project. */
function olderPause(world: World, id: string, spec: string): ClusterPatch {
  const value = [{ kind: 'deny', schedule: '* * * * *', duration: '24h', applications: ['keycloak'], manualSync: false, description: `realm-rescue ${id}` }];
  world.write(PROJECT, { spec: { syncWindows: value } });
  return { id: `pause ${spec}`, purpose: 'pause', object: nameOf('appproject', 'argocd', 'default'), title: '', body: {}, field: ['spec', 'syncWindows'], previous: null, value, means: 'deny-window', application: 'keycloak' };
}

test('each has a window of its own, and a thaw of one leaves that of the other', async () => {
  const world = namesakes();
  const first = await frozenAs(world, '8f2c', TEAM_A);
  const second = await frozenAs(world, 'beef', TEAM_B);
  expect(described(world)).toEqual(['realm-rescue 8f2c for team-a/keycloak', 'realm-rescue beef for team-b/keycloak']);
  await resumeAll(first, heldPauses(first.state()));
  expect(described(world)).toEqual(['realm-rescue beef for team-b/keycloak']);
  await checkHeld(second);
  expect(world.journal.findLast((event) => event.type === 'patch.intended')?.patch.title).toBe('take the deny window for application team-a/keycloak out of AppProject argocd/default; that for team-b/keycloak stays, and stops it as well');
});

test('a window of an older version is no pause of the other one, and goes with the record that made it', async () => {
  const world = namesakes();
  const older = olderPause(world, '8f2c', TEAM_A);
  const second = await frozenAs(world, 'beef', TEAM_B);
  expect(described(world)).toEqual(['realm-rescue 8f2c', 'realm-rescue beef for team-b/keycloak']);
  await resumeAll(second, heldPauses(second.state()));
  expect(described(world)).toEqual(['realm-rescue 8f2c']);

  const again = await frozenAs(world, 'cafe', TEAM_B);
  const work = world.start();
  expect(await work.cluster.check([older])).toMatchObject([{ holds: true }]);
  await resumeAll(work, [older]);
  expect(described(world)).toEqual(['realm-rescue cafe for team-b/keycloak']);
  expect(await work.cluster.check([older])).toMatchObject([{ holds: false }]);
  await checkHeld(again);
});

test('a window of an older version is found and taken out also where no record is at hand', async () => {
  const world = namesakes();
  const { value: _value, ...older } = olderPause(world, '8f2c', TEAM_A);
  const work = world.start();
  const known: ClusterPatch = { ...older, value: null };
  expect(await work.cluster.check([known])).toMatchObject([{ holds: true }]);
  await resumeAll(work, [known]);
  expect(windows(world)).toEqual([]);
});

test('a record of an older version that is taken up again makes no second window', async () => {
  const world = namesakes();
  olderPause(world, '8f2c', TEAM_A);
  await pauseAll(world.start(), await world.look(TEAM_A));
  expect(olderWindows(windows(world), 'team-a/keycloak')).toEqual(windows(world));
});

test('who else is stopped is said: of the same project, and as far as it can be seen', async () => {
  const older = { kind: 'deny', schedule: '* * * * *', duration: '24h', applications: ['keycloak'], description: 'realm-rescue 8f2c' };
  const objects = [child('team-a'), child('team-b'), child('team-c', { spec: { project: 'other' } }), child('team-d', { status: { controllerNamespace: 'argocd-2' } }), { ...project, spec: { syncWindows: [older] } }];
  const pause = { id: TEAM_A, object: nameOf('appproject', 'argocd', 'default'), means: 'deny-window', application: 'keycloak', title: '' } as const;
  const stops = 'the deny window in AppProject argocd/default stops Application team-b/keycloak as well: Argo CD knows an application in a window by its name alone';
  const left = 'AppProject argocd/default has a deny window of record 8f2c for an application keycloak, without its namespace: it is left to that record, and stops every application of that name in the project until it is taken out';
  expect(await windowNotes(fakeApi(objects), [pause])).toEqual([stops, left]);
  expect(await windowNotes(fakeApi(objects, { forbidden: (verb) => verb === 'list' }), [pause])).toEqual([left]);
  expect(await windowNotes(fakeApi(objects), [{ ...pause, means: 'automation-off' }])).toEqual([]);
});
