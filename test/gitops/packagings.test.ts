import { describe, expect, test } from 'vitest';
import { realmInText } from '../../src/evidence/document.ts';
import { patchFile } from '../../src/gitops/patch-file.ts';
import { GIT, KEPT, LIVE, PACKAGINGS, WANTED, withoutAdded } from './packagings.ts';
import { stateOf } from './story.ts';

// What was kept live comes in, every byte around it stays.
const patched = (file: string, text: string) => patchFile(file, text, { realm: 'primary', serverVersion: '26.7.4', live: stateOf(LIVE), choices: { [KEPT.id]: 'keep' }, differences: [KEPT] });

describe.each(Object.entries(PACKAGINGS))('%s', (_, { file = 'deploy/x.yaml', text, read }) => {
  test('is evidence', () => {
    expect(realmInText(file, text, 'primary').representation).toEqual(GIT);
  });

  test.each([['as it is', text], ['with CRLF', text.replaceAll('\n', '\r\n')]])('%s', (_style, source) => {
    expect(read(source)).toEqual(GIT);
    const result = patched(file, source);
    expect(result?.refusal).toBeNull();
    const after = result?.after ?? '';
    expect(read(after)).toEqual(WANTED);
    expect(withoutAdded(after)).toBe(source);
    expect(patched(file, after)?.after).toBe(after);
  });
});
