import { describe, expect, test } from 'vitest';
import { lintFile } from '../../src/gitops/lint.ts';
import { corpusFiles } from './corpus.ts';
import type { TextEdit } from '../../src/gitops/splice/text.ts';

const FILES = corpusFiles();
const BY_PACKAGING = Object.entries(Object.groupBy(FILES, ({ packaging }) => packaging));

describe.each(BY_PACKAGING)('%s', (_, files = []) => {
  test.each(files.map((file) => [file.path, file] as const))('%s', (path, wanted) => {
    const found = lintFile(path, wanted.text, null);
    expect(found.verdict).toBe(wanted.verdict);
    expect(found.refusal !== null).toBe(wanted.refusal);
    for (const { line, setting, class: verdict } of wanted.findings) {
      expect(found.findings).toContainEqual(expect.objectContaining({ line, class: verdict, setting: expect.stringContaining(setting.replace(/ OVERWRITE$/, '')) as string }));
    }
    if (wanted.fixable === false) expect(found.fixed).toBeNull();
    if (wanted.fixable !== true) return;
    const fixed = found.fixed ?? '';
    expect(lintFile(path, fixed, null).verdict).toBe(wanted.after ?? 'seed-only');
    // A second look finds nothing more to do.
    expect(lintFile(path, fixed, null).fixed).toBeNull();
    expect(withoutEdits(wanted.text, fixed, found.findings.flatMap(({ edits }) => edits))).toBe(wanted.text);
  });
});

/** The patched text with each edit taken back at the place where it must stand: what is left is every character that was not to be touched. */
function withoutEdits(original: string, fixed: string, edits: readonly TextEdit[]): string {
  let result = fixed;
  // From the front, so that what is behind has its old place again; edits of one place keep their order.
  for (const { start, end, text } of edits.toSorted((a, b) => a.start - b.start)) {
    expect(result.slice(start, start + text.length)).toBe(text);
    result = result.slice(0, start) + original.slice(start, end) + result.slice(start + text.length);
  }
  return result;
}

test('the corpus is worth its name', () => {
  expect(FILES.length).toBeGreaterThan(200);
  expect(BY_PACKAGING.length).toBe(22);
  for (const verdict of ['destructive', 'seed-only', 'inert', 'none'] as const) expect(FILES.filter((file) => file.verdict === verdict).length, verdict).toBeGreaterThanOrEqual(30);
});
