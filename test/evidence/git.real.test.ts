import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createEvidenceReader } from '../../src/evidence/reader.ts';
import { writeRepository, REPOSITORY_FILES } from '../../src/sandbox/incident/repository.ts';
import { goodRealmFile } from '../../src/sandbox/incident/story.ts';
import { git, scratch } from '../gitops/story.ts';
import { refusal } from '../harness/failure.ts';

describe('git', () => {
  test('walks the history to the revision that still had what is lost, and names the commit and the author that dropped it', async () => {
    const repo = scratch();
    git(repo, 'init', '-q', '-b', 'main');
    const commit = (author: string, subject: string, realm: unknown): string => {
      writeFileSync(path.join(repo, 'realm.json'), JSON.stringify(realm, null, 2));
      git(repo, 'add', '-A');
      git(repo, 'commit', '-q', `--author=${author} <a@example.com>`, '-m', subject);
      return git(repo, 'rev-parse', '--short=7', 'HEAD').trim();
    };
    const whole = goodRealmFile({ realm: 'primary' });
    const good = commit('Kim', 'Bring it up to date', whole);
    const bad = commit('Robin', 'Tidy up', { ...whole, clients: whole.clients?.slice(1) });
    for (let index = 0; index < 14; index += 1) commit('Bot', `Bump ${index}`, { ...whole, clients: whole.clients?.slice(1), displayName: `v${index}` });
    const found = await createEvidenceReader({ cwd: repo }).find({ repo, realm: 'primary' });
    expect(found).toHaveLength(13);
    expect(found.find(({ recommended }) => recommended)).toMatchObject({ spec: `git:realm.json@${good}`, detail: expect.stringMatching(new RegExp(`; ${bad} \\(Robin\\) dropped \\d+ objects of it · Bring it up to date$`)) as string });
  });

  test('reads a revision by any spelling, also of a file that is gone, from inside and outside of the repository', async () => {
    const repo = scratch();
    const { commits } = await writeRepository(repo, goodRealmFile({ realm: 'primary' }));
    const reader = createEvidenceReader({ cwd: repo });
    const stale = await reader.read(`git:${REPOSITORY_FILES.realm}@${commits.stale.slice(0, 8)}`, 'primary');
    expect(stale).toMatchObject({ capturedAt: '2026-06-02T15:40:00.000Z', source: `git:${REPOSITORY_FILES.realm}@${commits.stale.slice(0, 8)}` });
    expect((await reader.read(`git:${REPOSITORY_FILES.configMap}@HEAD~2`, 'primary')).fingerprint).toBe(stale.fingerprint);
    git(repo, 'rm', '-q', '-r', 'charts');
    expect((await reader.read(`git:${REPOSITORY_FILES.realm}@main@{0}`, 'primary')).fingerprint).not.toBe(stale.fingerprint);
    const outside = createEvidenceReader({ cwd: scratch() });
    expect((await outside.read(`git:${path.join(repo, REPOSITORY_FILES.realm)}@HEAD`, 'primary')).realm).toBe('primary');
    expect(await refusal(reader.read(`git:${REPOSITORY_FILES.realm}@nowhere`, 'primary'))).toMatchObject({ code: 'git' });
    expect(await refusal(reader.read('git:none.json@HEAD', 'primary'))).toMatchObject({ code: 'evidence-unreadable' });
    expect(await refusal(outside.read('git:none.json@HEAD', 'primary'))).toMatchObject({ code: 'git' });
  });

  test('finds the revisions newest first, marks the one with most objects, and can read what it names', async () => {
    const repo = scratch();
    const { commits } = await writeRepository(repo, goodRealmFile({ realm: 'primary' }), { configMap: 'stale' });
    const reader = createEvidenceReader({ cwd: scratch() });
    const found = await reader.find({ repo, realm: 'primary' });
    expect(found.map(({ title }) => title)).toEqual([
      `${REPOSITORY_FILES.realm} @ ${commits.good.slice(0, 7)}`, `${REPOSITORY_FILES.realm} @ ${commits.stale.slice(0, 7)}`, `${REPOSITORY_FILES.configMap} @ ${commits.stale.slice(0, 7)}`,
    ]);
    expect(found.map(({ recommended }) => recommended)).toEqual([true, false, false]);
    expect(found[0]?.detail).toMatch(/^states 12 clients, 14 scopes; the most of all 3 revisions \(\d+ mappers, \d+ objects\) · Bring the realm file up to date/);
    expect(found[1]?.detail).toMatch(/^states 12 clients, 11 scopes · Keep the realm in git$/);
    for (const { spec } of found) expect((await reader.read(spec, 'primary')).realm).toBe('primary');
    expect(await reader.find({ repo, realm: 'nothing' })).toEqual([]);
    expect(await reader.find({ repo: scratch(), realm: 'primary' })).toEqual([]);
    expect((await createEvidenceReader({ cwd: repo }).find({ repo, realm: 'primary' }))[0]?.spec).toBe(`git:${REPOSITORY_FILES.realm}@${commits.good.slice(0, 7)}`);
  });
});
