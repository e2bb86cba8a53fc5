// A recovery that is told where the writer is found in a cluster: from the memory of the API server to the sync after the thaw.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameOf } from '../../src/gitops/controllers/object.ts';
import { freezeLine, thawLine } from '../../src/runbook/cluster-lines.ts';
import { danglingPatches, evolveCluster, heldPauses, NO_CLUSTER, type ClusterState } from '../../src/runbook/cluster-state.ts';
import type { ClusterPatch, ClusterSight, NoOpLevel, Pause, SeenController } from '../../src/runbook/cluster.ts';
import type { ClusterEvent } from '../../src/runbook/cluster-events.ts';
import type { RunEvent, RunSettings, RunState } from '../../src/runbook/model.ts';
import { finishedExit } from '../../src/runbook/summary.ts';
import { replay, settle, transition } from '../../src/runbook/transition.ts';
import { captured, connected, run, settings, triaged } from './fixtures.ts';

const APP = nameOf('application', 'argocd', 'keycloak');
const ROOT = nameOf('application', 'argocd', 'root');
const pauseOf = (object: typeof APP, id = `application:argocd/${object.name}`): Pause => ({ id, object, means: 'automation-off', title: `automation off on Argo CD application argocd/${object.name}, which is automated {prune}` });
const controller = (object: typeof APP, role: SeenController['role'], paused = false): SeenController => ({ object, title: 'Argo CD application', role, because: 'tracking id of ConfigMap iam/keycloak-realm', automation: paused ? 'automation off {prune}' : 'automated {prune}', paused, running: null, revision: null });
const SIGHT: ClusterSight = {
  context: 'prod-eu', server: 'https://k8s.example.com', user: 'oncall', source: 'configmap:iam/keycloak-realm', lastWrite: null, objects: [nameOf('configmap', 'iam', 'keycloak-realm')],
  controllers: [controller(APP, 'applies'), controller(ROOT, 'owner')], pauses: [pauseOf(ROOT), pauseOf(APP)], risks: [], notes: [], mayPause: true, role: null,
};
const POLICY = { automated: { prune: true } };
const OFF = { automated: { prune: true, enabled: false } };
const patchOf = (purpose: 'pause' | 'resume', object: typeof APP): ClusterPatch => ({
  id: `${purpose} application:argocd/${object.name}`, purpose, object, title: `${purpose} ${object.name}`, body: {}, field: ['spec', 'syncPolicy'], previous: purpose === 'pause' ? POLICY : OFF, value: purpose === 'pause' ? OFF : POLICY, means: 'automation-off',
});
const idOf = (purpose: 'pause' | 'resume', object: typeof APP): string => patchOf(purpose, object).id;
const intended = (purpose: 'pause' | 'resume', object = APP): ClusterEvent => ({ type: 'patch.intended', patch: patchOf(purpose, object) });
const sent = (purpose: 'pause' | 'resume', object = APP): ClusterEvent => ({ type: 'patch.sent', id: idOf(purpose, object), resourceVersion: '611', found: 'answer' });
const failed = (purpose: 'pause' | 'resume', object = APP): ClusterEvent => ({ type: 'patch.failed', id: idOf(purpose, object), failure: { code: 'changed-meanwhile', title: 'x', next: [] } });
const checked = (...broken: readonly string[]): ClusterEvent => ({ type: 'pause.checked', checks: [ROOT, APP].map((object) => ({ id: idOf('pause', object), holds: !broken.includes(object.name), because: broken.includes(object.name) ? `Application argocd/${object.name} is automated {prune} again` : '' })) });

