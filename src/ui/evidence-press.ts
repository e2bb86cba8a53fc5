/** Keys in the list of evidence candidates. */
import type { EvidenceCandidate } from '../runbook/model.ts';
import type { Command } from './keys.ts';
import type { LocalState } from './local.ts';
import { answer, say, stay, type Outcome, type Reach } from './outcome.ts';

/** All specs that can be selected, in the order of the list: what was found, then what was typed. */
export function specsOf(candidates: readonly EvidenceCandidate[], local: LocalState): readonly string[] {
  return [...candidates.map((candidate) => candidate.spec), ...local.added.filter((spec) => !candidates.some((candidate) => candidate.spec === spec))];
}

/** Moves a cursor within a list, without wrapping round. Undefined when the command does not move. */
export function moved(cursor: number, total: number, command: Command, page: number): number | undefined {
  const last = Math.max(0, total - 1);
  const clamp = (to: number) => Math.max(0, Math.min(last, to));
  switch (command) {
    case 'up': return clamp(cursor - 1);
    case 'down': return clamp(cursor + 1);
    case 'page-up': return clamp(cursor - page);
    case 'page-down': return clamp(cursor + page);
    case 'first': return 0;
    case 'last': return last;
    default: return undefined;
  }
}

export function evidencePress(candidates: readonly EvidenceCandidate[], local: LocalState, command: Command, reach: Reach): Outcome {
  const specs = specsOf(candidates, local);
  const cursor = moved(local.cursor, specs.length, command, reach.page);
  if (cursor !== undefined) return stay({ ...local, cursor });
  const here = specs[local.cursor];
  switch (command) {
    case 'path': return stay({ ...local, field: 'path', typed: '' });
    case 'toggle':
      if (here === undefined) return stay(local);
      return stay({ ...local, selected: local.selected.includes(here) ? local.selected.filter((spec) => spec !== here) : [...local.selected, here] });
    case 'continue':
      if (local.selected.length === 0) return say(local, 'No source is selected yet: Space selects one, f lets you type a path.');
      return answer(local, { type: 'evidence.chosen', specs: local.selected, by: 'person' });
    default: return stay(local);
  }
}
