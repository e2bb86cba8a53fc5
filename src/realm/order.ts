import { compareText } from './canonical.ts';
import type { Difference, OrderedOwner, RealmState } from './model.ts';
import { hintEdges, objectEdges, strongestOnly, type Edge, type Strength } from './order-edges.ts';
import { unionOf } from './union.ts';

export interface OrderInput {
  readonly differences: readonly Difference[];
  readonly live: RealmState;
  readonly evidence: readonly RealmState[];
}

/**
 * The owners that have differences, in the order in which they are restored.
 *
 * An owner comes after those whose lost objects it needs, then after those whose roles it holds, then after those whose
 * tokens it takes. Between equals: what belongs to no client first, then who is needed by more, then by name.
 *
 * Cycles: where nobody is free, the choice is among the owners of a cycle that waits for nothing outside itself; the one
 * with the fewest unmet needs of the strongest sort goes next, its unmet edges are dropped, and it is marked `cycle`.
 */
export function orderOwners(input: OrderInput): readonly OrderedOwner[] {
  const owners = [...new Set(input.differences.map((difference) => difference.owner))].sort(compareText);
  const hints = hintEdges(input.differences, unionOf(input.live, input.evidence));
  const nodes = new Set(owners);
  const edges = strongestOnly([...objectEdges(input.differences, input.evidence), ...hints].filter((edge) => edge.before !== edge.after && nodes.has(edge.before) && nodes.has(edge.after)));
  const incoming = groupBy(edges, (edge) => edge.after);
  const outgoing = groupBy(edges, (edge) => edge.before);
  const reasons = earlyReasons(hints);
  const waiting = new Map(owners.map((owner) => [owner, candidateOf(owner, incoming.get(owner) ?? [], outgoing.get(owner)?.length ?? 0)]));
  const ordered: OrderedOwner[] = [];
  while (waiting.size > 0) {
    const free = [...waiting.values()].filter((candidate) => candidate.open.size === 0);
    const next = (free.length > 0 ? free : cycleMembers([...waiting.values()])).reduce((a, b) => (rank(b, a) < 0 ? b : a));
    waiting.delete(next.owner);
    for (const edge of outgoing.get(next.owner) ?? []) {
      const candidate = waiting.get(edge.after);
      if (candidate?.open.delete(edge) === true) candidate.unmet[edge.strength] -= 1;
    }
    const after = (incoming.get(next.owner) ?? []).filter((edge) => !next.open.has(edge)).map((edge) => ({ owner: edge.before, reason: edge.reason }));
    ordered.push({ owner: next.owner, after: after.toSorted((a, b) => compareText(a.owner, b.owner)), reason: reasons.get(next.owner) ?? '', ...(next.open.size > 0 ? { cycle: true } : {}) });
  }
  return ordered;
}

/** Moves one owner to another place; the reasons stay, so that a screen can show which of them is now violated. */
export function moveOwner(order: readonly OrderedOwner[], owner: string, toIndex: number): readonly OrderedOwner[] {
  const moved = order.find((item) => item.owner === owner);
  if (moved === undefined) return order;
  const others = order.filter((item) => item !== moved);
  const at = Math.max(0, Math.min(others.length, Math.trunc(toIndex)));
  return [...others.slice(0, at), moved, ...others.slice(at)];
}

/** What belongs to no client: the realm itself, and what stands beside the clients in it under a name of its own. */
export function isRealmLevel(owner: string): boolean {
  return owner === 'realm' || /^(scope|group|flow|identity provider|component|organization) /.test(owner);
}

function groupBy(edges: readonly Edge[], key: (edge: Edge) => string): ReadonlyMap<string, readonly Edge[]> {
  const groups = new Map<string, Edge[]>();
  for (const edge of edges) {
    const group = groups.get(key(edge));
    if (group === undefined) groups.set(key(edge), [edge]);
    else group.push(edge);
  }
  return groups;
}

interface Candidate {
  readonly owner: string;
  /** Edges to it from owners that still wait. */
  readonly open: Set<Edge>;
  /** How many of them there are of each strength: asked for at every choice between two. */
  readonly unmet: Record<Strength, number>;
  readonly level: 0 | 1;
  readonly needed: number;
}

function candidateOf(owner: string, incoming: readonly Edge[], needed: number): Candidate {
  const unmet = { object: 0, role: 0, tokens: 0 };
  for (const edge of incoming) unmet[edge.strength] += 1;
  return { owner, open: new Set(incoming), unmet, level: isRealmLevel(owner) ? 0 : 1, needed };
}

/** Which of two is next: negative for the first. */
function rank(a: Candidate, b: Candidate): number {
  return a.unmet.object - b.unmet.object || a.unmet.role - b.unmet.role || a.unmet.tokens - b.unmet.tokens
    || a.level - b.level || b.needed - a.needed || compareText(a.owner, b.owner);
}

/** Those candidates that wait only for each other: whoever they wait for waits for them too. */
function cycleMembers(candidates: readonly Candidate[]): readonly Candidate[] {
  const waitsFor = new Map(candidates.map((candidate) => [candidate.owner, [...candidate.open].map((edge) => edge.before)]));
  const reach = (start: string): ReadonlySet<string> => {
    const seen = new Set<string>();
    const todo = [...(waitsFor.get(start) ?? [])];
    for (let owner = todo.pop(); owner !== undefined; owner = todo.pop()) {
      if (seen.has(owner)) continue;
      seen.add(owner);
      todo.push(...(waitsFor.get(owner) ?? []));
    }
    return seen;
  };
  const reached = new Map(candidates.map((candidate) => [candidate.owner, reach(candidate.owner)]));
  return candidates.filter((candidate) => [...(reached.get(candidate.owner) ?? [])].every((other) => reached.get(other)?.has(candidate.owner) === true));
}

/** Why somebody is early, in words: how many clients take its tokens, or name it as audience. */
function earlyReasons(hints: readonly Edge[]): ReadonlyMap<string, string> {
  const takers = new Map<string, Set<string>>();
  const issuers = new Map<string, Set<string>>();
  const add = (map: Map<string, Set<string>>, key: string, value: string): void => void map.set(key, (map.get(key) ?? new Set<string>()).add(value));
  for (const edge of hints) {
    if (edge.strength !== 'tokens') continue;
    add(takers, edge.before, edge.after);
    add(issuers, edge.after, edge.before);
  }
  const reasons = new Map<string, string>();
  for (const [owner, of] of issuers) reasons.set(owner, `audience of ${clients(of)}`);
  for (const [owner, by] of takers) reasons.set(owner, `${clients(by)} ${by.size === 1 ? 'takes' : 'take'} its tokens`);
  return reasons;
}

function clients(names: ReadonlySet<string>): string {
  return names.size === 1 ? [...names].join('') : `${names.size} clients`;
}
