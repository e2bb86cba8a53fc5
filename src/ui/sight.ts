/** What stands under the cursor in Choose. */
import { hasFields } from '../realm/choice.ts';
import type { Difference } from '../realm/model.ts';
import type { RunState } from '../runbook/model.ts';
import type { LocalState } from './local.ts';
import { ownerRows, type OwnerRow } from './view/owners.ts';

/** The row under the cursor; undefined when the filter lets nothing through. */
export function rowInSight(state: RunState, local: LocalState): OwnerRow | undefined {
  const rows = ownerRows(state, local.filter);
  return rows[Math.min(local.cursor, rows.length - 1)];
}

/** The change that is shown in detail and can be answered field by field. */
export function fieldsInSight(state: RunState, local: LocalState): Difference | undefined {
  const shown = local.detail ? rowInSight(state, local)?.differences[local.item] : undefined;
  return shown !== undefined && hasFields(shown) ? shown : undefined;
}
