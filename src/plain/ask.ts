/**
 * Questions as plain text, and what a line of reply means. Pure: the same texts as on the screen, numbers instead of
 * a cursor. Numbers choose; only the typed word starts a write.
 */
import { evidenceSpec } from '../realm/evidence-words.ts';
import { hasFields } from '../realm/choice.ts';
import { missingChoices } from '../runbook/choices.ts';
import { count } from '../runbook/lines.ts';
import type { Question, RunState } from '../runbook/model.ts';
import type { RunSnapshot } from '../runner/handle.ts';
import type { Size } from '../ui/terminal.ts';
import { clusterAnswer } from '../ui/cluster-answer.ts';
import { pauseLines, restartLines, resumeLines, safeLines, terminateLines } from '../ui/view/cluster.ts';
import { candidateText, EVIDENCE_QUESTION } from '../ui/view/evidence.ts';
import { chosenLackText } from '../ui/view/difference.ts';
import { line, lineText, span, wrap, type Line } from '../ui/view/line.ts';
import { proofsLines } from '../ui/view/prove.ts';
import { allWords, confirmHeading, partLines, promiseLines, requestLines } from '../ui/view/restore.ts';
import { statementLines } from '../ui/view/statement.ts';
import { clearCachesLines } from '../ui/view/triage.ts';
import { troubleLines } from '../ui/view/trouble.ts';
import type { Describe } from '../ui/view/types.ts';
import { chooseReply } from './choose-reply.ts';
import { chooseListing } from './choose.ts';
import { again, answered, type Reply } from './reply.ts';

export interface Prompt {
  /** What stands above. */
  readonly lines: readonly Line[];
  /** What is asked again after a reply that was none; without a line end. */
  readonly ask: string;
}

const REPLY_ROOM = 12;

/** The question that stands, in full. */
export function promptOf(snapshot: RunSnapshot, question: Question, describe: Describe, size: Size): Prompt {
  const { lines, ask } = promptFor(snapshot, question, describe, size);
  // The reply is typed behind the last line, so that one needs room.
  return { lines, ask: `${wrap(line(ask.trimEnd()), Math.max(20, size.columns - REPLY_ROOM)).map(lineText).join('\n')} ` };
}

function promptFor(snapshot: RunSnapshot, question: Question, describe: Describe, size: Size): Prompt {
  const { state } = snapshot;
  switch (question.kind) {
    case 'pause': return { lines: pauseLines(question.sight, state, size), ask: `Type ${question.word} to pause it, no to leave it and state what is paused:` };
    case 'terminate': return { lines: terminateLines(question.controllers, size), ask: `Type ${question.word} to end it, no to let it finish:` };
    case 'make-safe': return { lines: safeLines(question.risk, size), ask: `Type ${question.word} to patch it now, no to leave it:` };
    case 'restart': return { lines: restartLines(question.objects, size), ask: `Type ${question.word} to restart it once, no to leave it:` };
    case 'resume': return { lines: resumeLines(state, size), ask: `Type ${question.word} to let it run again, no to leave it paused:` };
    case 'freeze': case 'thaw':
      return { lines: statementLines(question.kind, state, size), ask: `Stated as ${question.kind === 'freeze' ? 'paused' : 'resumed'} (empty: nothing stated; q leaves):` };
    case 'clear-caches':
      return { lines: clearCachesLines(state.triage, size), ask: `Type ${question.word} to clear them, no to leave it:` };
    case 'evidence': {
      const rows = question.candidates.flatMap((candidate, index) => wrap(line(`  ${index + 1}. `, ...candidateText(candidate)), size.columns, 5));
      const usual = question.candidates.some((candidate) => candidate.recommended) ? '; empty: what is recommended' : '';
      return { lines: [...wrap(line(' ', span('strong', EVIDENCE_QUESTION)), size.columns, 1), ...rows], ask: `Numbers with spaces between, or a path${usual}; q leaves:` };
    }
    case 'choose': return { lines: chooseListing(state, size), ask: chooseAsk(state) };
    case 'confirm': {
      return {
        lines: [...confirmHeading(question, snapshot, size), ...requestLines(question.group, describe, size), ...partLines(question.group, state, size), ...promiseLines(question.group, state, size)],
        ask: `Type ${question.word} to send them${allWords(question)}, skip to leave this client out, q to leave:`,
      };
    }
    case 'not-proven': {
      const missing = question.proofs.filter((proof) => proof.outcome === 'not-proven');
      return { lines: [line(' ', span('strong', `Prove  ${question.owner}`)), ...proofsLines(question.owner, missing, size)], ask: '1 and the name of a probe user, 2 and a reason to accept it, or q to leave:' };
    }
    case 'write-trouble': case 'failure':
      return { lines: troubleLines(question, describe, size), ask: troubleAsk(question) };
  }
}

