/** What only this screen knows: where the cursor stands and what has been typed. Nothing here outlives the process. */
import type { Question } from '../runbook/model.ts';
import type { RunSnapshot } from '../runner/handle.ts';

/** What typed letters go into; null: letters are commands. */
export type Field = 'word' | 'statement' | 'path' | 'user' | 'reason' | 'filter';

export interface LocalState {
  /** The question that the rest belongs to; see `questionKey`. */
  readonly question: string;
  readonly field: Field | null;
  readonly typed: string;
  /** Evidence candidate, or the client in the Choose list. */
  readonly cursor: number;
  /** Difference within the client. */
  readonly item: number;
  /** Field of the difference that is shown in detail. */
  readonly fieldItem: number;
  readonly pane: 'clients' | 'differences';
  readonly scroll: number;
  readonly filter: string;
  /** Evidence specs in the order of their choosing: earlier wins. */
  readonly selected: readonly string[];
  /** Specs that were typed in, shown below the candidates. */
  readonly added: readonly string[];
  readonly detail: boolean;
  /** What lies over the question: the keys, or the reasons of Triage. */
  readonly overlay: 'keys' | 'why' | null;
  /** One sentence about the last key, until the next key. */
  readonly notice: string | null;
}

/** Tells two questions apart; null questions (something is running) share one key. */
export function questionKey(question: Question | null): string {
  switch (question?.kind) {
    case undefined: return '';
    case 'confirm': return `confirm ${question.group.owner}`;
    case 'make-safe': return `make-safe ${question.risk.object.resource.kind} ${question.risk.object.name}`;
    case 'not-proven': return `not-proven ${question.owner}`;
    case 'write-trouble': return `write-trouble ${question.operation.id}`;
    case 'failure': return `failure ${question.step}`;
    default: return question?.kind ?? '';
  }
}

/** The local state at the moment a question appears. */
export function initialLocal(question: Question | null): LocalState {
  const field = FIRST_FIELD[question?.kind ?? 'choose'];
  const selected = question?.kind === 'evidence' ? question.candidates.filter((candidate) => candidate.recommended).map((candidate) => candidate.spec) : [];
  return {
    question: questionKey(question), field, typed: '', cursor: 0, item: 0, fieldItem: 0, pane: 'clients', scroll: 0, filter: '', selected, added: [],
    detail: false, overlay: null, notice: null,
  };
}

const FIRST_FIELD: Readonly<Record<Question['kind'], Field | null>> = {
  'pause': 'word', 'terminate': 'word', 'make-safe': 'word', 'resume': 'word', 'restart': 'word', 'freeze': 'statement', 'thaw': 'statement', 'clear-caches': 'word', 'confirm': 'word',
  'evidence': null, 'choose': null, 'not-proven': null, 'write-trouble': null, 'failure': null,
};

/** Keeps the local state while the same question stands; a new question starts afresh, so nothing typed carries over. */
export function localFor(local: LocalState, { state }: RunSnapshot): LocalState {
  return local.question === questionKey(state.question) ? local : { ...initialLocal(state.question), overlay: local.overlay };
}
