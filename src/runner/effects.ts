/** The effects of the runbook, performed. Loaded after the first frame: see run.ts. */
import type { RequestTemplate } from '../realm/model.ts';
import type { Effect } from '../runbook/model.ts';
import { account, checkThaw, exportToGit, finish, writeTranscripts } from './close.ts';
import { openMemory, references, type EffectContext } from './context.ts';
import { watchPauses } from './pause-watch.ts';
import { prove } from './prove.ts';
import { capture, clearCaches, compare, connect, findEvidence, findOutTriage, plan, readEvidence } from './read.ts';
import { look, write } from './write.ts';

export interface Effects {
  perform(effect: Effect): Promise<void>;
  /** A path for people. */
  describe(request: RequestTemplate): string;
  writeTranscripts(): void;
  /** Looks at pauses again for as long as the run goes on; gives back a function that ends this. */
  watchPauses(): () => void;
}

/** @param evidenceFiles  absolute paths of the files that `--evidence` names */
export function openEffects(run: Omit<EffectContext, 'memory'>, evidenceFiles: () => Promise<readonly string[]>): Effects {
  const context: EffectContext = { ...run, memory: openMemory(run.ports, run.state) };
  return {
    perform: (effect) => perform(context, effect, evidenceFiles),
    describe: (request) => run.ports.keycloak.describe(request, references(context)),
    watchPauses: () => watchPauses(context),
    writeTranscripts: () => {
      context.memory.forget();
      writeTranscripts(run.ports.store);
    },
  };
}

async function perform(context: EffectContext, effect: Effect, evidenceFiles: () => Promise<readonly string[]>): Promise<void> {
  switch (effect.type) {
    case 'remember': case 'find-writer': case 'pause': case 'terminate': case 'make-safe': case 'resume': case 'restart': {
      // Only a run that is told of a cluster loads what asks one.
      const { performOnCluster } = await import('./cluster-effects.ts');
      return performOnCluster(context, effect.type);
    }
    case 'connect': return connect(context);
    case 'capture': return capture(context, effect.label);
    case 'triage': return findOutTriage(context);
    case 'clear-caches': return clearCaches(context);
    case 'find-evidence': return findEvidence(context);
    case 'read-evidence': return readEvidence(context, effect.specs);
    case 'compare': return compare(context);
    case 'plan': return plan(context);
    case 'write': return write(context, effect.operation, effect.undo);
    case 'look': return look(context, effect.operation, effect.undo);
    case 'prove': return prove(context, effect.group, effect.probeUser);
    case 'account': return account(context);
    case 'export': return exportToGit(context, await evidenceFiles());
    case 'check-thaw': return checkThaw(context);
    case 'finish': return finish(context, effect);
  }
}
