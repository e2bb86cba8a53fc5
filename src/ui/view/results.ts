/** Details below the lines of Choose, Account and Export. */
import { newSecretLine, pulledInLine } from '../../realm/hand-over.ts';
import { deniedLines } from '../../runbook/choices.ts';
import type { RunState, StrategyFinding } from '../../runbook/model.ts';
import type { Size } from '../terminal.ts';
import { line, span, wrap, type Line, type Token } from './line.ts';

function notes(texts: readonly string[], size: Size, token: Token = 'plain'): readonly Line[] {
  return texts.flatMap((text) => wrap(line('   ', span(token, text)), size.columns, 5));
}

/** What the plan added to the choices, and what it could not do. */
export function planLines({ plan, run, differences, choices }: RunState, size: Size): readonly Line[] {
  if (plan === null) return [];
  return [
    ...notes(plan.pulledIn.map((pulled) => pulledInLine(plan, pulled)), size),
    ...notes(plan.refused.map(({ id, because }) => `CANNOT be restored: ${id}: ${because}`), size, 'warn'),
    ...notes(run === null ? [] : deniedLines(differences, choices, run.settings), size, 'warn'),
    ...notes(plan.newSecrets.map((client) => newSecretLine(plan, client)), size, 'warn'),
  ];
}

export function movedLines({ account }: RunState, size: Size): readonly Line[] {
  if (account === null) return [];
  const lost = account.sessionsLost.map((session) => `session of ${session.username} is gone: ${session.explained ?? 'NOT EXPLAINED'}`);
  return [
    ...notes(lost.slice(0, 20), size, 'warn'),
    ...(lost.length > 20 ? notes([`and ${lost.length - 20} more sessions`], size, 'warn') : []),
    ...notes(account.moved.map((difference) => `MOVED: ${difference.id}: ${difference.effect}`), size, 'danger'),
    ...notes(account.notes, size),
  ];
}

/** What was done to a setting and what it really decides: the first clause, unless nobody can look up the rest. */
function strategyText({ file, line: row, setting, class: kind, done, because }: StrategyFinding, size: Size): string {
  return `${file}:${row} ${setting} (${kind}): ${done}. ${size.whole === true ? because : because.replace(/[;:.] .*$/s, '.')}`;
}

/** Files, strategy settings with the honest line on what they do, and what is left to a person. */
export function exportLines({ exported }: RunState, size: Size): readonly Line[] {
  if (exported === null) return [];
  return [
    ...notes(exported.files.map((file) => (file.refusal === null ? `${file.path}: +${file.added} −${file.removed}` : `${file.path} LEFT ALONE: ${file.refusal}`)), size),
    ...notes(exported.strategy.map((found) => strategyText(found, size)), size, 'muted'),
    ...notes(exported.secretsToCreate.map((secret) => `secret to create: ${secret}`), size, 'warn'),
    ...(exported.branch === null ? [] : notes([`committed on branch ${exported.branch}${exported.commit === null ? '' : ` as ${exported.commit.slice(0, 7)}`}; nothing was pushed`], size)),
    ...(exported.patch === null ? [] : notes([`git apply ${exported.patch}`, `text of a pull request: ${exported.directory}/PULL_REQUEST.md`], size)),
    ...notes(exported.notes, size),
  ];
}
