import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freezeLine, thawLine } from '../../src/runbook/cluster-lines.ts';
import { danglingPatches, evolveCluster, heldPauses, NO_CLUSTER, type ClusterState } from '../../src/runbook/cluster-state.ts';
import type { ClusterEvent } from '../../src/runbook/cluster-events.ts';
import { APP, controller, failed, intended, levels, pauseOf, ROOT, seen, sent } from './cluster-story.ts';

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
