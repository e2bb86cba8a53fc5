/** The effects that touch the cluster. */
import { sha256 } from '../realm/canonical.ts';
import { RescueError } from '../realm/errors.ts';
import { restartable, risksToPatch } from '../runbook/cluster-state.ts';
import { patchesCarrier } from '../runbook/exported.ts';
import type { Effect } from '../runbook/model.ts';
import { makeSafe, restart } from './cluster-pods.ts';
import { thaw } from './cluster-thaw.ts';
import { findWriter, pauseAll, remember, terminateRunning, type ClusterWork } from './cluster-work.ts';
import type { EffectContext } from './context.ts';

type ClusterEffect = Extract<Effect['type'], 'remember' | 'find-writer' | 'pause' | 'terminate' | 'make-safe' | 'resume' | 'restart'>;

export async function performOnCluster(context: EffectContext, effect: ClusterEffect): Promise<void> {
  const work = workOf(context);
  const { sight } = work.state();
  const from = context.state().run?.settings.from ?? '';
  switch (effect) {
    case 'remember': return optional(remember(work, from));
    case 'find-writer': return void (await optional(findWriter(work, from)));
    case 'pause': {
      if (!sight) throw new Error('a pause needs a writer');
      return pauseAll(work, sight);
    }
    case 'terminate': {
      if (!sight) throw new Error('an operation needs a writer');
      return terminateRunning(work, sight);
    }
    case 'make-safe': return makeSafe(work, risksToPatch(work.state()));
    case 'restart': return void (await restart(work, restartable(work.state())));
    case 'resume': {
      if (!sight) throw new Error('a thaw needs a writer');
      return void (await thaw(work, sight));
    }
  }
}

/** A realm can be restored without the cluster: whoever cannot reach it at night is told how. */
async function optional<T>(looking: Promise<T>): Promise<T> {
  try {
    return await looking;
  } catch (error) {
    if (!(error instanceof RescueError) || error.code === 'disk') throw error;
    throw new RescueError(error.code, error.message, [...error.next, 'Or go on without the cluster: leave, start another run without --from, and say with --frozen TEXT what somebody has paused.'], { cause: error });
  }
}

function workOf(context: EffectContext): ClusterWork {
  const { ports } = context;
  if (!ports.cluster) throw new Error('this run has no cluster');
  return {
    cluster: ports.cluster, store: ports.store, hash: sha256, accounted: context.state().snapshots['live-after']?.fingerprint ?? null,
    patched: patchesCarrier(context.state().exported),
    state: () => context.state().cluster,
    dispatch: (event) => context.dispatch(event),
    progress: (text) => context.progress({ part: text, done: null, total: null }),
    fingerprint: async () => (await ports.keycloak.capture({ knownClients: [], onProgress: context.progress })).snapshot.fingerprint,
  };
}
