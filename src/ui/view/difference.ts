/** One difference: as a row with its answer, and in detail. */
import { choiceOf, fieldChoice, fieldWords, hasFields, isAnswered, type Choices } from '../../realm/choice.ts';
import type { Choice, Difference } from '../../realm/model.ts';
import { count } from '../../runbook/lines.ts';
import type { Connection, RunState } from '../../runbook/model.ts';
import { lackedRoles, namedRoles } from '../../runbook/roles.ts';
import type { Size } from '../terminal.ts';
import { padTo, sanitise, truncateMiddle } from '../text.ts';
import { fit, labelled, line, span, wrap, type Line, type Token } from './line.ts';
import { valueLines } from './values.ts';
import { CHANGE_WORD, CHOICE_WORD, kindNoun, shortSource } from './words.ts';

/** `[restore ]` is an answer, `[restore?]` a suggestion that nobody has taken yet, `[ask     ]` neither. Never only a colour. */
export function answerBox({ suggest }: Difference, choice: Choice | 'mixed' | undefined): { readonly text: string; readonly token: Token } {
  const token: Token = choice === undefined ? 'warn' : choice === 'restore' || choice === 'mixed' ? 'added' : 'plain';
  const word = choice !== undefined ? CHOICE_WORD[choice] : suggest === 'ask' ? 'ask' : `${CHOICE_WORD[suggest]}?`;
  return { text: `[${word.padEnd(8)}]`, token };
}

export function differenceLine(difference: Difference, choice: Choice | 'mixed' | undefined, size: Size, lead: string, connection: Connection | null): Line {
  const box = answerBox(difference, choice);
  const head = line(span('focus', lead), span(box.token, box.text), ' ');
  const what = sanitise(`${kindNoun(difference.kind)} ${difference.name}`);
  const change = CHANGE_WORD[difference.change];
  if (size.width === 'narrow') return fit(line(...head, `${truncateMiddle(what, Math.max(8, size.columns - 16 - change.length))} `, span('muted', change)), size.columns);
  const nameRoom = size.width === 'wide' ? 42 : 34;
  const roles = lackedRoles(difference, connection);
  const rest = [roles.length === 0 ? '' : `needs ${namedRoles(roles)}`, shortSource(difference.source), size.width === 'wide' ? difference.effect : ''].filter((text) => text !== '').join('   ');
  return fit(line(...head, padTo(truncateMiddle(what, nameRoom), nameRoom), ' ', padTo(change, 9), ' ', span('muted', rest)), size.columns);
}

/** What the difference costs, as a sentence. */
export function effectText({ effect }: Difference): string {
  return `${effect}.`.replace(/\.\.$/, '.');
}

/** Why a difference cannot be answered with restore. */
export function refusalText({ id, onlyCompared }: Difference): string {
  return sanitise(`${id} can be kept or left, not restored: ${onlyCompared ?? ''}`);
}

/** The suggestion with its reason; a source is named as in the rows. */
export function suggestionText({ suggest, because, source, onlyCompared }: Difference): string {
  const why = source === null ? because : because.replaceAll(source, shortSource(source));
  const refused = onlyCompared === undefined ? '' : ` Cannot be restored by this tool: ${onlyCompared}.`;
  return `${suggest === 'ask' ? 'No suggestion' : `Suggested: ${suggest}`}; ${why}.${refused}`;
}

/** The roles that restoring it takes and these credentials lack, as a sentence; empty where none is missing. */
export function lackText(difference: Difference, { connection }: Pick<RunState, 'connection'>): string {
  const roles = lackedRoles(difference, connection);
  return roles.length === 0 ? '' : `Restoring it takes ${namedRoles(roles)}, which these credentials lack.`;
}

/** `2 of them need manage-realm, which these credentials lack: l leaves them.`; empty where everything that was chosen can be restored. */
export function chosenLackText({ differences, choices, connection, run }: RunState): string {
  if (run?.readOnly === true) return '';
  const lacking = differences.filter((difference) => difference.lacks !== undefined && isAnswered(difference, 'restore', choices)).map((difference) => lackedRoles(difference, connection)).filter((roles) => roles.length > 0);
  if (lacking.length === 0) return '';
  return `${count(lacking.length, 'restore')} ${lacking.length === 1 ? 'needs' : 'need'} ${namedRoles([...new Set(lacking.flat())].sort())}, which these credentials lack: l leaves ${lacking.length === 1 ? 'it' : 'them'}.`;
}

/** The reason beside the suggestion, after what was answered field by field; `named` where it is not plain which difference is meant. */
export function reasonLines(difference: Difference | undefined, state: Pick<RunState, 'choices' | 'connection'>, size: Size, named = false): readonly Line[] {
  if (difference === undefined) return [];
  return wrap(line('   ', span('muted', `${named ? `${difference.name}: ` : ''}${fieldsText(difference, state.choices)}`), span('warn', lackText(difference, state)), span('muted', `${lackText(difference, state) === '' ? '' : ' '}${effectText(difference)} ${suggestionText(difference)}`)), size.columns, 3);
}

/** That there are fields, or what was answered for them; ends with a space. */
function fieldsText(difference: Difference, choices: Choices): string {
  if (!hasFields(difference)) return '';
  const choice = choiceOf(difference, choices);
  const open = difference.fields.filter(({ path }) => fieldChoice(difference, path, choices) === undefined).length;
  if (choice === 'mixed') return `${fieldWords(difference, choices)}. `;
  if (choice !== undefined) return '';
  return open === difference.fields.length ? `${count(open, 'field')}, d answers them one by one. ` : `${count(open, 'field')} of ${difference.fields.length} open. `;
}

/** Everything about one difference. */
export function detailLines(difference: Difference | undefined, state: RunState, size: Size): readonly Line[] {
  if (difference === undefined) return [];
  const narrow = size.width === 'narrow';
  const paragraph = (label: string, text: string) => labelled(label, text, size.columns, { narrow });
  return [
    ...paragraph('what', `${kindNoun(difference.kind)} ${difference.name}, ${CHANGE_WORD[difference.change]}`),
    ...paragraph('answer', choiceOf(difference, state.choices) ?? 'missing'),
    ...paragraph('effect', difference.effect),
    ...paragraph('suggested', `${difference.suggest === 'ask' ? 'nothing' : difference.suggest}: ${difference.because}`),
    ...(difference.onlyCompared === undefined ? [] : paragraph('compared', `only: ${difference.onlyCompared}`)),
    ...(lackText(difference, state) === '' ? [] : paragraph('missing', lackText(difference, state))),
    ...paragraph('source', difference.source ?? 'no evidence has it'),
    ...paragraph('id', difference.id),
    ...difference.fields.flatMap((field) => [...wrap(line('   ', span('strong', field.path)), size.columns, 3), ...valueLines(field, size)]),
  ];
}
