/** A change with several fields: each with its answer above, the one under the cursor with both values below. */
import { fieldChoice, fieldKey, type Choices } from '../../realm/choice.ts';
import type { Difference, FieldDifference } from '../../realm/model.ts';
import { count } from '../../runbook/lines.ts';
import type { RunState } from '../../runbook/model.ts';
import type { Size } from '../terminal.ts';
import { displayWidth, padTo, sanitise, truncateMiddle } from '../text.ts';
import { ABSENT, fieldTexts, sideBySide } from './contrast.ts';
import { answerBox, effectText, lackText, suggestionText } from './difference.ts';
import { fit, labelled, line, span, wrap, type Line } from './line.ts';
import { windowOf } from './owners.ts';
import type { Scene, Screen } from './types.ts';
import { kindNoun, shortSource } from './words.ts';
import { valueLines } from './values.ts';

/** On fewer rows than this only one field and its values are shown. */
const LOW = 8;

/** Rows of some fields: `[restore ] config.claim.name  - dept  + department`; on narrow screens both values stand below the list only. */
export function fieldRows(difference: Difference, fields: readonly FieldDifference[], choices: Choices, size: Size, lead: (index: number) => string): readonly Line[] {
  const left = size.columns - displayWidth(lead(0)) - 11;
  const paths = fields.map((field) => sanitise(field.path));
  const longest = (texts: readonly string[]) => texts.reduce((most, text) => Math.max(most, displayWidth(text)), 0);
  const pathRoom = size.width === 'narrow' ? Math.max(8, left) : Math.min(longest(paths), Math.max(8, Math.min(Math.floor(left / 2), left - 8 - 2 * ABSENT.length)));
  const values = fields.map((field) => sideBySide(...fieldTexts(field), Math.max(4, Math.floor((left - pathRoom - 8) / 2))));
  const liveRoom = longest(values.map(([live]) => live));
  return fields.map((field, index) => {
    const box = answerBox(difference, fieldChoice(difference, field.path, choices));
    const path = truncateMiddle(paths[index] ?? '', pathRoom);
    const head = line(span('focus', lead(index)), span(box.token, box.text), ' ');
    if (size.width === 'narrow') return fit(line(...head, path), size.columns);
    const [live = '', evidence = ''] = values[index] ?? [];
    return fit(line(...head, padTo(path, pathRoom), span('removed', `  - ${padTo(live, liveRoom)}`), span('added', `  + ${evidence}`)), size.columns);
  });
}

/** The part of the screen below the name of the client. */
export function fieldsScreen(difference: Difference, scene: Scene, height: number): Required<Pick<Screen, 'body' | 'scroll'>> & { readonly shown: string } {
  const { local, size, snapshot: { state } } = scene;
  const { choices } = state;
  const { fields } = difference;
  const at = Math.min(local.fieldItem, fields.length - 1);
  const field = fields[at];
  const values = field === undefined ? [] : [
    ...wrap(line(' ', span('strong', field.path), span('muted', `  field ${at + 1} of ${fields.length}`)), size.columns, 1),
    ...valueLines(field, size),
    ...wrap(line(span('muted', `   as ${fieldKey(difference.id, field.path)} in an answers file`)), size.columns, 6),
  ];
  const about = height < LOW ? [] : aboutLines(difference, state, size).slice(0, Math.max(1, height - Math.min(fields.length, 5) - Math.min(values.length, 8)));
  const room = Math.max(2, height - about.length);
  const rows = Math.min(fields.length, Math.max(height < LOW ? 1 : 3, room - values.length));
  const { start, end } = windowOf(fields.length, at, rows);
  const below = Math.max(1, room - (end - start));
  // A value that does not fit gives one row to where it stands.
  const cut = values.length > below && below > 1;
  const seen = cut ? below - 1 : below;
  const scrollMax = Math.max(0, values.length - seen);
  const from = Math.min(local.scroll, scrollMax);
  return {
    shown: end - start < fields.length ? ` (fields ${start + 1}–${end} of ${fields.length})` : '',
    scroll: { max: scrollMax, page: seen },
    body: [
      ...about,
      ...fieldRows(difference, fields.slice(start, end), choices, size, (index) => (start + index === at ? ' > ' : '   ')),
      ...values.slice(from, from + seen),
      ...(cut ? [line(span('muted', `   lines ${from + 1}–${from + seen} of ${values.length}, PgUp PgDn scroll`))] : []),
    ],
  };
}

/** What is asked, before the fields. */
function aboutLines(difference: Difference, state: Pick<RunState, 'connection'>, size: Size): readonly Line[] {
  const narrow = size.width === 'narrow';
  return [
    ...labelled('what', `${kindNoun(difference.kind)} ${difference.name}, ${count(difference.fields.length, 'field')} changed, ${shortSource(difference.source)}`, size.columns, { narrow }),
    ...labelled('effect', effectText(difference), size.columns, { narrow }),
    ...(lackText(difference, state) === '' ? [] : labelled('missing', lackText(difference, state), size.columns, { narrow })),
    ...labelled('suggested', suggestionText(difference).replace(/^Suggested: /, ''), size.columns, { narrow }),
  ];
}
