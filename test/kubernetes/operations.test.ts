import { describe, expect, test } from 'vitest';
import type { SyncView } from '../../src/gitops/controllers/controller.ts';
import { nameOf } from '../../src/gitops/controllers/object.ts';
import { operationsSince } from '../../src/kubernetes/operations.ts';

const SECOND = '2026-11-20T22:43:07Z';
const LATER = '2026-11-20T22:43:08Z';
const MAP = { kind: 'ConfigMap', namespace: 'iam', name: 'realm', message: 'configured' };
const was = { object: nameOf('application', 'argocd', 'keycloak'), mark: SECOND, revision: 'a', target: 'b', synced: false, running: true, differing: [], stuck: null, paused: false, ours: true, history: 3 };
const view = (rest: Partial<SyncView>): SyncView => ({ revision: 'b', synced: true, idle: false, differing: [], mark: SECOND, changed: [], hooks: [], running: false, trouble: null, whole: true, history: 3, entries: [{ number: 3, began: SECOND }], ...rest });
const left = (...began: readonly string[]): Partial<SyncView> => ({ history: 3 + began.length, entries: [{ number: 3, began: SECOND }, ...began.map((each, index) => ({ number: 4 + index, began: each }))] });
const did = (...views: readonly SyncView[]) => {
  const operations = operationsSince(was);
  for (const each of views) operations.see(each);
  return operations.did();
};

describe('what a controller did since the resume', () => {
  test('nothing, where only the operation from before is there', () => expect(did(view({}), view({ changed: [MAP] }))).toEqual({ acted: false, changed: [], hooks: [], unseen: 0 }));

  test('one that began in the second of the one before it is told by the entry that it leaves', () => expect(did(view({}), view({ ...left(SECOND), changed: [MAP] }))).toEqual({ acted: true, changed: [MAP], hooks: [], unseen: 0 }));

  test('what the first of two did is not forgotten', () => {
    const hook = { ...MAP, kind: 'Job', message: 'PostSync Running' };
    expect(did(view({ mark: LATER, hooks: [hook], running: true }), view({ mark: '2026-11-20T22:43:09Z', ...left(LATER), whole: false }))).toMatchObject({ acted: true, hooks: [hook], unseen: 0 });
  });

  test('a self-heal within the same second does not make the sync before it one that nobody saw', () => {
    expect(did(view({ mark: LATER, changed: [MAP], running: true }), view({ mark: LATER, ...left(LATER), whole: false }))).toEqual({ acted: true, changed: [MAP], hooks: [], unseen: 0 });
  });

  test('a whole sync between two looks is counted as not seen', () => expect(did(view({}), view({ mark: '2026-11-20T22:43:09Z', ...left(LATER, '2026-11-20T22:43:09Z') }))).toMatchObject({ acted: true, unseen: 1 }));
});
