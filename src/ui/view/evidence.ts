/** Evidence: where the lost configuration can be read from. */
import type { EvidenceCandidate } from '../../runbook/model.ts';
import { specsOf } from '../evidence-press.ts';
import type { Size } from '../terminal.ts';
import { displayWidth, padTo, sanitise, truncateMiddle } from '../text.ts';
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

const RECOMMENDED = 'recommended';
/** `Nov 12, 14:02`. */
const DATE_ROOM = 13;

/** The text of one candidate: title, date, what it states. */
export function candidateText(candidate: EvidenceCandidate): Line {
  const rest = [shortDate(candidate.date), candidate.detail].filter((part) => part !== '').join('   ');
  return line(candidate.title, candidate.recommended ? span('ok', `   ${RECOMMENDED}`) : '', rest === '' ? '' : span('muted', `   ${rest}`));
}

/** Cells that titles get, so that dates stand below one another. What a row has no room for stands below the list. */
function titleRoom(candidates: readonly EvidenceCandidate[], size: Size): number {
  const longest = candidates.reduce((most, { title }) => Math.max(most, displayWidth(sanitise(title))), 16);
  return Math.min(longest, size.width === 'narrow' ? size.columns - 7 : Math.max(16, size.columns - 7 - DATE_ROOM - RECOMMENDED.length - 6));
}

function candidateRow(candidate: EvidenceCandidate, room: number, size: Size): Line {
  const title = truncateMiddle(sanitise(candidate.title), room);
  if (size.width === 'narrow') return line(title);
  const detail = size.width === 'wide' ? span('muted', `   ${candidate.detail}`) : '';
  return line(padTo(title, room), '   ', padTo(shortDate(candidate.date), DATE_ROOM), candidate.recommended ? span('ok', `   ${RECOMMENDED}`) : '', detail);
}

/** The candidate under the cursor: what its row could not show. */
function focusedLines(candidate: EvidenceCandidate, room: number, size: Size): readonly Line[] {
  const cut = displayWidth(sanitise(candidate.title)) > room;
  const parts = [cut ? candidate.title : '', ...(size.width === 'narrow' ? [shortDate(candidate.date), candidate.recommended ? RECOMMENDED : ''] : []), candidate.detail].filter((part) => part !== '');
  return wrap(line('   ', span('muted', parts.join(' · '))), size.columns, 3);
}

export function evidenceScreen(candidates: readonly EvidenceCandidate[], scene: Scene): Screen {
  const { local, size, height } = scene;
  const specs = specsOf(candidates, local);
  const prompt = local.field === 'path' ? [line(' Path or source: ', span('focus', `${local.typed}▏`))] : [line(` ${local.selected.length} selected${local.selected.length > 0 ? '; Enter reads what is selected.' : ''}`)];
  const question = wrap(line(' ', span('strong', EVIDENCE_QUESTION)), size.columns, 1);
  const { start, end } = windowOf(specs.length, local.cursor, Math.max(2, height - question.length - prompt.length - 4));
  const room = titleRoom(candidates, size);
  const rows = specs.slice(start, end).map((spec, offset) => {
    const here = start + offset === local.cursor;
    const candidate = candidates.find((found) => found.spec === spec);
    const text = candidate ? candidateRow(candidate, room, size) : line(spec, span('muted', '   typed in'));
    return fit(line(span('focus', here ? ' > ' : '   '), `${box(spec, local.selected)} `, ...text), size.columns);
  });
  const focused = candidates.find((candidate) => candidate.spec === specs[local.cursor]);
  const hidden = specs.length - (end - start);
  return {
    body: [
      ...question,
      ...(rows.length === 0 ? [line('   Nothing was found by itself: f lets you type a path.')] : rows),
      ...(hidden > 0 ? [line(span('muted', `   ${hidden} more above or below`))] : []),
      ...(focused ? focusedLines(focused, room, size).slice(0, 3) : []),
    ],
    prompt,
  };
}
