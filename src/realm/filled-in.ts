import { parseId } from './keys.ts';
import type { Difference } from './model.ts';
import { couldBecome, placeholdersIn } from './unknowns.ts';

/**
 * Drops pairs in which a lost element with a placeholder (`https://${HOST}/*`) is what a live-only element of the same
 * set became: the deployment filled it in, and nobody added or lost anything.
 */
export function dropFilledIn(differences: readonly Difference[]): readonly Difference[] {
  const dropped = new Set<Difference>();
  for (const lost of differences) {
    const template = parseId(lost.id).parts.at(-1) ?? '';
    if (lost.change !== 'lost' || placeholdersIn(template).length === 0) continue;
    const filled = differences.find((other) => other.change === 'live-only' && !dropped.has(other) && isSibling(lost, other) && couldBecome(template, parseId(other.id).parts.at(-1) ?? ''));
    if (filled !== undefined) dropped.add(lost).add(filled);
  }
  return differences.filter((difference) => !dropped.has(difference));
}

function isSibling(a: Difference, b: Difference): boolean {
  const stem = (id: string): string => id.slice(0, id.lastIndexOf('/'));
  return a.kind === b.kind && stem(a.id) === stem(b.id);
}
