/** What a key press means: a new local state, and perhaps something to do. Pure; the screen and tests share it. */
import type { RunSnapshot } from '../runner/handle.ts';
import { choosePress } from './choose-press.ts';
import { evidencePress } from './evidence-press.ts';
import { pressInField } from './field-press.ts';
import { commandFor, contextOf, type Command } from './keys.ts';
import type { LocalState } from './local.ts';
import { answer, say, scrolled, stay, type Outcome, type Reach } from './outcome.ts';
import type { KeyPress } from './press.ts';
import { sanitise } from './text.ts';

/** One key. `before` has to belong to the present question: see `localFor`. */
export function press(snapshot: RunSnapshot, before: LocalState, key: KeyPress, reach: Reach): Outcome {
  const local = { ...before, notice: null };
  const context = contextOf(snapshot, local);
  const command = commandFor(context, key.id);
  if (command === 'interrupt') return { local, effect: { type: 'interrupt' } };
  if (command === 'suspend') return { local, effect: { type: 'suspend' } };
  if (context === 'help') return stay(command === undefined || command === 'back' ? { ...local, overlay: null, scroll: 0 } : scrolled(local, command, reach));
  if (local.field !== null && context !== 'running') return pressInField(snapshot, { ...local, field: local.field }, key, command, reach);
  if (command === undefined) return stay(local);
  return common(snapshot, local, command, reach) ?? byQuestion(snapshot, local, command, reach);
}

function common(snapshot: RunSnapshot, local: LocalState, command: Command, reach: Reach): Outcome | null {
  switch (command) {
    case 'help': return stay({ ...local, overlay: 'keys', scroll: 0 });
    case 'why': return stay({ ...local, overlay: 'why', scroll: 0 });
    case 'quit': return quit(snapshot, local);
    case 'scroll-up': case 'scroll-down': return stay(scrolled(local, command, reach));
    default: return null;
  }
}

/** While a request is in flight, leaving means stopping after it. */
function quit({ state, busy }: RunSnapshot, local: LocalState): Outcome {
  if (busy !== null || state.question === null) return { local, effect: { type: 'interrupt' } };
  const reason = state.question.kind === 'not-proven' ? 'not-proven' : state.question.kind === 'failure' || state.question.kind === 'write-trouble' ? 'failed' : 'quit';
  return answer(local, { type: 'run.stopped', reason, note: reason === 'quit' ? `left at ${state.step}` : `left at ${state.step}, which did not succeed` });
}

function byQuestion(snapshot: RunSnapshot, local: LocalState, command: Command, reach: Reach): Outcome {
  const { question } = snapshot.state;
  switch (question?.kind) {
    case 'evidence': return evidencePress(question.candidates, local, command, reach);
    case 'choose': return choosePress(snapshot.state, local, command, reach);
    default: break;
  }
  if (command === 'page-up' || command === 'page-down') return stay(scrolled(local, command, reach));
  switch (question?.kind) {
    case 'confirm':
      if (command === 'skip') return answer(local, { type: 'group.skipped', owner: question.group.owner, by: 'person' });
      return stay({ ...local, field: 'word' });
    case 'clear-caches': case 'pause': case 'terminate': case 'make-safe': case 'resume': case 'restart': return stay({ ...local, field: 'word' });
    case 'freeze': case 'thaw': return stay({ ...local, field: 'statement' });
    case 'not-proven': return stay({ ...local, field: command === 'probe' ? 'user' : 'reason', typed: '' });
    case 'write-trouble':
      if (command === 'keep') return answer(local, { type: 'write.kept', operation: question.operation.id, undo: false, by: 'person' });
      return answer(local, { type: 'step.retried', step: 'restore', by: 'person' });
    case 'failure': return answer(local, { type: 'step.retried', step: question.step, by: 'person' });
    default: return stay(local);
  }
}

/** A paste fills text fields, never the field of a typed word, and is never taken for keys. */
export function paste(snapshot: RunSnapshot, before: LocalState, text: string): Outcome {
  const local = { ...before, notice: null };
  const context = contextOf(snapshot, local);
  if (context === 'word') return say({ ...local, typed: '' }, 'A pasted word starts nothing. Please type it.');
  if (context !== 'statement' && context !== 'input') return say(local, 'A paste does nothing here.');
  return stay({ ...local, typed: local.typed + sanitise(text.trim()) });
}