const remembered: RunEvent = { type: 'cluster.remembered', versions: [], notes: [] };
const seen = (rest: Partial<ClusterSight> = {}): RunEvent => ({ type: 'cluster.seen', sight: { ...SIGHT, ...rest } });
const answered = (pause: boolean): RunEvent => ({ type: 'pause.answered', pause, by: 'person' });
const resume = (yes: boolean): RunEvent => ({ type: 'resume.answered', resume: yes, by: 'person' });
const started = (given: Partial<RunSettings> = { from: 'configmap:iam/keycloak-realm' }, readOnly = false): RunEvent => ({ type: 'run.started', run: { ...run, readOnly, settings: { ...settings, ...given } } });
const resumed = (given: Partial<RunSettings> = {}): RunEvent => ({ type: 'run.resumed', pid: 1, tool: '0.1.0', mode: 'interactive', settings: { ...settings, from: 'configmap:iam/keycloak-realm', ...given } });
const stepFailed = (step: 'freeze' | 'connect' | 'thaw', code: 'missing-role' | 'changed-meanwhile' | 'unreachable' = 'missing-role'): RunEvent => ({ type: 'step.failed', step, failure: { code, title: 'it failed', next: [] } });
const levels = (controller: boolean | null, cluster: boolean | null, realm: boolean | null): readonly NoOpLevel[] => [{ level: 'controller', noOp: controller, because: 'a' }, { level: 'cluster', noOp: cluster, because: 'b' }, { level: 'realm', noOp: realm, because: 'c' }];
const watched = (ok: boolean): RunEvent => ({ type: 'sync.watched', levels: levels(true, true, ok), changes: ok ? [] : ['ConfigMap iam/keycloak-realm (configured)'], revisions: '4f1d2c7 → b77e90a', ok });
const accountOf = (ok: boolean): RunEvent => ({ type: 'account.done', account: { sessionsBefore: 1, sessionsAfter: 1, sessionsLost: [], sessionsNew: 0, keysUnchanged: ok, clientIdsUnchanged: true, moved: [], notes: [], ok } });

/** A run in which git and live agree already, so that Freeze and Thaw are what there is to it: what is under way, and what comes of it. */
const STORY: readonly (readonly [underWay: string, ...events: RunEvent[]])[] = [
  ['remember', remembered], ['find-writer', seen()], ['connect', connected], ['ask pause', answered(true)],
  ['pause', intended('pause', ROOT), sent('pause', ROOT), intended('pause'), failed('pause'), intended('pause'), sent('pause'), checked()],
  ['capture', { type: 'capture.succeeded', captured: captured('live-before') }], ['triage', triaged],
  ['find-evidence', { type: 'evidence.found', candidates: [] }], ['ask evidence', { type: 'evidence.chosen', specs: ['file:realm.json'], by: 'person' }],
  ['read-evidence', { type: 'evidence.read', evidence: [{ spec: 'file:realm.json', source: 'file:realm.json', completeness: 'stated', file: 'snapshots/evidence-1.json', sha256: 'x', capturedAt: run.startedAt, counts: {}, notes: [] }] }],
  ['compare', { type: 'compare.done', differences: [], order: [] }],
  ['account', { type: 'capture.succeeded', captured: captured('live-after') }, checked(), accountOf(true)], ['export', { type: 'export.skipped', because: 'no repository was named' }],
  ['ask resume', resume(true)],
  ['resume', intended('resume'), sent('resume'), intended('resume', ROOT), sent('resume', ROOT), watched(true)],
  ['finish', { type: 'run.finished', exit: 0, summary: { restored: 0, proven: 0, failed: 0, left: 0, sessionsBefore: 1, sessionsAfter: 1, export: null, session: '8f2c' } }],
];

const underWay = (state: RunState): string => {
  const { state: now, effects: [effect] } = settle(state);
  return effect?.type ?? (now.question === null ? 'ended' : `ask ${now.question.kind}`);
};
/** What a run that had these events does next. */
const after = (...events: readonly RunEvent[]): string => underWay(replay(events));
const until = (name: string): readonly RunEvent[] => [started(), ...STORY.slice(0, STORY.findIndex(([of]) => of === name)).flatMap(([, ...events]) => events)];
/** The first events of what was under way. */
const begun = (name: string, length: number): readonly RunEvent[] => STORY.flatMap(([of, ...events]) => (of === name ? events.slice(0, length) : []));
const through = (name: string): readonly RunEvent[] => [started(), ...STORY.slice(0, STORY.findIndex(([of]) => of === name) + 1).flatMap(([, ...events]) => events)];

