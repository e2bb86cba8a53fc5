import { describe, expect, test } from 'vitest';
import { at, listAt } from '../../src/gitops/controllers/object.ts';
import { sha256 } from '../../src/realm/canonical.ts';
import { RescueError } from '../../src/realm/errors.ts';
import { freezeLine } from '../../src/runbook/cluster-lines.ts';
import { heldPauses } from '../../src/runbook/cluster-state.ts';
import type { RunEvent } from '../../src/runbook/model.ts';
import { replay } from '../../src/runbook/transition.ts';
import { thaw } from '../../src/runner/cluster-thaw.ts';
import { checkHeld, lookAfter, pauseAll, recordRemembered, resumeAll, send, terminateRunning, type ClusterWork } from '../../src/runner/cluster-work.ts';
import { failure } from '../harness/failure.ts';
import { connected, run, settings } from '../runbook/fixtures.ts';
import { APP, appSetWorld, argoWorld, frozen, held, isOff, MAP, markOf, open, POLICY, policyOf, PROJECT, ROOT, ROOT_POLICY, staleWorld, STS, told, watchedOf } from './cluster-worlds.ts';
import { hasOurWindow, Killed, type World } from './fake-cluster.ts';

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
    expect(hasOurWindow(world.get(PROJECT), 'argocd/keycloak')).toBe(true);
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

  test('an operation that may not be ended: what stands paused is named, with the way back', async () => {
    const world = appSetWorld();
    world.write(APP, { operation: { sync: {} } });
    world.idle = true;
    const sight = await world.look(MAP);
    const work = world.start();
    await pauseAll(work, sight);
    world.mishaps.push({ of: 'keycloak', refused: new RescueError('missing-role', 'oncall may not patch applications.', ['Grant it.']) });
    const error = await failure(terminateRunning(work, sight));
    expect([error.code, error.message, error.next]).toEqual(['missing-role', 'oncall may not patch applications. Still paused: application keycloak, by a deny window in AppProject argocd/default.', ['Grant it.', 'To let them run again: realm-rescue thaw 8f2c']]);
    expect(at(world.get(APP), 'operation')).toEqual({ sync: {} });
  });

  describe('an operation that has not begun', () => {
    // As argocd app sync --local asks for it, and as a rollback does.
    const asked = { initiatedBy: { username: 'kim' }, sync: { revision: '4f1d2c7', manifests: ['{"kind":"Secret","stringData":{"password":"s3cret"}}'], source: { helm: { parameters: [{ name: 'admin.password', value: 's3cret' }] } } } };

    test('is taken back without anything of it but who asked for what on record', async () => {
      const world = argoWorld({ operation: asked });
      world.idle = true;
      await terminateRunning(world.start(), await world.look(MAP, STS));
      expect(at(world.get(APP), 'operation')).toBeUndefined();
      expect(world.journal[0]).toMatchObject({ type: 'patch.intended', patch: { previous: { initiatedBy: { username: 'kim' }, sync: { revision: '4f1d2c7' }, sha256: expect.stringMatching(/^sha256:/) }, value: null } });
      expect(JSON.stringify(world.journal)).not.toMatch(/s3cret|manifests|parameters/);
    });

    test('is left alone where another one has taken its place since, of the same revision too', async () => {
      const world = argoWorld({ operation: asked });
      world.idle = true;
      const sight = await world.look(MAP, STS);
      const theirs = { ...asked, sync: { ...asked.sync, manifests: ['{"kind":"ConfigMap"}'] } };
      world.mishaps.push({ of: 'keycloak', first: () => world.write(APP, { operation: theirs }) });
      expect(await failure(terminateRunning(world.start(), sight))).toMatchObject({ code: 'changed-meanwhile' });
      expect(at(world.get(APP), 'operation')).toEqual(theirs);
    });

    test('is known to have gone after a crash between the patch and its answer', async () => {
      const world = argoWorld({ operation: asked });
      world.idle = true;
      world.mishaps.push({ of: 'keycloak', lost: 'after' });
      await failure(terminateRunning(world.start(), await world.look(MAP, STS)));
      const again = world.start();
      await lookAfter(again);
      expect([told(world).at(-1), open(again)]).toEqual([`patch.sent terminate ${APP} look`, []]);
    });
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
