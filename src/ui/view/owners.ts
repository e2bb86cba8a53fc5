/** The differences as the Choose screen walks them: by owner, in dependency order. Pure, one pass over thousands for each list. */
import type { Difference, OrderedOwner } from '../../realm/model.ts';
import { remembered } from '../../realm/remember.ts';
import type { RunState } from '../../runbook/model.ts';
import { count } from '../../runbook/lines.ts';
import { CHANGE_WORD, kindNoun } from './words.ts';

export interface OwnerRow {
  readonly owner: string;
  /** 1-based place in the order; stays the same while a filter hides others. */
  readonly number: number;
  readonly entry: OrderedOwner | undefined;
  readonly differences: readonly Difference[];
}

/** All owners that have differences, in order; with a filter only what contains its text in owner, name, kind or effect. */
export function ownerRows(state: RunState, filter: string): readonly OwnerRow[] {
  return filtered(allRows(state.differences, state.order), filter.trim().toLowerCase());
}

const allRows = remembered((differences: readonly Difference[], order: readonly OrderedOwner[]): readonly OwnerRow[] => {
  const byOwner = new Map<string, Difference[]>();
  for (const difference of differences) {
    const of = byOwner.get(difference.owner);
    if (of) of.push(difference);
    else byOwner.set(difference.owner, [difference]);
  }
  const entries = new Map(order.map((entry) => [entry.owner, entry]));
  const owners = [...order.map((entry) => entry.owner).filter((owner) => byOwner.has(owner)), ...[...byOwner.keys()].filter((owner) => !entries.has(owner))];
  return owners.map((owner, index) => ({ owner, number: index + 1, entry: entries.get(owner), differences: byOwner.get(owner) ?? [] }));
});

const filtered = remembered((rows: readonly OwnerRow[], wanted: string): readonly OwnerRow[] => {
  if (wanted === '') return rows;
  return rows
    .map((row) => ({ ...row, differences: row.owner.toLowerCase().includes(wanted) ? row.differences : row.differences.filter((difference) => mentions(difference, wanted)) }))
    .filter((row) => row.differences.length > 0);
});

function mentions(difference: Difference, wanted: string): boolean {
  return [difference.name, difference.effect, kindNoun(difference.kind), CHANGE_WORD[difference.change]].some((text) => text.toLowerCase().includes(wanted));
}

/** `2 client scopes, 1 mapper lost; 1 scope link changed`: each change is named once. */
export function summary(differences: readonly Difference[]): string {
  const changes = new Map<Difference['change'], Map<string, number>>();
  for (const { kind, change } of differences) {
    const counts = changes.get(change) ?? new Map<string, number>();
    counts.set(kindNoun(kind), (counts.get(kindNoun(kind)) ?? 0) + 1);
    changes.set(change, counts);
  }
  return [...changes].map(([change, counts]) => `${[...counts].map(([noun, n]) => count(n, noun)).join(', ')} ${CHANGE_WORD[change]}`).join('; ');
}

/** Numbers of the owners that have to be restored before this one and have differences themselves. */
export function arrows(row: OwnerRow, rows: readonly OwnerRow[]): readonly number[] {
  const after = row.entry?.after ?? [];
  return after.length === 0 ? [] : [...new Set(after.flatMap((edge) => numbers(rows, null).get(edge.owner) ?? []))].sort((a, b) => a - b);
}

const numbers = remembered((rows: readonly OwnerRow[], _none: null): ReadonlyMap<string, number> => new Map(rows.map((row) => [row.owner, row.number])));

/** Which part of a long list is drawn: `size` rows with the cursor inside. */
export function windowOf(total: number, cursor: number, size: number): { readonly start: number; readonly end: number } {
  const rows = Math.max(1, Math.min(size, total));
  const start = Math.max(0, Math.min(cursor - Math.floor(rows / 2), total - rows));
  return { start, end: Math.min(total, start + rows) };
}
