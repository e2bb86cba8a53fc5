/** What a run leaves on disk, looked at as whoever prints it would see it. */
import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { expectHarmless, expectHarmlessJson, expectNoBrokenLine, expectOwnMarkdown, outsideFences } from '../harness/harmless.ts';
import { ATTACKS, hostileRealm } from './hostile.ts';

/** All that lies below a directory, with its mode. */
export function below(directory: string): readonly { readonly path: string; readonly mode: number }[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((path) => ({ path, mode: lstatSync(join(directory, path)).mode & 0o777 }));
}

/** A session: modes, and every file of it that a person may print. */
export function expectRecord(place: string): void {
  for (const { path, mode } of below(place)) expect([path, mode.toString(8)]).toEqual([path, lstatSync(join(place, path)).isDirectory() ? '700' : '600']);
  const read = (name: string) => readFileSync(join(place, name), 'utf8');
  expectHarmlessJson(read('journal.jsonl'), 'journal.jsonl');
  expectHarmless(read('transcript.json'), 'transcript.json');
  JSON.parse(read('transcript.json'));
  const markdown = read('transcript.md');
  expectHarmless(markdown, 'transcript.md');
  expectNoBrokenLine(markdown, 'transcript.md');
  expectOwnMarkdown(markdown);
  expect(outsideFences(markdown).split('\n').filter((line) => /^#{1,2} /.test(line) && !line.startsWith('# Recovery of Keycloak realm <code>') && !/^## (?:Timeline|What had happened|Evidence|Differences and choices|Writes|Proofs|Not proven, left, or still to do|Account|Export)$/.test(line))).toEqual([]);
  const output = expectHarmlessJson(read('transcript.cast'), 'transcript.cast').slice(1).map((event) => (event as [number, string, string])[2]).join('');
  // oxlint-disable-next-line no-control-regex
  expectHarmless(output.replaceAll('\r\n', '\n').replace(/\u001b\[\d*m/g, ''), 'what the recording draws');
}

/** Lines of people's width, and exactly the two trailers that tie the commit to its record. */
export function expectMessage(message: string): void {
  expectHarmless(message, 'COMMIT_MESSAGE');
  expectNoBrokenLine(message, 'COMMIT_MESSAGE');
  const trailers = execFileSync('git', ['interpret-trailers', '--parse'], { input: message, encoding: 'utf8', cwd: '/' }).trim().split('\n');
  expect(trailers.map((line) => line.split(':')[0])).toEqual(['Runbook-Session', 'Runbook-Head']);
  expect(message.split('\n').filter((line) => /^#|^---|^[\w-]+-by:/.test(line))).toEqual([]);
  expect(message).not.toMatch(/\[skip ci\]|(?<!\w)#\d|(?<!\w)@here/);
}

/** Markdown whose headings, tables and tasks are the tool's own. */
export function expectPullRequest(text: string): void {
  expectHarmless(text, 'PULL_REQUEST.md');
  expectNoBrokenLine(text, 'PULL_REQUEST.md');
  expectOwnMarkdown(text, 0);
  const headings = outsideFences(text).split('\n').filter((line) => /^#{1,6} /.test(line));
  expect(headings.filter((line) => !/^### (?:What changes|Settings that decide about overwriting, on Keycloak [\d.]+|Before it is merged)$/.test(line))).toEqual([]);
  expect(headings[0]).toBe('### What changes');
  expect(text.length).toBeLessThan(65_536);
}

/** The good file's objects, character for character, in what a parser makes of the patched one. */
export function expectContent(patched: unknown, realm: string): void {
  type Named = { readonly name?: string; readonly clientId?: string; readonly consentRequired?: boolean };
  const now = patched as Record<string, unknown> & { readonly roles: { readonly realm: Named[] } };
  const good = hostileRealm(realm, false) as unknown as Record<string, Named[]> & { readonly clients: (Named & { protocolMappers: Named[] })[]; readonly roles: { readonly realm: Named[] } };
  const named = (list: unknown, name: string): object => (list as Named[]).find((entry) => (entry.clientId ?? entry.name) === name) ?? {};
  expect(now['localizationTexts']).toEqual(good['localizationTexts']);
  for (const client of good.clients) {
    const found = named(now['clients'], client.clientId ?? '') as { protocolMappers: Named[] };
    expect(found).toMatchObject({ ...client, protocolMappers: expect.any(Array), webOrigins: expect.any(Array), ...('secret' in client ? { secret: expect.any(String) } : {}) });
    for (const { consentRequired: _off, ...mapper } of client.protocolMappers) expect(named(found.protocolMappers, mapper.name ?? '')).toMatchObject(mapper);
  }
  for (const scope of good['clientScopes'] ?? []) expect(named(now['clientScopes'], scope.name ?? '')).toMatchObject({ ...scope, protocolMappers: [expect.objectContaining({ name: ATTACKS.markup })] });
  for (const role of good.roles.realm.slice(0, -1)) expect(named(now.roles.realm, role.name ?? '')).toMatchObject(role);
  for (const group of good['groups'] ?? []) expect(named(now['groups'], group.name ?? '')).toMatchObject({ ...group, subGroups: [expect.objectContaining({ name: group.name })] });
}
