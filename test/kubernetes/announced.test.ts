import { describe, expect, test } from 'vitest';
import { nameOf, type ObjectName } from '../../src/gitops/controllers/object.ts';
import { bringers, isBrought } from '../../src/kubernetes/announced.ts';
import type { SyncView } from '../../src/gitops/controllers/controller.ts';
import type { ControllerBefore, SyncBefore } from '../../src/runner/cluster.ts';

const controller = (object: ObjectName, more: Partial<ControllerBefore> = {}): ControllerBefore => ({ object, mark: 'never', revision: 'a', synced: true, differing: [], stuck: null, running: false, ...more });
const [APPS, RELEASE, APP] = [nameOf('kustomization', 'flux-system', 'apps'), nameOf('helmrelease', 'iam', 'keycloak'), nameOf('application', 'argocd', 'keycloak')];
const before = (...controllers: readonly ControllerBefore[]): SyncBefore => ({ controllers, objects: {}, jobs: [] });
const view = (more: Partial<SyncView>): SyncView => ({ revision: 'a', synced: true, idle: false, differing: [], mark: 'never', changed: [], hooks: [], whole: false, history: null, entries: [], running: false, trouble: null, ...more });

describe('what could have brought something', () => {
  const upper = controller(APPS, { above: true, synced: false, target: 'b' });
  const lower = controller(RELEASE);
  test.each<[string, SyncView | null, number]>([['has come to another revision', view({ revision: 'b' }), 2], ['stands where it stood', view({ trouble: 'build failed' }), 1], ['did not answer', null, 1]])('is what is above only where it %s', (_name, now, count) => {
    expect(bringers(before(lower, upper), [{ was: upper, view: now, open: null }])).toHaveLength(count);
  });
  test('is nothing that stays paused', () => expect(bringers(before(controller(RELEASE, { ours: false, paused: true })), [])).toEqual([]));
});

describe('what was brought', () => {
  const newer = controller(APPS, { above: true, synced: false });
  const values = controller(APP, { synced: false, differing: ['ConfigMap iam/values (OutOfSync)'] });
  const beside = controller(APPS, { synced: false });
  test.each<[string, ControllerBefore, ObjectName, boolean, boolean]>([
    ['a release, told something else or not', newer, RELEASE, false, true],
    ['an application only where it is told something else', newer, APP, false, false],
    ['an application that is', newer, APP, true, true],
    ['a release with values of a Kustomization beside it', beside, RELEASE, false, true],
    ['a release with values of an application', values, RELEASE, true, true],
    ['a release whose values stayed', values, RELEASE, false, false],
    ['a release in another namespace', values, nameOf('helmrelease', 'other', 'keycloak'), true, false],
  ])('%s', (_name, bringer, name, respecified, brought) => {
    const all = before(controller(name), bringer);
    expect(isBrought(all, [bringer], { name, respecified })).toBe(brought);
  });
});
