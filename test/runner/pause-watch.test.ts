// Which pauses are looked at again, and when: also those that somebody else has made.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RescueError } from '../../src/realm/errors.ts';
import { NO_CLUSTER } from '../../src/runbook/cluster-state.ts';
import type { ClusterPatch, ClusterSight, PauseCheck } from '../../src/runbook/cluster.ts';
import { foundPauses } from '../../src/runbook/found-pauses.ts';
import type { RunEvent } from '../../src/runbook/model.ts';
import { replay } from '../../src/runbook/transition.ts';
import { standsEveryTurn, watchPauses } from '../../src/runner/pause-watch.ts';
import type { EffectContext } from '../../src/runner/context.ts';
import { accountOf, answered, APP, checked, controller, remembered, seen, started } from '../runbook/cluster-story.ts';
import { connected } from '../runbook/fixtures.ts';

const sightOf = (event: RunEvent): ClusterSight => {
  if (event.type !== 'cluster.seen') throw new Error('no sight');
  return event.sight;
};
const every = (...seconds: readonly number[]): ClusterSight => sightOf(seen({ controllers: seconds.map((interval) => ({ ...controller(APP, 'applies', true), interval })), pauses: [] }));
const told = (holds: boolean) => (pauses: readonly ClusterPatch[]): PauseCheck[] => pauses.map(({ id }) => ({ id, holds, because: holds ? '' : 'it runs again' }));

describe('a freeze that waits for each turn', () => {
  async function waited(sight: ClusterSight, looks: number): Promise<readonly number[]> {
    const waits: number[] = [];
    const check = async (pauses: readonly ClusterPatch[]) => told(waits.length < looks)(pauses);
    await standsEveryTurn({ cluster: { check }, sight, work: null, wait: async (milliseconds) => { waits.push(milliseconds); } }).catch((error: unknown) => expect(error).toMatchObject({ code: 'changed-meanwhile' }));
    return waits;
  }

  test('looks at the interval of the quickest, never without a pause, until the slowest had its turn', async () => expect(await waited(every(0, 3), 99)).toEqual([1000, 1000, 1000]));

  test('looks every 15 s meanwhile, and ends where a pause is gone', async () => {
    expect(await waited(every(40), 99)).toEqual([15_000, 15_000, 10_000]);
    expect(await waited(every(720 * 3600), 3)).toEqual([15_000, 15_000, 15_000]);
  });

  test('goes on where the cluster is away for a moment; at the end it has to answer', async () => {
    const away = new RescueError('unreachable', 'The API server does not answer.');
    const standing = (failing: (looks: number) => boolean) => {
      let looks = 0;
      return standsEveryTurn({ cluster: { check: async (pauses) => { looks += 1; if (failing(looks)) throw away; return told(true)(pauses); } }, sight: every(40), work: null, wait: async () => undefined }).then(() => looks);
    };
    expect(await standing((looks) => looks < 3)).toBe(3);
    await expect(standing((looks) => looks === 3)).rejects.toBe(away);
  });

  test('tells the journal of a look when a controller has had its turn, or a pause is gone', async () => {
    const said: RunEvent[] = [];
    const work = { state: () => NO_CLUSTER, dispatch: (event: RunEvent) => void said.push(event) };
    const standing = (looks: number) => standsEveryTurn({ cluster: { check: async (pauses) => told(looks-- > 0)(pauses) }, sight: every(20, 40), work, wait: async () => undefined });
    await standing(99);
    await expect(standing(3)).rejects.toMatchObject({ code: 'changed-meanwhile' });
    expect(said.map((event) => (event.type === 'pause.checked' ? event.after : event.type))).toEqual([20, 40, 20, 40]);
  });
});

describe('what was found paused', () => {
  const window = { id: 'application:argocd/keycloak', object: APP, means: 'deny-window', application: 'keycloak', title: 'deny window' } as const;
  const sight = sightOf(seen({ controllers: [controller(APP, 'applies')], pauses: [window] }));

  test('is a window that stood already, once windows were made; not before, and not where nobody wants a pause', () => {
    const ids = (pause: boolean | null) => foundPauses({ ...NO_CLUSTER, sight, pause }).map(({ id, means }) => `${id} ${means ?? ''}`);
    expect([ids(true), ids(null), ids(false)]).toEqual([['pause application:argocd/keycloak deny-window'], [], []]);
  });

  test('is a controller that was seen so', () => expect(foundPauses({ ...NO_CLUSTER, sight: every(180) }).map(({ id }) => id)).toEqual(['pause application:argocd/keycloak']));
});

describe('a run', () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  /** What it tells its journal within the interval of the controller, where the writer that was paused before runs again. */
  async function toldBy(...events: readonly RunEvent[]): Promise<readonly RunEvent[]> {
    const said: RunEvent[] = [];
    const state = replay([started(), remembered, seen({ controllers: [{ ...controller(APP, 'applies', true), interval: 5 }], pauses: [] }), connected, answered(true), checked(), ...events]);
    const stop = watchPauses({ ports: { now: Date.now, cluster: { check: async (pauses: readonly ClusterPatch[]) => told(false)(pauses) } }, state: () => state, dispatch: (event: RunEvent) => void said.push(event) } as unknown as EffectContext);
    await vi.advanceTimersByTimeAsync(6000);
    stop();
    return said;
  }

  test('notices that what was paused before it runs again', async () => expect(await toldBy()).toEqual([{ type: 'pause.checked', checks: [{ id: 'pause application:argocd/keycloak', holds: false, because: 'it runs again' }], after: 5 }]));

  test('does not when it has accounted and says itself how to let it run', async () => expect(await toldBy(accountOf(true))).toEqual([]));
});
