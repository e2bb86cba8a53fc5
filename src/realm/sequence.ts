import { compareText } from './canonical.ts';
import type { Draft } from './kind.ts';
import type { Operation } from './model.ts';

/** A draft with its place: whose it is, how early its kind comes, and which operations it waits for. */
export interface Item {
  readonly draft: Draft;
  readonly owner: string;
  readonly rank: number;
  readonly dependsOn: readonly string[];
}

export interface OperationGroup {
  readonly owner: string;
  readonly operations: readonly Operation[];
}

/**
 * Groups operations by owner in the given order (owners that it does not name come last, by name). An operation that an
 * earlier group waits for moves there, so no group ever needs a later one; inside a group what is needed comes first.
 */
export function groupOperations(items: readonly Item[], order: readonly string[]): readonly OperationGroup[] {
  const owners = [...new Set([...order, ...items.map((item) => item.owner).toSorted(compareText)])];
  const position = new Map(owners.map((owner, index) => [owner, index]));
  const byId = new Map(items.map((item) => [item.draft.id, item]));
  const group = new Map(items.map((item) => [item.draft.id, position.get(item.owner) ?? 0]));
  const todo = [...items];
  for (let item = todo.pop(); item !== undefined; item = todo.pop()) {
    const at = group.get(item.draft.id) ?? 0;
    for (const id of item.dependsOn) {
      const needed = byId.get(id);
      if (needed === undefined || (group.get(id) ?? 0) <= at) continue;
      group.set(id, at);
      todo.push(needed);
    }
  }
  const members: Item[][] = owners.map(() => []);
  for (const item of items) members[group.get(item.draft.id) ?? 0]?.push(item);
  return owners.flatMap((owner, index) => {
    const own = members[index] ?? [];
    return own.length === 0 ? [] : [{ owner, operations: sorted(own).map((item) => operation(item, owner)) }];
  });
}

/** What waits for nothing open comes first; among those by rank of the kind, then by id. */
function sorted(members: readonly Item[]): readonly Item[] {
  const waiting = [...new Map(members.map((item) => [item.draft.id, item])).values()].sort((a, b) => a.rank - b.rank || compareText(a.draft.id, b.draft.id));
  const open = new Set(waiting.map((item) => item.draft.id));
  const done: Item[] = [];
  while (waiting.length > 0) {
    const free = waiting.findIndex((item) => item.dependsOn.every((id) => !open.has(id)));
    // A cycle cannot come from kinds that refer to containers only; were there one, the first by rank breaks it.
    for (const next of waiting.splice(Math.max(free, 0), 1)) {
      open.delete(next.draft.id);
      done.push(next);
    }
  }
  return done;
}

function operation(item: Item, owner: string): Operation {
  const { requires: _requires, afterOperations: _after, ...rest } = item.draft;
  return { ...rest, owner, dependsOn: item.dependsOn };
}