describe('the order', () => {
  test('is remember, look for the writer, log in, ask, pause, and only then capture; and at the end resume', () => {
    let events: readonly RunEvent[] = [started()];
    for (const [name, ...made] of STORY) {
      expect(after(...events)).toBe(name);
      events = [...events, ...made];
    }
    expect(after(...events)).toBe('ended');
  });

  test.each([[null], [undefined]])('without --from (%s) no cluster is asked', (from) => {
    const given = from === undefined ? started({}) : started({ from });
    expect(after(given)).toBe('connect');
    expect(after(given, connected)).toBe('ask freeze');
  });

  test('nothing is captured before the writer is paused, whatever else is known', () => {
    const events = until('capture');
    for (let length = 1; length < events.length; length += 1) expect(after(...events.slice(0, length))).not.toBe('capture');
  });

  test('the word is the name of what applies the realm, not of its owner', () => {
    for (const name of ['ask pause', 'ask resume']) expect(replay(until(name)).question).toMatchObject({ word: 'keycloak' });
  });

  test('the question shows what will be patched', () => expect(replay(until('ask pause')).question).toMatchObject({ kind: 'pause', sight: { pauses: [{ id: 'application:argocd/root' }, { id: 'application:argocd/keycloak' }] } }));
});

describe('a run that is killed', () => {
  const all: readonly RunEvent[] = [started(), ...STORY.flatMap(([, ...events]) => events)];

  test('after any event gives the state that was lived', () => {
    let lived = replay([]);
    for (const [index, event] of all.slice(0, -1).entries()) {
      lived = transition(lived, event).state;
      expect(replay(all.slice(0, index + 1))).toEqual(lived);
    }
  });

  /** Before it is frozen another process may as well look for the writer again, and ask again: never less than what was under way. */
  const BEFORE_FROZEN: Readonly<Record<string, readonly string[]>> = { 'connect': ['find-writer'], 'ask pause': ['find-writer'], 'pause': ['find-writer'] };
  const goesOn = (events: readonly RunEvent[], name: string): void => {
    expect(after(...events)).toBe(name);
    expect([name, ...(BEFORE_FROZEN[name] ?? [])]).toContain(after(...events, resumed()));
  };

  test.each(STORY.flatMap(([name, ...events]) => events.slice(0, -1).map((event, index) => [name, index + 1, event.type] as const)))('in %s, after event %i (%s), goes on with it', (name, length) => goesOn([...until(name), ...begun(name, length)], name));

  test.each(STORY.slice(0, -1).map(([name], index) => [name, STORY[index + 1]?.[0] ?? ''] as const))('after %s goes on with %s', (name, next) => goesOn(through(name), next));

  test('while it pauses, pauses the rest or asks again, and what it has paused already stays known', () => {
    for (const length of [0, 1, 2, 4, 6]) {
      const events = [...until('pause'), ...begun('pause', length)];
      expect(['pause', 'ask pause']).toContain(after(...events, resumed(), seen()));
      // What is all paused by now needs no word.
      expect(after(...events, resumed(), seen({ pauses: [] }))).toBe('pause');
      expect(heldPauses(replay([...events, resumed(), seen()]).cluster)).toEqual(heldPauses(replay(events).cluster));
    }
  });

  test('and was not finished never says that the writer runs again before its sync was watched', () => {
    for (const length of [1, 2, 3, 4]) {
      const state = replay([...until('resume'), ...begun('resume', length), resumed()]);
      expect(state.steps.thaw.status).not.toBe('done');
      expect(state.thaw.equal).toBeNull();
    }
  });
});

