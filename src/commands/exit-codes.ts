import { EXIT } from '../realm/errors.ts';

/** Exit codes with their meaning, for help and README. */
export const EXIT_MEANINGS: readonly (readonly [number, string])[] = [
  [EXIT.done, 'done and proven, or in sync'],
  [EXIT.unexpected, 'unexpected error'],
  [EXIT.differences, 'differences or findings'],
  [EXIT.couldNotCheck, 'could not check (unreachable, refused, missing role)'],
  [EXIT.notProven, 'not proven'],
  [EXIT.needsDecision, 'needs a decision'],
  [EXIT.locked, 'another run holds the lock'],
  [EXIT.usage, 'usage'],
  [EXIT.interrupted, 'interrupted, resumable'],
];
