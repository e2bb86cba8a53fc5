/** Evidence: where the lost configuration can be read from. */
import type { EvidenceCandidate } from '../../runbook/model.ts';
import { specsOf } from '../evidence-press.ts';
import type { Size } from '../terminal.ts';
import { sanitise, truncateMiddle } from '../text.ts';
import { fit, line, span, wrap, type Line } from './line.ts';
import { windowOf } from './owners.ts';
import type { Scene, Screen } from './types.ts';
import { shortDate } from './words.ts';

export const EVIDENCE_QUESTION = 'Where can the lost configuration be read from? What is selected first wins.';

/** `[1]` for the first selected source, `[ ]` for others. */
function box(spec: string, selected: readonly string[]): string {
  const place = selected.indexOf(spec);
  return place === -1 ? '[ ]' : `[${place + 1}]`;
}

/** The text of one candidate: title, date, what it states. */
export function candidateText(candidate: EvidenceCandidate, size: Size): Line {
  const title = truncateMiddle(sanitise(candidate.title), Math.max(16, size.columns - 30));
  const rest = [shortDate(candidate.date), candidate.detail].filter((part) => part !== '').join('   ');
  return line(title, candidate.recommended ? span('ok', '   recommended') : '', rest === '' ? '' : span('muted', `   ${rest}`));
}

export function evidenceScreen(candidates: readonly EvidenceCandidate[], scene: Scene): Screen {
  const { local, size, height } = scene;
  const specs = specsOf(candidates, local);
  const prompt = local.field === 'path' ? [line(' Path or source: ', span('focus', `${local.typed}▏`))] : [line(` ${local.selected.length} selected`)];
  const question = wrap(line(' ', span('strong', EVIDENCE_QUESTION)), size.columns, 1);
  const { start, end } = windowOf(specs.length, local.cursor, Math.max(2, height - question.length - prompt.length - 3));
  const rows = specs.slice(start, end).map((spec, offset) => {
    const here = start + offset === local.cursor;
    const candidate = candidates.find((found) => found.spec === spec);
    const text = candidate ? candidateText(candidate, size) : line(spec, span('muted', '   typed in'));
    return fit(line(span('focus', here ? ' > ' : '   '), `${box(spec, local.selected)} `, ...text), size.columns);
  });
  const focused = candidates.find((candidate) => candidate.spec === specs[local.cursor]);
  const hidden = specs.length - (end - start);
  return {
    body: [
      ...question,
      ...(rows.length === 0 ? [line('   Nothing was found by itself: f lets you type a path.')] : rows),
      ...(hidden > 0 ? [line(span('muted', `   ${hidden} more above or below`))] : []),
      ...(focused ? wrap(line('   ', span('muted', `${focused.spec}: ${focused.detail}`)), size.columns, 3).slice(0, 2) : []),
    ],
    prompt,
  };
}
