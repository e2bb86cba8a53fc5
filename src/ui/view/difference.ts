/** One difference: as a row with its answer, and in detail. */
import { choiceOf } from '../../realm/choice.ts';
import type { Json } from '../../realm/json.ts';
import type { Choice, Difference } from '../../realm/model.ts';
import type { RunState } from '../../runbook/model.ts';
import type { Size } from '../terminal.ts';
import { padTo, sanitise, truncateEnd, truncateMiddle } from '../text.ts';
import { fit, labelled, line, span, wrap, type Line, type Token } from './line.ts';
import { CHANGE_WORD, CHOICE_WORD, kindNoun, shortSource } from './words.ts';

/** `[restore ]` is an answer, `[restore?]` a suggestion that nobody has taken yet, `[ask     ]` neither. Never only a colour. */
function answerBox({ suggest }: Difference, choice: Choice | 'mixed' | undefined): { readonly text: string; readonly token: Token } {
  const token: Token = choice === undefined ? 'warn' : choice === 'restore' || choice === 'mixed' ? 'added' : 'plain';
  const word = choice !== undefined ? CHOICE_WORD[choice] : suggest === 'ask' ? 'ask' : `${CHOICE_WORD[suggest]}?`;
  return { text: `[${word.padEnd(8)}]`, token };
}

export function differenceLine(difference: Difference, choice: Choice | 'mixed' | undefined, size: Size, lead: string): Line {
  const box = answerBox(difference, choice);
  const head = line(span('focus', lead), span(box.token, box.text), ' ');
  const what = sanitise(`${kindNoun(difference.kind)} ${difference.name}`);
  const change = CHANGE_WORD[difference.change];
  if (size.width === 'narrow') return fit(line(...head, `${truncateMiddle(what, Math.max(8, size.columns - 16 - change.length))} `, span('muted', change)), size.columns);
  const nameRoom = size.width === 'wide' ? 42 : 34;
  const rest = [shortSource(difference.source), size.width === 'wide' ? difference.effect : ''].filter((text) => text !== '').join('   ');
  return fit(line(...head, padTo(truncateMiddle(what, nameRoom), nameRoom), ' ', padTo(change, 9), ' ', span('muted', rest)), size.columns);
}

/** What the difference costs, as a sentence. */
export function effectText({ effect }: Difference): string {
  return `${effect}.`.replace(/\.\.$/, '.');
}

/** The suggestion with its reason; a source is named as in the rows. */
export function suggestionText({ suggest, because, source, onlyCompared }: Difference): string {
  const why = source === null ? because : because.replaceAll(source, shortSource(source));
  const refused = onlyCompared === undefined ? '' : ` Cannot be restored by this tool: ${onlyCompared}.`;
  return `${suggest === 'ask' ? 'No suggestion' : `Suggested: ${suggest}`}; ${why}.${refused}`;
}

/** The reason beside the suggestion; `named` where it is not plain which difference is meant. */
export function reasonLines(difference: Difference | undefined, size: Size, named = false): readonly Line[] {
  if (difference === undefined) return [];
  return wrap(line('   ', span('muted', `${named ? `${difference.name}: ` : ''}${effectText(difference)} ${suggestionText(difference)}`)), size.columns, 3);
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
    ...paragraph('source', difference.source ?? 'no evidence has it'),
    ...paragraph('id', difference.id),
    ...difference.fields.flatMap((field) => [
      ...wrap(line('   ', span('strong', field.path)), size.columns, 3),
      ...(field.live === undefined ? [] : [fieldLine('-', 'live    ', field.live, size)]),
      ...(field.evidence === undefined ? [] : [fieldLine('+', 'evidence', field.evidence, size)]),
    ]),
  ];
}

function fieldLine(sign: '-' | '+', side: string, value: Json, size: Size): Line {
  const text = sanitise(typeof value === 'string' ? value : JSON.stringify(value));
  return line(span(sign === '+' ? 'added' : 'removed', `   ${sign} ${side} ${truncateEnd(text, Math.max(8, size.columns - 15))}`));
}
