// Pausing what is found, with everything that can come between: other writers, refusals, answers that are lost.
import { describe, expect, test } from 'vitest';
import { at, listAt } from '../../src/gitops/controllers/object.ts';
import { RescueError } from '../../src/realm/errors.ts';
import { heldPauses } from '../../src/runbook/cluster-state.ts';
import { thaw } from '../../src/runner/cluster-thaw.ts';
import { pauseAll } from '../../src/runner/cluster-work.ts';
import { kustomization, realmMap } from '../gitops/controllers/objects.ts';
import { failure } from '../harness/failure.ts';
import { APP, appSetWorld, argoWorld, frozen, held, isOff, MAP, markOf, open, POLICY, policyOf, PROJECT, ROOT, ROOT_POLICY, STS, told } from './cluster-worlds.ts';
import { openWorld, type World } from './fake-cluster.ts';

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

  test.each([['and the one above it, where git states the field', { suspend: false }, ['apps', 'keycloak']], ['alone, where git says nothing of it', {}, ['keycloak']]] as const)('Flux, by suspending it %s', async (_name, spec, paused) => {
    const child = kustomization({ spec });
    const world = openWorld([realmMap({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'keycloak', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' } }), child, { ...child, metadata: { name: 'apps', namespace: 'flux-system' } }]);
    const work = world.start();
    await pauseAll(work, await world.look(MAP));
    for (const name of ['apps', 'keycloak']) expect(at(world.get(`kustomization:flux-system/${name}`), 'spec', 'suspend') === true).toBe((paused as readonly string[]).includes(name));
    expect(held(work)).toEqual(paused);
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
  /** As controllers write the status all the time. */
  const churn = (world: World): void => world.write(APP, { status: { reconciledAt: `later ${world.get(APP).metadata.resourceVersion}` } }, 'argocd-application-controller');

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
