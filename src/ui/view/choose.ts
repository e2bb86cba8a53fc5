/** Choose: the clients in dependency order above, the differences of one of them below. */
import { choiceOf } from '../../realm/choice.ts';
import { remembered } from '../../realm/remember.ts';
import type { RunState } from '../../runbook/model.ts';
import { missingChoices } from '../../runbook/choices.ts';
import { count } from '../../runbook/lines.ts';
import { fieldsInSight } from '../sight.ts';
import type { Size } from '../terminal.ts';
import { displayWidth, padTo, sanitise, truncateEnd, truncateMiddle } from '../text.ts';
import { chosenLackText, detailLines, differenceLine, reasonLines } from './difference.ts';
import { fieldsScreen } from './fields.ts';
import { BLANK, fit, line, span, wrap, type Line } from './line.ts';
import { arrows, ownerRows, summary, windowOf, type OwnerRow } from './owners.ts';
import type { Scene, Screen } from './types.ts';

/** `6 of 12 clients and 2 others differ, in dependency order`. */
export function chooseHeading(state: RunState, size: Size): Line {
  const rows = ownerRows(state, '');
  const clients = rows.filter(({ owner }) => owner !== 'realm' && !owner.startsWith('scope ') && !owner.startsWith('group ')).length;
  const total = state.snapshots['live-before']?.counts['clients'];
  const others = rows.length - clients;
  const known = total === undefined ? `${count(clients, 'client')}` : `${clients} of ${count(total, 'client')}`;
  const text = `${known}${others > 0 ? ` and ${count(others, 'other')}` : ''} differ, in dependency order`;
  return fit(line(' ', span('strong', text), span('muted', ' (← restored first)')), size.columns);
}

/** `2  api-gateway   2 client scopes lost   ← 1   audience of 4 clients`. */
export function ownerLine(row: OwnerRow, rows: readonly OwnerRow[], state: RunState, size: Size, lead: string, nameRoom: number): Line {
  const open = row.differences.filter((difference) => choiceOf(difference, state.choices) === undefined).length;
  const before = arrows(row, rows);
  const arrow = before.length === 0 ? '' : ` ← ${before.join(', ')}`;
  const reason = row.entry?.cycle ? `${row.entry.reason} (a cycle was broken here)` : row.entry?.reason ?? '';
  const name = padTo(truncateMiddle(sanitise(row.owner), nameRoom), nameRoom);
  const what = summary(row.differences);
  const padded = size.width === 'wide' && reason !== '' ? padTo(`${truncateEnd(what, 44 - displayWidth(arrow))}${arrow}`, 44) : `${what}${arrow}`;
  const missing = span(open > 0 ? 'warn' : 'muted', padTo(open > 0 ? `${open} open` : 'done', 8));
  return fit(line(span('focus', lead), `${String(row.number).padStart(2)} ${name} `, missing, padded, reason === '' ? '' : span('muted', `  ${reason}`)), size.columns);
}

/** Cells that the longest owner gets, within reason. */
export function ownerRoom(rows: readonly OwnerRow[], size: Size): number {
  return Math.min(longestName(rows, null), Math.max(8, Math.floor(size.columns / 3)));
}

const longestName = remembered((rows: readonly OwnerRow[], _none: null): number => rows.reduce((most, row) => Math.max(most, displayWidth(sanitise(row.owner))), 8));

function paneTitle(row: OwnerRow, size: Size, shown: string, focused: boolean): Line {
  const title = `${focused ? '> ' : ''}${row.owner}${shown}`;
  const text = truncateMiddle(sanitise(title), Math.max(8, size.columns - 6));
  const head = line(' ', span(focused ? 'focus' : 'strong', text), ' ');
  return line(...head, span('muted', size.width === 'narrow' ? '' : '─'.repeat(Math.max(0, size.columns - displayWidth(text) - 3))));
}

/** `(4–9 of 31)` when a list does not fit. */
function shownOf(start: number, end: number, total: number): string {
  return end - start >= total ? '' : ` (${start + 1}–${end} of ${total})`;
}

export function missingLine(state: RunState): Line {
  const missing = missingChoices(state.differences, state.choices).length;
  return missing === 0 ? line(' ', span('ok', 'No answer is missing.'), ...lackSpans(state)) : line(' ', span('warn', `${count(missing, 'answer')} missing`), ': a takes every suggestion');
}

/** Behind the chosen restores of which it is known that the server would refuse them. */
function lackSpans(state: RunState): Line {
  const text = chosenLackText(state);
  return text === '' ? [] : line(' ', span('warn', text));
}

export function chooseScreen(scene: Scene): Screen {
  const { local, size, height, snapshot: { state } } = scene;
  const rows = ownerRows(state, local.filter);
  const prompt = local.field === 'filter' ? [line(' Filter: ', span('focus', `${local.typed}▏`))] : wrap(line(...missingLine(state), local.filter === '' ? '' : span('muted', `   filter: ${local.filter}, Esc shows all`)), size.columns, 1);
  const heading = chooseHeading(state, size);
  const cursor = Math.min(local.cursor, rows.length - 1);
  const row = rows[cursor];
  if (row === undefined) return { body: [heading, line('   Nothing matches the filter.')], prompt };
  const shown = fieldsInSight(state, local);
  if (shown !== undefined) {
    const fields = fieldsScreen(shown, scene, height - prompt.length - 2);
    return { body: [heading, paneTitle(row, size, fields.shown, true), ...fields.body], prompt, scroll: fields.scroll };
  }
  if (local.detail) return { body: [heading, paneTitle(row, size, '', true), ...detailLines(row.differences[local.item], state, size)], prompt };

  const reasons = reasonLines(row.differences[local.pane === 'differences' ? local.item : 0], state, size, local.pane === 'clients' && row.differences.length > 1).slice(0, height >= 16 ? 3 : 1);
  const room = Math.max(4, height - prompt.length - 3 - reasons.length);
  const ownerCount = Math.min(rows.length, Math.max(2, room - Math.min(row.differences.length, Math.ceil(room / 2))));
  const owners = windowOf(rows.length, cursor, ownerCount);
  const items = windowOf(row.differences.length, local.pane === 'differences' ? local.item : 0, Math.max(1, room - (owners.end - owners.start)));
  const nameRoom = ownerRoom(rows, size);
  const list = rows.slice(owners.start, owners.end).map((other, offset) => {
    const here = owners.start + offset === cursor;
    return ownerLine(other, rows, state, size, here ? (local.pane === 'clients' ? ' > ' : ' · ') : '   ', nameRoom);
  });
  const hidden = rows.length - list.length;
  const differences = row.differences.slice(items.start, items.end).map((difference, offset) => {
    const here = local.pane === 'differences' && items.start + offset === local.item;
    return differenceLine(difference, choiceOf(difference, state.choices), size, here ? ' > ' : '   ', state.connection);
  });
  return {
    body: [
      heading, ...list,
      hidden > 0 ? line(span('muted', `   clients${shownOf(owners.start, owners.end, rows.length)}`)) : BLANK,
      paneTitle(row, size, shownOf(items.start, items.end, row.differences.length), local.pane === 'differences'),
      ...differences, ...reasons,
    ],
    prompt,
  };
}
