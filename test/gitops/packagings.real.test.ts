/** Every packaging in one repository: the export is a patch that git applies, and a parser that is not ours sees nothing but what was kept. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createExporter } from '../../src/gitops/exporter.ts';
import { KEPT, LIVE, PACKAGINGS, withoutAdded } from './packagings.ts';
import { exportRequest, git, scratch, stateOf } from './story.ts';

const INDEPENDENT = fileURLToPath(new URL('./independent.py', import.meta.url));

test('is exported, applied by git, and differs only in the redirect URI that was added in the console', async () => {
  const [repo, before, directory] = [scratch(), scratch(), scratch()];
  const files = Object.values(PACKAGINGS).flatMap(({ file = 'x.yaml', text }, index) => [[`lf-${index}/${file}`, text], [`crlf-${index}/${file}`, text.replaceAll('\n', '\r\n')]] as const);
  for (const top of [repo, before]) {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(top, path)), { recursive: true });
      writeFileSync(join(top, path), text);
    }
  }
  git(repo, 'init', '-q');
  git(repo, 'config', 'core.autocrlf', 'false');
  git(repo, 'add', '-A');
  git(repo, 'commit', '-qm', 'as it was');
  const exported = await createExporter({ now: Date.now }).export(exportRequest({ live: stateOf(LIVE), directory, repo, differences: [KEPT], choices: { [KEPT.id]: 'keep' } }));
  expect(exported).toMatchObject({ applyCheck: { ok: true } });
  expect(exported.files.filter(({ refusal }) => refusal !== null)).toEqual([]);
  git(repo, 'apply', '--whitespace=nowarn', join(directory, 'changes.patch'));
  for (const [path, text] of files) expect(withoutAdded(readFileSync(join(repo, path), 'utf8')), path).toBe(text);

  const found = JSON.parse(execFileSync('python3', [INDEPENDENT, before, repo], { input: files.map(([path]) => path).join('\n'), encoding: 'utf8' })) as Record<string, [string, unknown, unknown][]>;
  for (const [path] of files) {
    expect(found[path], path).toHaveLength(1);
    const [, old, fresh] = found[path]?.[0] ?? [];
    // In a realm that is a tree the parser sees the new member, in one that is a text the text.
    if (old === null) expect(fresh, path).toBe('https://b/*');
    else expect(withoutAdded(String(fresh)), path).toBe(String(old));
  }
});
