/** Choose in plain text: every difference has a number. */
import { choiceOf, hasFields, openKeys } from '../realm/choice.ts';
import type { Difference } from '../realm/model.ts';
import type { RunState } from '../runbook/model.ts';
import type { Size } from '../ui/terminal.ts';
import { chooseHeading, ownerLine, ownerRoom } from '../ui/view/choose.ts';
import { differenceLine, effectText, lackText, suggestionText } from '../ui/view/difference.ts';
import { fieldRows } from '../ui/view/fields.ts';
import { line, wrap, type Line } from '../ui/view/line.ts';
import { ownerRows } from '../ui/view/owners.ts';
import { valueLines } from '../ui/view/values.ts';
import { kindNoun } from '../ui/view/words.ts';

/** Above this, only what has no answer yet is explained: nobody listens to thousands of reasons. */
const EXPLAINED = 60;

const REASON_INDENT = 8;

/** All differences in the order of their numbers. */
export function numbered(state: RunState): readonly Difference[] {
  return ownerRows(state, '').flatMap((row) => row.differences);
}

export function chooseListing(state: RunState, size: Size): readonly Line[] {
  const rows = ownerRows(state, '');
  const room = ownerRoom(rows, size);
  const lines: Line[] = [chooseHeading(state, size)];
  let number = 0;
  let said: ReadonlySet<string> = new Set();
  for (const row of rows) {
    lines.push(ownerLine(row, rows, state, size, ' ', room));
    for (const difference of row.differences) {
      number += 1;
      lines.push(differenceLine(difference, choiceOf(difference, state.choices), size, `  ${String(number).padStart(3)}. `, state.connection));
      const choice = choiceOf(difference, state.choices);
      const many = state.differences.length > EXPLAINED;
      // Among many differences only fields that were answered are read out; the number of a difference shows the others.
      if (choice === 'mixed' || (choice === undefined && !(many && openKeys(difference, state.choices).includes(difference.id)))) lines.push(...fieldLines(difference, number, state, size));
      if (many && choice !== undefined) continue;
      // Neighbours often cost the same for the same reason: it is read out once.
      const texts = [lackText(difference, state), effectText(difference), suggestionText(difference)].filter((text) => text !== '');
      const fresh = texts.filter((text) => !said.has(text));
      said = new Set(texts);
      lines.push(...(fresh.length === 0 ? [] : wrap(line(fresh.join(' ')), size.columns - REASON_INDENT)).map((of) => line(' '.repeat(REASON_INDENT), ...of)));
    }
  }
  return lines;
}

/** The fields of a change, each with a number of its own. */
function fieldLines(difference: Difference, number: number, { choices }: RunState, size: Size): readonly Line[] {
  if (!hasFields(difference)) return [];
  const rows = fieldRows(difference, difference.fields, choices, size, (index) => `${' '.repeat(REASON_INDENT - 2)}${`${number}.${index + 1}`.padEnd(6)} `);
  return size.width === 'narrow' ? difference.fields.flatMap((field, index) => [...rows.slice(index, index + 1), ...valueLines(field, size)]) : rows;
}

/** One difference, or with `field` (from 1) one field of it, whole: what its number alone asks for. Empty when there is none. */
export function lookLines(state: RunState, number: number, field: number | null, size: Size): readonly Line[] {
  const difference = numbered(state)[number - 1];
  if (difference === undefined) return [];
  if (field !== null) {
    const one = difference.fields[field - 1];
    return one === undefined ? [] : [line(one.path), ...valueLines(one, size)];
  }
  const about = [`${kindNoun(difference.kind)} ${difference.name}, ${difference.change}`, lackText(difference, state), effectText(difference), suggestionText(difference), `id ${difference.id}`].filter((text) => text !== '');
  return [...about.flatMap((text) => wrap(line(text), size.columns, 2)), ...(hasFields(difference) ? fieldLines(difference, number, state, size) : difference.fields.flatMap((one) => [line(`   ${one.path}`), ...valueLines(one, size)]))];
}