function troubleAsk(question: Extract<Question, { kind: 'write-trouble' | 'failure' }>): string {
  if (question.kind === 'failure') return `${question.step === 'choose' ? 'r to go back to the choices' : 'r to try again'}, q to leave: `;
  return `r to look at the server and go on from what it shows,${question.status === 'diverged' ? ' k to keep what is there,' : ''} q to leave:`;
}

function chooseAsk(state: RunState): string {
  const missing = missingChoices(state.differences, state.choices).length;
  const lack = chosenLackText(state);
  const open = missing === 0 ? `No answer is missing.${lack === '' ? '' : ` ${lack}`}` : `${count(missing, 'answer')} missing.`;
  return `${open} Number and r, k or l (such as 3 r, or 2-5 k${state.differences.some(hasFields) ? ', or 3.2 r for one field' : ''}); a number alone shows it whole; a takes all suggestions; list shows them again; done goes on; q leaves: `;
}

/** What a line means as a reply to the question that stands. */
export function readReply({ state }: RunSnapshot, question: Question, text: string): Reply {
  const typed = text.trim();
  if (typed === 'w' && state.triage !== null && question.kind !== 'freeze' && question.kind !== 'thaw') return { kind: 'why' };
  if (typed === 'q') return answered({ type: 'run.stopped', reason: question.kind === 'not-proven' ? 'not-proven' : question.kind === 'failure' || question.kind === 'write-trouble' ? 'failed' : 'quit', note: `left at ${state.step}` });
  switch (question.kind) {
    case 'pause': case 'terminate': case 'make-safe': case 'resume': case 'restart': {
      const answer = typed === question.word || typed === 'no' ? clusterAnswer(question, typed === question.word) : null;
      return answer === null ? again('That is not the word. Nothing was patched.') : answered(answer);
    }
    case 'freeze': return answered({ type: 'freeze.stated', statement: typed === '' ? null : typed, by: 'person' });
    case 'thaw': return answered({ type: 'thaw.stated', statement: typed === '' ? null : typed, by: 'person' });
    case 'clear-caches':
      if (typed === question.word) return answered({ type: 'caches.confirmed', by: 'person' });
      return typed === 'no' ? answered({ type: 'caches.left', by: 'person' }) : again('That is not the word. Nothing was started.');
    case 'evidence': return readEvidence(question, typed);
    case 'choose': return chooseReply(state, typed);
    case 'confirm':
      if (typed === question.word || typed === `${question.word} all`) return answered({ type: 'group.confirmed', owner: question.group.owner, all: typed !== question.word, by: 'person' });
      return typed === 'skip' ? answered({ type: 'group.skipped', owner: question.group.owner, by: 'person' }) : again('That is not the word. Nothing was sent.');
    case 'not-proven': return readNotProven(question.owner, typed);
    case 'write-trouble':
      if (typed === 'k' && question.status === 'diverged') return answered({ type: 'write.kept', operation: question.operation.id, undo: false, by: 'person' });
      return typed === 'r' ? answered({ type: 'step.retried', step: 'restore', by: 'person' }) : again(`Please answer with r${question.status === 'diverged' ? ', k' : ''} or q.`);
    case 'failure': return typed === 'r' ? answered({ type: 'step.retried', step: question.step, by: 'person' }) : again('Please answer with r or q.');
  }
}

function readEvidence({ candidates }: Extract<Question, { kind: 'evidence' }>, typed: string): Reply {
  const recommended = candidates.filter((candidate) => candidate.recommended).map((candidate) => candidate.spec);
  if (typed === '') return recommended.length > 0 ? answered({ type: 'evidence.chosen', specs: recommended, by: 'person' }) : again('Please answer with a number or a path.');
  if (!/^[\d ,]+$/.test(typed)) return answered({ type: 'evidence.chosen', specs: [evidenceSpec(typed)], by: 'person' });
  const numbers = typed.split(/[ ,]+/).filter((part) => part !== '').map(Number);
  const specs = numbers.flatMap((number) => candidates[number - 1]?.spec ?? []);
  if (specs.length < numbers.length) return again(`There are ${count(candidates.length, 'source')}.`);
  return answered({ type: 'evidence.chosen', specs: [...new Set(specs)], by: 'person' });
}

function readNotProven(owner: string, typed: string): Reply {
  const [, number, rest = ''] = /^([12])\s+(.+)$/.exec(typed) ?? [];
  if (number === '1') return answered({ type: 'probe.chosen', user: rest, by: 'person' });
  if (number === '2') return answered({ type: 'proof.accepted', owner, reason: rest, by: 'person' });
  return again('Please answer with 1 and a name, 2 and a reason, or q.');
}
