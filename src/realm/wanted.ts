import { fieldChoice, hasFields, type Choices } from './choice.ts';
import { mergeValues } from './fields.ts';
import type { Json } from './json.ts';
import type { Difference, RealmState } from './model.ts';
import { evidenceWith } from './union.ts';

/**
 * What an object shall be once its difference is restored as answered: null where it shall go, the evidence's value where it was
 * lost, and live with nothing but the chosen fields changed otherwise. Undefined where no evidence has it.
 */
export function wantedValue(difference: Difference, live: RealmState, evidence: readonly RealmState[], choices: Choices): Json | undefined {
  if (difference.change === 'live-only') return null;
  const source = evidenceWith(evidence, difference.id);
  const theirs = source?.objects.get(difference.id)?.value;
  if (source === undefined || theirs === undefined) return undefined;
  const ours = live.objects.get(difference.id)?.value;
  if (difference.change === 'lost' || ours === undefined) return theirs;
  const takes = hasFields(difference) ? (path: string) => fieldChoice(difference, path, choices) === 'restore' : undefined;
  return mergeValues(ours, theirs, source.completeness !== 'stated', takes);
}
