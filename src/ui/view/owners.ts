/** The differences as the Choose screen walks them: by owner, in dependency order. Pure, one pass over thousands. */
import type { Difference, OrderedOwner } from '../../realm/model.ts';
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
  const byOwner = new Map<string, Difference[]>();
  for (const difference of state.differences) {
    const of = byOwner.get(difference.owner);
    if (of) of.push(difference);
    else byOwner.set(difference.owner, [difference]);
  }
  const entries = new Map(state.order.map((entry) => [entry.owner, entry]));
  const owners = [...state.order.map((entry) => entry.owner).filter((owner) => byOwner.has(owner)), ...[...byOwner.keys()].filter((owner) => !entries.has(owner))];
  const rows = owners.map((owner, index) => ({ owner, number: index + 1, entry: entries.get(owner), differences: byOwner.get(owner) ?? [] }));
  const wanted = filter.trim().toLowerCase();
  if (wanted === '') return rows;
  return rows
    .map((row) => ({ ...row, differences: row.owner.toLowerCase().includes(wanted) ? row.differences : row.differences.filter((difference) => mentions(difference, wanted)) }))
    .filter((row) => row.differences.length > 0);
}

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
  const before = new Set((row.entry?.after ?? []).map((edge) => edge.owner));
  return before.size === 0 ? [] : rows.filter((other) => before.has(other.owner)).map((other) => other.number);
}

/** Which part of a long list is drawn: `size` rows with the cursor inside. */
export function windowOf(total: number, cursor: number, size: number): { readonly start: number; readonly end: number } {
  const rows = Math.max(1, Math.min(size, total));
  const start = Math.max(0, Math.min(cursor - Math.floor(rows / 2), total - rows));
  return { start, end: Math.min(total, start + rows) };
}
