import { parseId } from './keys.ts';
import type { Difference } from './model.ts';
import { couldBecome, placeholdersIn } from './unknowns.ts';

/**
 * Drops pairs in which a lost element with a placeholder (`https://${HOST}/*`) is what a live-only element of the same
 * set became: the deployment filled it in, and nobody added or lost anything.
 */
export function dropFilledIn(differences: readonly Difference[]): readonly Difference[] {
  const dropped = new Set<Difference>();
  const siblings = Map.groupBy(differences.filter((difference) => difference.change === 'live-only'), stemOf);
  for (const lost of differences) {
    if (lost.change !== 'lost') continue;
    const template = parseId(lost.id).parts.at(-1) ?? '';
    if (placeholdersIn(template).length === 0) continue;
    const filled = siblings.get(stemOf(lost))?.find((other) => !dropped.has(other) && couldBecome(template, parseId(other.id).parts.at(-1) ?? ''));
    if (filled !== undefined) dropped.add(lost).add(filled);
  }
  return differences.filter((difference) => !dropped.has(difference));
}

/** The set in which an element stands: its id, which begins with its kind, without the last piece. */
function stemOf({ id }: Difference): string {
  return id.slice(0, id.lastIndexOf('/'));
}
