// A recovery that is told where the writer is found in a cluster: from the memory of the API server to the sync after the thaw.
import { describe, expect, test } from 'vitest';
import { heldPauses } from '../../src/runbook/cluster-state.ts';
import type { RunEvent } from '../../src/runbook/model.ts';
import { finishedExit } from '../../src/runbook/summary.ts';
import { replay, settle, transition } from '../../src/runbook/transition.ts';
import { accountOf, after, answered, APP, begun, checked, controller, intended, pauseOf, remembered, resume, resumed, ROOT, seen, sent, started, stepFailed, STORY, through, until, watched } from './cluster-story.ts';
import { captured, connected } from './fixtures.ts';

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

  test('nor is one asked that only reads for what others have paused: it looks, and says so', () => {
    const reading = [started({ from: 'configmap:iam/keycloak-realm' }, true), remembered];
    const [found, owner] = [controller(APP, 'applies', true), controller(ROOT, 'owner')];
    const paused = [...reading, seen({ controllers: [found, owner], pauses: [] }), connected];
    expect(after(...paused)).toBe('pause');
    const looked = [...paused, { type: 'pause.checked', checks: [] }] as const;
    expect(after(...looked)).toBe('capture');
    expect(replay(looked).steps.freeze).toEqual({ status: 'done', line: 'Argo CD application argocd/keycloak was paused already (automation off {prune})' });
    // What is still to be paused is not, whatever was answered.
    expect(after(...reading, seen({ controllers: [found, owner], pauses: [pauseOf(ROOT)] }), connected, answered(true))).toBe('ask freeze');
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