describe('when the writer is not to be paused', () => {
  test('Esc leads to the stated freeze, and what is stated is kept', () => {
    const left = [...until('pause').slice(0, -1), answered(false)];
    expect(after(...left)).toBe('ask freeze');
    const stated = [...left, { type: 'freeze.stated', statement: 'root and keycloak are paused by hand', by: 'person' }] as const;
    expect(after(...stated)).toBe('capture');
    expect(replay(stated).steps.freeze).toEqual({ status: 'done', line: 'stated: root and keycloak are paused by hand' });
    // Nothing of ours is held, so nothing of ours is resumed.
    expect(heldPauses(replay(stated).cluster)).toEqual([]);
    expect(after(...stated, ...STORY.slice(STORY.findIndex(([of]) => of === 'capture'), STORY.findIndex(([of]) => of === 'ask resume')).flatMap(([, ...events]) => events.filter(({ type }) => type !== 'pause.checked')))).toBe('ask thaw');
  });

  test('a run that only reads never pauses', () => {
    const reading = [started({ from: 'configmap:iam/keycloak-realm' }, true), remembered, seen(), connected];
    expect(after(...reading)).toBe('ask freeze');
    expect(after(...reading, answered(true))).toBe('ask freeze');
    expect(after(started({ from: 'configmap:iam/keycloak-realm' }, true), remembered, seen({ pauses: [] }), connected)).toBe('ask freeze');
  });

  test('where no controller is found it is stated', () => {
    expect(after(started(), remembered, seen({ controllers: [], pauses: [] }), connected)).toBe('ask freeze');
  });

  test('all paused already: no word is needed, and it is only looked at', () => {
    const paused = [started(), remembered, seen({ controllers: [controller(APP, 'applies', true), controller(ROOT, 'owner', true)], pauses: [] }), connected];
    expect(after(...paused)).toBe('pause');
    const done = [...paused, { type: 'pause.checked', checks: [] }] as const;
    expect(after(...done)).toBe('capture');
    expect(replay(done).steps.freeze).toEqual({ status: 'done', line: 'Argo CD application argocd/keycloak was paused already (automation off {prune}); Argo CD application argocd/root was paused already (automation off {prune})' });
  });

  test('some paused already: the word is asked for the others', () => {
    expect(after(started(), remembered, seen({ controllers: [controller(APP, 'applies'), controller(ROOT, 'owner', true)], pauses: [pauseOf(APP)] }), connected)).toBe('ask pause');
  });
});

describe('when pausing fails', () => {
  const attempt = [...until('pause'), intended('pause', ROOT), sent('pause', ROOT)];
  const retried: RunEvent = { type: 'step.retried', step: 'freeze', by: 'person' };

  test('it is said, and nothing is captured', () => expect(after(...attempt, stepFailed('freeze'))).toBe('ask failure'));

  test('a second try looks at the cluster anew: rights and controllers may be others by now', () => {
    expect(after(...until('pause'), stepFailed('freeze'), retried)).toBe('find-writer');
    expect(after(...until('pause'), stepFailed('freeze'), resumed())).toBe('find-writer');
  });

  test.each([['tried again', retried], ['resumed', resumed()]])('somebody without the right can still state that it is paused by hand: %s', (_name, again) => {
    const lacking = [started(), remembered, seen({ mayPause: false, role: 'kind: Role' }), connected, answered(true), stepFailed('freeze'), again, seen({ mayPause: false, role: 'kind: Role' })];
    expect(after(...lacking)).toBe('ask pause');
    expect(after(...lacking, answered(false))).toBe('ask freeze');
    expect(after(...lacking, answered(false), { type: 'freeze.stated', statement: 'by the platform team', by: 'person' })).toBe('capture');
  });

  test('a pause that was taken back is no freeze', () => {
    const reverted = [...attempt, intended('pause'), sent('pause'), checked('keycloak')];
    expect(replay(reverted).frozen).toBeUndefined();
    expect(after(...reverted)).toBe('pause');
    expect(['pause', 'find-writer']).toContain(after(...reverted, resumed()));
  });

  test('nor is one that held at the first look and not at the second', () => {
    const reverted = [...attempt, intended('pause'), sent('pause'), checked(), checked('keycloak'), stepFailed('freeze', 'changed-meanwhile')];
    expect(after(...reverted, retried)).not.toBe('capture');
    expect(after(...reverted, resumed())).not.toBe('capture');
    expect(replay(reverted).steps.freeze.status).toBe('failed');
  });

  test('a look that fails later on does not unsay what was captured', () => {
    const later = [...until('account'), { type: 'capture.succeeded', captured: captured('live-after') } as const, checked('keycloak'), { type: 'step.failed', step: 'account', failure: { code: 'changed-meanwhile', title: 'A pause was taken back.', next: [] } } as const];
    expect(after(...later)).toBe('ask failure');
    expect(replay(later).snapshots['live-before']).toBeDefined();
  });
});

