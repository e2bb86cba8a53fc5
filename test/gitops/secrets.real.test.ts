import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createExporter } from '../../src/gitops/exporter.ts';
import { guardSecrets } from '../../src/gitops/guard.ts';
import { unifiedDiff } from '../../src/gitops/unified.ts';
import { realmJson } from '../../src/sandbox/incident/files.ts';
import { goodRealmFile } from '../../src/sandbox/incident/story.ts';
import { answered, exportRequest, FEED_SECRET, git, liveRealm, scratch, stateOf } from './story.ts';

const exporter = createExporter({ now: () => 0 });

describe('secrets', () => {
  test('what git holds in clear stays in its file, and does not get into the patch as a neighbour of a change', async () => {
    const [repo, directory] = [scratch(), scratch()];
    const good = goodRealmFile({ realm: 'primary' }, { secrets: 'real' });
    const file = 'my realms/primary "x".json';
    mkdirSync(path.join(repo, 'my realms'));
    writeFileSync(path.join(repo, file), realmJson(good));
    git(repo, 'init', '-q');
    git(repo, 'add', '-A');
    const live = stateOf(liveRealm());
    const exported = await exporter.export(exportRequest({ live, directory, repo, ...answered(live, good) }));
    const patch = readFileSync(path.join(directory, 'changes.patch'), 'utf8');
    expect(patch).toContain('https://gw2.example.com/*');
    expect(patch).not.toContain('lab-secret-of-');
    expect(patch).not.toContain(FEED_SECRET);
    expect(exported.applyCheck).toEqual({ ok: true, message: 'git apply --check passes' });
    git(repo, 'apply', path.join(directory, 'changes.patch'));
    expect(readFileSync(path.join(repo, file), 'utf8')).toBe(readFileSync(path.join(directory, file), 'utf8'));
    expect(readFileSync(path.join(repo, file), 'utf8')).toContain('lab-secret-of-api-gateway');
  });

  test('a secret that would be new in a file stops the export, in any spelling, and is not in the message', () => {
    const file = (after: string) => [{ path: 'realm.json', before: 'pass"word', after, added: after }];
    const guard = (after: string, text = '') => () => guardSecrets(new Set(['pass"word', 'other-one']), file(after), { COMMIT_MESSAGE: text });
    expect(guard('pass"word x')).not.toThrow();
    for (const after of ['pass"word pass"word', 'pass\\"word', 'pass\\\\\\"word', Buffer.from('other-one').toString('base64')]) {
      expect(guard(after)).toThrow('into realm.json, so nothing was written');
      expect(guard(after)).not.toThrow('other-one');
    }
    expect(guard('x', 'see other-one')).toThrow('COMMIT_MESSAGE');
  });

  test('context is cut at a secret before and behind a change, and git still applies the hunk', () => {
    const lines = ['a', 'b', 'c secret', 'd', 'e', 'f', 'g secret', 'h', ''];
    const [before, after] = [lines.join('\n'), lines.join('\n').replace('\ne\n', '\nE\nE2\n')];
    const { text, added, removed } = unifiedDiff({ path: 'x y.txt', before, after }, (line) => line.includes('secret'), 3);
    expect(text).toBe('diff --git a/x y.txt b/x y.txt\n--- a/x y.txt\t\n+++ b/x y.txt\t\n@@ -4,3 +4,4 @@\n d\n-e\n+E\n+E2\n f\n');
    expect([added, removed]).toEqual([2, 1]);
    const directory = scratch();
    writeFileSync(path.join(directory, 'x y.txt'), before);
    execFileSync('git', ['apply'], { cwd: directory, input: text });
    expect(readFileSync(path.join(directory, 'x y.txt'), 'utf8')).toBe(after);
  });

  test.each([['no newline at the end', 'a\nb', 'a\nB'], ['CRLF', 'a\r\nb\r\n', 'a\r\nB\r\nc\r\n'], ['an empty start', 'b\n', 'a\nb\n'], ['unicode line separators', 'x\u2028y\nb\n', 'x\u2028y\nc\n']])('a patch of a file with %s applies to the byte', (_, before, after) => {
    const directory = scratch();
    writeFileSync(path.join(directory, 'f'), before);
    execFileSync('git', ['apply', '--whitespace=nowarn'], { cwd: directory, input: unifiedDiff({ path: 'f', before, after }, () => false, 3).text });
    expect(readFileSync(path.join(directory, 'f'), 'utf8')).toBe(after);
  });
});
