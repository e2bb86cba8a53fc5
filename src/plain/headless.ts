/** The third front end: nobody. Flags answer what they can; what they cannot is named, never guessed. */
import { place } from '../runbook/cluster.ts';
import type { ClusterSight } from '../runbook/cluster.ts';
import type { RunState } from '../runbook/model.ts';
import { flagChoices, missingChoices } from '../runbook/choices.ts';
import type { Answer } from '../runner/handle.ts';

/** No flag answers the question. */
export interface Undecided {
  /** Exit code "needs a decision". */
  readonly exit: 5;
  /** What has to be said: difference ids, or the flag that says it. */
  readonly missing: readonly string[];
  /** One sentence for the journal and for stderr. */
  readonly because: string;
}

/**
 * What the flags answer to the question that a run asks now.
 *
 * - freeze and thaw: the words of `--frozen` and `--thawed`, or that nothing was stated;
 * - a stale cache is cleared and a group is written only when `--confirm` is the word that a person would have to type;
 * - evidence: the flags; in a demo the recommended candidate, because the demo is its own evidence;
 * - choices: the answers file, then `--client`, then `--lost`, `--changed` and `--live-only`; `ask` is left open and named;
 * - what is not proven stops the run unless a reason to accept it was given; a failed step or write always stops it.
 */
export function answerHeadless({ question, run, differences, choices }: RunState): Answer | Undecided {
  const settings = run?.settings;
  if (question === null || settings === undefined) return undecided([], 'Nothing is asked.');
  switch (question.kind) {
    case 'pause':
      // Who states in words what is paused does not want it touched.
      if (settings.frozen !== null) return { type: 'pause.answered', pause: false, by: 'flag' };
      if (settings.confirm === question.word || settings.confirm === run?.realm) return { type: 'pause.answered', pause: true, by: 'flag' };
      return unconfirmed(settings.confirm, run?.realm ?? '', `${toPause(question.sight).join(' and ')} would be paused`);
    case 'terminate':
      if (settings.terminate === true && settings.confirm !== question.word && settings.confirm !== run?.realm) return unconfirmed(settings.confirm, run?.realm ?? '', `the running operation of ${question.controllers.map(({ object }) => place(object)).join(' and ')} would be ended`);
      return { type: 'terminate.answered', terminate: settings.terminate === true, by: 'flag' };
    case 'make-safe':
      if (settings.makeSafe === true && settings.confirm !== question.word && settings.confirm !== run?.realm) return unconfirmed(settings.confirm, run?.realm ?? '', `${question.risk.object.resource.kind} ${question.risk.object.name} would be patched live, and its pods restart`);
      return { type: 'safe.answered', object: question.risk.object, safe: settings.makeSafe === true, by: 'flag' };
    case 'restart': return { type: 'restart.answered', restart: false, by: 'flag' };
    // The patch has to be merged first, which no flag of this run can know.
    case 'resume': return { type: 'resume.answered', resume: false, by: 'flag' };
    case 'freeze': return { type: 'freeze.stated', statement: settings.frozen, by: 'flag' };
    case 'thaw': return { type: 'thaw.stated', statement: settings.thawed, by: 'flag' };
    case 'clear-caches':
      if (settings.confirm === question.word) return { type: 'caches.confirmed', by: 'flag' };
      return unconfirmed(settings.confirm, question.word, 'the stale cache of this node has to be cleared before anything is written');
    case 'evidence': {
      if (settings.evidence.length > 0) return { type: 'evidence.chosen', specs: settings.evidence, by: 'flag' };
      const recommended = question.candidates.filter((candidate) => candidate.recommended).map((candidate) => candidate.spec);
      if (run?.demo === true && recommended.length > 0) return { type: 'evidence.chosen', specs: recommended, by: 'suggestion' };
      return undecided(['--evidence SPEC', ...question.candidates.map((candidate) => candidate.spec)], 'no evidence was named to restore from');
    }
    case 'choose': {
      const open = missingChoices(differences, choices);
      const decided = flagChoices(differences, choices, settings);
      if (Object.keys(decided).length > 0) {
        const by = Object.keys(decided).every((key) => settings.answers[key] !== undefined) ? 'answers-file' : 'flag';
        return { type: 'choice.made', choices: decided, by };
      }
      if (open.length > 0) return undecided(open, 'differences are left open; --lost, --changed, --live-only or --answers decide them');
      return { type: 'choices.settled', by: 'flag' };
    }
    case 'confirm':
      if (settings.confirm === question.word) return { type: 'group.confirmed', owner: question.group.owner, all: true, by: 'flag' };
      return unconfirmed(settings.confirm, question.word, `the writes of ${question.group.owner} wait for a confirmation`);
    case 'not-proven':
      if (settings.acceptUnproven !== null) return { type: 'proof.accepted', owner: question.owner, reason: settings.acceptUnproven, by: 'flag' };
      return { type: 'run.stopped', reason: 'not-proven', note: notProvenNote(question.owner, question.proofs.filter((proof) => proof.outcome === 'not-proven').map((proof) => proof.expectation.claim)) };
    case 'write-trouble':
      if (question.status === 'diverged') {
        // Whoever says keep or leave of an object in the answers has seen what another one made of it.
        if (question.operation.covers.every((id) => ['keep', 'leave'].includes(settings.answers[id] ?? ''))) return { type: 'write.kept', operation: question.operation.id, undo: false, by: 'answers-file' };
        return undecided(question.operation.covers, question.failure?.title ?? `${question.operation.id} was changed meanwhile`);
      }
      return { type: 'run.stopped', reason: 'failed', note: `${question.operation.id}: ${question.failure?.title ?? question.status}` };
    case 'failure': return { type: 'run.stopped', reason: 'failed', note: `${question.step}: ${question.failure.title}` };
  }
}

/** `Argo CD application keycloak`, for each that runs. */
function toPause({ controllers, pauses }: ClusterSight): readonly string[] {
  return controllers.filter(({ object }) => pauses.some(({ id }) => id === `${object.resource.kind.toLowerCase()}:${place(object)}`)).map(({ title, object }) => `${title} ${object.name}`);
}

function undecided(missing: readonly string[], because: string): Undecided {
  return { exit: 5, missing, because };
}

function unconfirmed(given: string | null, word: string, why: string): Undecided {
  const said = given === null ? 'no --confirm was given' : `--confirm says "${given}"`;
  return undecided([`--confirm ${word}`], `${why}; ${said}`);
}

function notProvenNote(owner: string, claims: readonly string[]): string {
  return `${owner}: not proven: ${[...new Set(claims)].join(', ')}`;
}
