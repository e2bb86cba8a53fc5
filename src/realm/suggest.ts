/** The suggested answer for a difference, always with its reason. */
import { fieldDifferences } from './fields.ts';
import type { Kind } from './kind.ts';
import type { Change, Choice, RealmObject, RealmState } from './model.ts';

export interface Suggestion {
  readonly suggest: Choice | 'ask';
  readonly because: string;
}

export interface Case {
  readonly change: Change;
  readonly object: RealmObject;
  readonly live: RealmObject | undefined;
  /** All evidence that has the object, the winning one first. */
  readonly having: readonly RealmState[];
}

export function suggestFor(kind: Kind, found: Case): Suggestion {
  const [winner] = found.having;
  const special = kind.suggest?.(found.change, found.object, winner?.completeness ?? 'stated');
  if (special !== undefined) return special;
  if (winner === undefined) return { suggest: 'keep', because: 'no source has it, so a person probably added it; it will go into git' };
  if (found.change === 'lost') return { suggest: 'restore', because: `${winner.source} has it and the live realm does not` };
  return forChanged(found, winner);
}

/**
 * An export of the realm itself says what was true at that moment. A file that a person wrote may be as stale as the
 * one that did the damage, so it needs a second source that agrees.
 */
function forChanged(found: Case, winner: RealmState): Suggestion {
  if (winner.completeness !== 'stated') return { suggest: 'restore', because: `${winner.source} was read from the realm itself before the change` };
  const others = found.having.slice(1).map((state) => ({ state, agrees: agreesWith(state, found) }));
  const second = others.find((other) => other.agrees === 'evidence');
  const dissent = others.find((other) => other.agrees === 'live');
  if (dissent !== undefined) return { suggest: 'ask', because: `${winner.source} says so, but ${dissent.state.source} has what is live` };
  if (second !== undefined) return { suggest: 'restore', because: `${winner.source} and ${second.state.source} agree against the live realm` };
  return { suggest: 'ask', because: `only ${winner.source} says so, and it may be older than the live realm` };
}

function agreesWith(state: RealmState, found: Case): 'live' | 'evidence' | 'neither' {
  const theirs = state.objects.get(found.object.id);
  if (theirs === undefined || found.live === undefined) return 'neither';
  if (fieldDifferences(found.live.value, theirs.value, false).length === 0) return 'live';
  return fieldDifferences(theirs.value, found.object.value, false).length === 0 ? 'evidence' : 'neither';
}
