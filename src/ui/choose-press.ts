/** Keys in Choose: answers, the order of the clients, and finding what is still open. */
import { choiceOf } from '../realm/choice.ts';
import type { Choice, Difference } from '../realm/model.ts';
import type { RunState } from '../runbook/model.ts';
import { missingChoices, suggestedChoices } from '../runbook/choices.ts';
import { count } from '../runbook/lines.ts';
import { fieldPress, nextChoice } from './by-field-press.ts';
import { moved } from './evidence-press.ts';
import type { Command } from './keys.ts';
import type { LocalState } from './local.ts';
import { nextMissing } from './missing.ts';
import { answer, say, scrolled, stay, type Outcome, type Reach } from './outcome.ts';
import { fieldsInSight } from './sight.ts';
import { refusalText } from './view/difference.ts';
import { ownerRows, type OwnerRow } from './view/owners.ts';

export function choosePress(state: RunState, local: LocalState, command: Command, reach: Reach): Outcome {
  const rows = ownerRows(state, local.filter);
  const row = rows[Math.min(local.cursor, rows.length - 1)];
  switch (command) {
    case 'continue': return goOn(state, local, rows);
    case 'missing': return nextMissing(state, local, rows);
    case 'suggested': return acceptSuggestions(state, local);
    case 'pane': return stay({ ...local, pane: local.pane === 'clients' ? 'differences' : 'clients', detail: false });
    case 'detail': return stay({ ...local, detail: !local.detail, pane: 'differences', scroll: 0, fieldItem: 0 });
    case 'filter': return stay({ ...local, field: 'filter', typed: local.filter });
    case 'back': return stay(local.detail ? { ...local, detail: false } : { ...local, pane: 'clients', filter: '' });
    case 'page-up': case 'page-down':
      if (local.detail) return stay(scrolled(local, command, reach));
      break;
    default: break;
  }
  if (row === undefined) return stay(local);
  const shown = fieldsInSight(state, local);
  if (shown !== undefined) return fieldPress(state, local, shown, command, reach);
  switch (command) {
    case 'earlier': case 'later': return moveOwner(state, local, row, command === 'earlier' ? -1 : 1);
    case 'restore': case 'keep': case 'leave': return choose(local, row, command);
    case 'cycle': return cycle(state, local, row);
    default: return move(local, rows, row, command, reach);
  }
}

function move(local: LocalState, rows: readonly OwnerRow[], row: OwnerRow, command: Command, reach: Reach): Outcome {
  if (local.pane === 'clients') {
    const cursor = moved(local.cursor, rows.length, command, reach.page);
    return stay(cursor === undefined ? local : { ...local, cursor, item: 0 });
  }
  const item = moved(local.item, row.differences.length, command, reach.page);
  return stay(item === undefined ? local : { ...local, item, scroll: 0 });
}

/** In the list of clients the answer is for everything of the client; among the differences for the one under the cursor. */
function targets(local: LocalState, row: OwnerRow): readonly Difference[] {
  if (local.pane === 'clients') return row.differences;
  const one = row.differences[local.item];
  return one ? [one] : [];
}

function choose(local: LocalState, row: OwnerRow, choice: Choice): Outcome {
  const wanted = targets(local, row);
  const able = choice === 'restore' ? wanted.filter((difference) => difference.onlyCompared === undefined) : wanted;
  const refused = wanted.find((difference) => !able.includes(difference));
  const notice = refused ? refusalText(refused) : null;
  if (able.length === 0) return stay({ ...local, notice });
  const choices = Object.fromEntries(able.map((difference) => [difference.id, choice]));
  const item = local.pane === 'differences' && !local.detail ? Math.min(local.item + 1, row.differences.length - 1) : local.item;
  return answer({ ...local, item, notice }, { type: 'choice.made', choices, by: 'person' });
}

function cycle(state: RunState, local: LocalState, row: OwnerRow): Outcome {
  const choices = Object.fromEntries(targets(local, row).map((difference) => [difference.id, nextChoice(difference, choiceOf(difference, state.choices))]));
  return answer(local, { type: 'choice.made', choices, by: 'person' });
}

function acceptSuggestions(state: RunState, local: LocalState): Outcome {
  const { choices, open } = suggestedChoices(state.differences, state.choices);
  const taken = Object.keys(choices).length;
  const notice = open > 0 ? `${count(taken, 'suggestion')} taken; ${count(open, 'answer')} only you can give: n goes there.` : `${count(taken, 'suggestion')} taken.`;
  return taken === 0 ? say(local, notice) : answer({ ...local, notice }, { type: 'choice.made', choices, by: 'suggestion' });
}

function goOn(state: RunState, local: LocalState, rows: readonly OwnerRow[]): Outcome {
  const missing = missingChoices(state.differences, state.choices).length;
  if (missing === 0) return answer(local, { type: 'choices.settled', by: 'person' });
  const there = nextMissing(state, { ...local, filter: '' }, local.filter === '' ? rows : ownerRows(state, ''));
  return stay({ ...there.local, notice: `${count(missing, 'answer')} missing: r restores, k keeps, l leaves, a takes all suggestions.` });
}

/** The order can be argued with: the client moves, and what the computed order says against it is shown, not enforced. */
function moveOwner(state: RunState, local: LocalState, row: OwnerRow, by: 1 | -1): Outcome {
  if (local.filter !== '') return say(local, 'The order can be changed when all clients are shown: Esc clears the filter.');
  const shown = ownerRows(state, '');
  const index = shown.findIndex((other) => other.owner === row.owner);
  const neighbour = shown[index + by];
  if (neighbour === undefined || row.entry === undefined || neighbour.entry === undefined) return stay(local);
  const owners = state.order.map((entry) => entry.owner).filter((owner) => owner !== row.owner);
  owners.splice(owners.indexOf(neighbour.owner) + (by === 1 ? 1 : 0), 0, row.owner);
  const [first, second] = by === -1 ? [row, neighbour] : [neighbour, row];
  const edge = first.entry?.after.find((after) => after.owner === second.owner);
  const notice = edge ? `${first.owner} now comes before ${second.owner}, against the computed order: ${edge.reason}.` : null;
  return answer({ ...local, cursor: index + by, pane: 'clients', item: 0, notice }, { type: 'order.moved', owners });
}