describe('what the journal says is paused', () => {
  const fold = (...events: readonly ClusterEvent[]): ClusterState => events.reduce(evolveCluster, NO_CLUSTER);
  const held = (...events: readonly ClusterEvent[]): readonly string[] => heldPauses(fold(...events)).map(({ object }) => object.name);
  const open = (...events: readonly ClusterEvent[]): readonly string[] => danglingPatches(fold(...events)).map(({ id }) => id);
  const paused = [intended('pause'), sent('pause')];
  const back = [intended('resume'), sent('resume')];

  test.each<[string, readonly ClusterEvent[], readonly string[], readonly string[]]>([
    ['nothing', [], [], []],
    // What may have happened counts until somebody has looked.
    ['about to', [intended('pause')], ['keycloak'], ['pause application:argocd/keycloak']],
    ['paused', paused, ['keycloak'], []],
    ['refused', [intended('pause'), failed('pause')], [], []],
    ['refused, and paused at the second try', [intended('pause'), failed('pause'), ...paused], ['keycloak'], []],
    ['both, owners first', [intended('pause', ROOT), sent('pause', ROOT), ...paused], ['root', 'keycloak'], []],
    ['about to run again', [...paused, intended('resume')], ['keycloak'], ['resume application:argocd/keycloak']],
    ['running again', [...paused, ...back], [], []],
    ['not let run again', [...paused, intended('resume'), failed('resume')], ['keycloak'], []],
    ['paused again', [...paused, ...back, ...paused], ['keycloak'], []],
    ['paused again, and about to run', [...paused, ...back, ...paused, intended('resume')], ['keycloak'], ['resume application:argocd/keycloak']],
    ['paused again, and running again', [...paused, ...back, ...paused, ...back], [], []],
    ['paused again did not work', [...paused, ...back, intended('pause'), failed('pause')], [], []],
    ['one of two runs again', [intended('pause', ROOT), sent('pause', ROOT), ...paused, ...back], ['root'], []],
    ['something that nobody intended', [sent('pause'), failed('resume', ROOT)], [], []],
  ])('%s', (_name, events, holds, dangles) => {
    expect(held(...events)).toEqual(holds);
    expect(open(...events)).toEqual(dangles);
  });

  test('in the order of the latest pauses, because they are taken back in the opposite one', () => {
    const twice = [intended('pause', ROOT), sent('pause', ROOT), ...paused, ...back, intended('resume', ROOT), sent('resume', ROOT)];
    expect(held(...twice, intended('pause', ROOT), sent('pause', ROOT), ...paused)).toEqual(['root', 'keycloak']);
    expect(held(...twice, ...paused, intended('pause', ROOT), sent('pause', ROOT))).toEqual(['keycloak', 'root']);
  });

  test('holds after any course of pauses and resumes what a ledger of them says', () => {
    const moves = fc.array(fc.tuple(fc.constantFrom('pause', 'resume'), fc.constantFrom(APP, ROOT), fc.constantFrom('sent', 'failed', 'open')), { maxLength: 12 });
    fc.assert(fc.property(moves, (made) => {
      const events: ClusterEvent[] = [];
      const ledger = new Map<string, { paused: boolean; unsure: boolean }>();
      for (const [purpose, object, end] of made) {
        const now = ledger.get(object.name) ?? { paused: false, unsure: false };
        // As the runner does it: nothing is paused twice or resumed twice, and what is open is looked at before anything else.
        if (now.unsure || now.paused === (purpose === 'pause')) continue;
        events.push(intended(purpose, object), ...(end === 'sent' ? [sent(purpose, object)] : end === 'failed' ? [failed(purpose, object)] : []));
        ledger.set(object.name, { paused: end === 'sent' ? purpose === 'pause' : now.paused || (end === 'open' && purpose === 'pause'), unsure: end === 'open' });
      }
      expect([...held(...events)].sort()).toEqual([...ledger].filter(([, { paused: is }]) => is).map(([name]) => name).sort());
      expect(open(...events)).toHaveLength([...ledger.values()].filter(({ unsure }) => unsure).length);
    }), { numRuns: 500 });
  });
});

