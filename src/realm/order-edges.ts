import { objectId } from './keys.ts';
import { kindOf, KINDS } from './kinds/index.ts';
import type { Difference, ObjectId, RealmState } from './model.ts';
import { evidenceWith } from './union.ts';

/** `object`: it needs something that is lost there. `role`, `tokens`: see OrderHint. */
export type Strength = 'object' | 'role' | 'tokens';

export interface Edge {
  readonly before: string;
  readonly after: string;
  readonly strength: Strength;
  readonly reason: string;
}

const STRENGTHS: readonly Strength[] = ['object', 'role', 'tokens'];

/** What must exist first: a lost object that another owner's difference refers to or stands in. */
export function objectEdges(differences: readonly Difference[], evidence: readonly RealmState[]): readonly Edge[] {
  const lost = new Map<ObjectId, Difference>(differences.filter((difference) => difference.change === 'lost').map((difference) => [difference.id, difference]));
  return differences.flatMap((difference) => {
    const state = evidenceWith(evidence, difference.id);
    const object = state?.objects.get(difference.id);
    if (difference.change === 'live-only' || state === undefined || object === undefined) return [];
    const needs = [...(object.parent === undefined ? [] : [object.parent]), ...(kindOf(object.kind)?.references(object, state) ?? [])];
    return needs.flatMap((id) => {
      const needed = lost.get(id);
      if (needed === undefined) return [];
      const title = kindOf(needed.kind)?.title ?? needed.kind;
      return [{ before: needed.owner, after: difference.owner, strength: 'object' as const, reason: `needs ${title} ${needed.name}, which is restored with ${needed.owner}` }];
    });
  });
}

/** Whose roles and whose tokens: read from all objects of the realm, not only from those that differ. */
export function hintEdges(differences: readonly Difference[], union: RealmState): readonly Edge[] {
  const lost = new Set(differences.filter((difference) => difference.change === 'lost').map((difference) => difference.id));
  const hinting = new Map(KINDS.flatMap((kind) => (kind.hints === undefined ? [] : [[kind.name, kind.hints] as const])));
  const edges: Edge[] = [];
  union.objects.forEach((object) => {
    for (const hint of hinting.get(object.kind)?.(object) ?? []) {
      edges.push(hint.strength === 'tokens' && lost.has(objectId('client', hint.after))
        // Nobody can take tokens yet: the audience itself has to come back first.
        ? { before: hint.after, after: hint.before, strength: 'object', reason: `names ${hint.after} as audience, which is gone itself` }
        : hint);
    }
  });
  return edges;
}

/** One edge for each pair and direction: the strongest, and of those the first reason in alphabetical order. */
export function strongestOnly(edges: readonly Edge[]): readonly Edge[] {
  const best = new Map<string, Edge>();
  for (const edge of edges) {
    const key = JSON.stringify([edge.before, edge.after]);
    const rival = best.get(key);
    const wins = rival === undefined || STRENGTHS.indexOf(edge.strength) < STRENGTHS.indexOf(rival.strength) || (edge.strength === rival.strength && edge.reason < rival.reason);
    if (wins) best.set(key, edge);
  }
  return [...best.values()];
}
