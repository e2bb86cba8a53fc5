/** The two sides of a field, below one another. */
import type { FieldDifference } from '../../realm/model.ts';
import type { Size } from '../terminal.ts';
import { ABSENT, contrasts, sideBySide } from './contrast.ts';
import { line, span, wrap, type Line } from './line.ts';

/** So many lines of one value are shown at most, around the place where the sides begin to differ. */
const TALLEST = 3;
const INDENT = 14;

/**
 * Live and evidence of one field; of long lists and documents only what differs, each place by its path.
 * @param names  what the two sides are called where they are something else
 */
export function valueLines(field: Pick<FieldDifference, 'live' | 'evidence'>, size: Size, names: readonly [string, string] = ['live', 'evidence']): readonly Line[] {
  const width = Math.max(...names.map((name) => name.length));
  const indent = size.width === 'narrow' ? 5 : INDENT;
  const room = Math.max(8, (size.columns - indent) * TALLEST - 8);
  return contrasts(field.live, field.evidence).flatMap(({ at, ...texts }) => {
    const [live, evidence] = sideBySide(texts.live, texts.evidence, room);
    const side = (sign: '-' | '+', label: string, text: string) =>
      (text === ABSENT && at !== '' ? [] : wrap(line(span(sign === '+' ? 'added' : 'removed', `   ${sign} ${label} ${text}`)), size.columns, indent));
    return [
      ...(at === '' ? [] : wrap(line('   ', span('muted', `at ${at}`)), size.columns, 6)),
      ...side('-', names[0].padEnd(width), live), ...side('+', names[1].padEnd(width), evidence),
    ];
  });
}
