import { expect, test } from 'vitest';
import { triedOn } from '../../src/realm/tried.ts';

test.each([
  ['26.7.4', null], ['27.0.0', null], [null, null], ['999-SNAPSHOT', null],
  ['26.0.8', / all kinds but organizations were tried$/], ['24.0.5', /steps of flows were tried$/], ['22.0.5', /22\.0\.5 .* user profile were tried$/], ['21.1.0', /nothing was tried/],
] as const)('%s', (version, said) => {
  if (said === null) expect(triedOn(version)).toBeNull();
  else expect(triedOn(version)).toMatch(said);
});