describe('the thaw', () => {
  test('left: the writer stays paused, the line says how it is resumed later, and the run ends as it went', () => {
    const left = [...until('ask resume'), resume(false)];
    expect(replay(left).steps.thaw).toEqual({ status: 'skipped', line: 'not yet: the writer stays paused; when git is merged: realm-rescue thaw 8f2c' });
    expect(settle(replay(left)).effects).toMatchObject([{ type: 'finish', exit: 0 }]);
    expect(heldPauses(replay(left).cluster).map(({ object }) => object.name)).toEqual(['root', 'keycloak']);
  });

  test('a no-op: done, and exit code 0', () => {
    expect(replay(through('resume')).steps.thaw).toEqual({ status: 'done', line: 'synced 4f1d2c7 → b77e90a: controller no-op · cluster no-op · realm no-op' });
    expect(settle(replay(through('resume'))).effects).toMatchObject([{ type: 'finish', exit: 0 }]);
  });

  const notNoOp = [...until('resume'), intended('resume'), sent('resume'), intended('resume', ROOT), sent('resume', ROOT), intended('pause', ROOT), sent('pause', ROOT), intended('pause'), sent('pause'), checked(), watched(false)];
  test('no no-op: failed, exit code 4, and what was paused again is held', () => {
    const state = replay(notNoOp);
    expect(state.steps.thaw).toEqual({ status: 'failed', line: 'synced 4f1d2c7 → b77e90a: controller no-op · cluster no-op · realm CHANGED: ConfigMap iam/keycloak-realm (configured)' });
    expect(finishedExit(state)).toBe(4);
    expect(settle(state).effects).toMatchObject([{ type: 'finish', exit: 4 }]);
    expect(heldPauses(state.cluster).map(({ object }) => object.name)).toEqual(['root', 'keycloak']);
  });

  test('no no-op: it is not said that automation is on', () => expect(replay(notNoOp).thaw.statement ?? '').not.toMatch(/is on/));

  test('a no-op mends no account that is not in order', () => {
    const events = through('resume').map((event) => (event.type === 'account.done' ? accountOf(false) : event));
    expect(finishedExit(replay(events))).toBe(4);
  });

  test('a sync that could not be watched is asked about, and watched again', () => {
    const lost = [...until('resume'), intended('resume'), sent('resume'), intended('resume', ROOT), sent('resume', ROOT), intended('pause', ROOT), sent('pause', ROOT), intended('pause'), sent('pause'), checked(), stepFailed('thaw', 'unreachable')];
    expect(after(...lost)).toBe('ask failure');
    expect(after(...lost, { type: 'step.retried', step: 'thaw', by: 'person' })).toBe('resume');
    expect(after(...lost, resumed())).toBe('resume');
  });
});

describe('in one line', () => {
  const state = (...events: readonly ClusterEvent[]): ClusterState => [seen() as ClusterEvent, ...events].reduce(evolveCluster, NO_CLUSTER);

  test('what is paused by us, and what was before', () => {
    expect(freezeLine(state(intended('pause', ROOT), sent('pause', ROOT), intended('pause'), sent('pause')))).toBe('pause root; pause keycloak');
    expect(freezeLine([seen({ controllers: [controller(APP, 'applies'), controller(ROOT, 'owner', true)], pauses: [pauseOf(APP)] }) as ClusterEvent, intended('pause'), sent('pause')].reduce(evolveCluster, NO_CLUSTER))).toBe('pause keycloak; Argo CD application argocd/root was paused already (automation off {prune})');
  });

  test.each<[string, Parameters<typeof levels>, string]>([
    ['all', [true, true, true], 'synced a → b: controller no-op · cluster no-op · realm no-op'],
    ['one not looked at', [true, true, null], 'synced a → b: controller no-op · cluster no-op · realm not looked at'],
    ['one changed', [true, false, true], 'synced a → b: controller no-op · cluster CHANGED · realm no-op: one; two; three'],
  ])('what the sync did: %s', (_name, of, line) => {
    const ok = !of.includes(false);
    expect(thawLine({ type: 'sync.watched', levels: levels(...of), changes: ok ? [] : ['one', 'two', 'three', 'four'], revisions: 'a → b', ok })).toBe(line);
  });
});
