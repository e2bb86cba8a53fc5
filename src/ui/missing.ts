/** Finding what is still open. */
import { fieldChoice, openKeys } from '../realm/choice.ts';
import type { Difference } from '../realm/model.ts';
import type { RunState } from '../runbook/model.ts';
import type { LocalState } from './local.ts';
import { say, stay, type Outcome } from './outcome.ts';
import { fieldsInSight } from './sight.ts';
import type { OwnerRow } from './view/owners.ts';

interface Place {
  readonly cursor: number;
  readonly item: number;
  /** Where only some fields are answered, or the fields are in sight: one of those that are not. */
  readonly field: number | null;
}

function isAfter(place: Place, at: Place): boolean {
  if (place.cursor !== at.cursor) return place.cursor > at.cursor;
  return place.item !== at.item ? place.item > at.item : (place.field ?? -1) > (at.field ?? -1);
}

/** The next answer that is missing after the cursor, from the top again when there is none below. */
export function nextMissing(state: RunState, local: LocalState, rows: readonly OwnerRow[]): Outcome {
  const shown = fieldsInSight(state, local);
  const at: Place = { cursor: local.cursor, item: local.pane === 'differences' ? local.item : -1, field: shown === undefined ? null : local.fieldItem };
  let first: Place | undefined;
  for (const [cursor, row] of rows.entries()) {
    for (const [item, difference] of row.differences.entries()) {
      for (const field of openFields(state, difference, difference.id === shown?.id)) {
        const place = { cursor, item, field };
        if (isAfter(place, at)) return stay(placed(local, place));
        first ??= place;
      }
    }
  }
  return first === undefined ? say(local, 'No answer is missing.') : stay(placed(local, first));
}

/** The fields of a difference that want an answer of their own; null stands for the whole of it. */
function openFields({ choices }: RunState, difference: Difference, shown: boolean): readonly (number | null)[] {
  const keys = openKeys(difference, choices);
  if (keys.length === 0) return [];
  if (keys[0] === difference.id && !shown) return [null];
  return difference.fields.flatMap(({ path }, index) => (fieldChoice(difference, path, choices) === undefined ? [index] : []));
}

function placed(local: LocalState, { cursor, item, field }: Place): LocalState {
  return { ...local, cursor, item, pane: 'differences', detail: field !== null, fieldItem: field ?? 0, scroll: 0 };
}
