/** Keys while text is asked for: a typed word, a statement, a path, a name, a reason, a filter. */
import { evidenceSpec } from '../realm/evidence-words.ts';
import type { RunSnapshot } from '../runner/handle.ts';
import { clusterAnswer } from './cluster-answer.ts';
import type { Command } from './keys.ts';
import type { Field, LocalState } from './local.ts';
import type { KeyPress } from './press.ts';
import { graphemes, sanitise } from './text.ts';
import { answer, say, scrolled, stay, type Outcome, type Reach } from './outcome.ts';

type WithField = LocalState & { readonly field: Field };

export function pressInField(snapshot: RunSnapshot, local: WithField, key: KeyPress, command: Command | undefined, reach: Reach): Outcome {
  switch (command) {
    case 'submit': return submit(snapshot, local);
    case 'back': return back(snapshot, local);
    case 'erase': return stay({ ...local, typed: graphemes(local.typed).slice(0, -1).join('') });
    case 'erase-all': return stay({ ...local, typed: '' });
    case 'scroll-up': case 'scroll-down': case 'page-up': case 'page-down': return stay(scrolled(local, command, reach));
    default: return stay(key.text === null ? local : { ...local, typed: local.typed + sanitise(key.text) });
  }
}

/** One level: first what was typed goes, then the field. */
function back({ state }: RunSnapshot, local: WithField): Outcome {
  if (local.field === 'filter') return stay({ ...local, field: null, typed: '', filter: '', cursor: 0, item: 0 });
  if (local.typed !== '') return stay({ ...local, typed: '' });
  if (state.question?.kind === 'clear-caches') return answer(local, { type: 'caches.left', by: 'person' });
  const left = clusterAnswer(state.question, false);
  if (left !== null) return answer(local, left);
  return stay({ ...local, field: null });
}

function submit(snapshot: RunSnapshot, local: WithField): Outcome {
  const typed = local.typed.trim();
  switch (local.field) {
    case 'word': return submitWord(snapshot, { ...local, typed: '' }, typed);
    case 'statement': {
      const statement = typed === '' ? null : typed;
      const type = snapshot.state.question?.kind === 'thaw' ? 'thaw.stated' : 'freeze.stated';
      return answer({ ...local, typed: '' }, { type, statement, by: 'person' });
    }
    case 'path': return stay(withSource({ ...local, field: null, typed: '' }, typed));
    case 'filter': return stay({ ...local, field: null, typed: '', filter: typed, cursor: 0, item: 0 });
    case 'user':
      if (typed === '') return say(local, 'Please type the name of a user, or press Esc.');
      return answer({ ...local, field: null, typed: '' }, { type: 'probe.chosen', user: typed, by: 'person' });
    case 'reason': {
      if (typed === '') return say(local, 'Please type a reason, or press Esc. It goes into the transcript.');
      const { question } = snapshot.state;
      if (question?.kind !== 'not-proven') return stay(local);
      return answer({ ...local, field: null, typed: '' }, { type: 'proof.accepted', owner: question.owner, reason: typed, by: 'person' });
    }
  }
}

function submitWord({ state: { question } }: RunSnapshot, local: LocalState, typed: string): Outcome {
  if (question === null || !('word' in question)) return stay(local);
  if (typed === '') return say(local, `Enter alone starts nothing. Please type ${question.word}.`);
  if (question.kind === 'clear-caches' && typed === question.word) return answer(local, { type: 'caches.confirmed', by: 'person' });
  const yes = typed === question.word ? clusterAnswer(question, true) : null;
  if (yes !== null) return answer(local, yes);
  if (question.kind === 'confirm' && (typed === question.word || typed === `${question.word} all`)) {
    return answer(local, { type: 'group.confirmed', owner: question.group.owner, all: typed !== question.word, by: 'person' });
  }
  return say(local, `"${typed}" is not the word. Nothing was started. Please type ${question.word}.`);
}

/** A typed source: a bare path means `file:`, as on the command line. */
function withSource(local: LocalState, typed: string): LocalState {
  if (typed === '') return local;
  const spec = evidenceSpec(typed);
  if (local.selected.includes(spec)) return local;
  return { ...local, added: local.added.includes(spec) ? local.added : [...local.added, spec], selected: [...local.selected, spec] };
}
