import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createExporter } from '../../src/gitops/exporter.ts';
import { staleRealm } from '../../src/sandbox/incident/loss.ts';
import { REPOSITORY_FILES, writeRepository } from '../../src/sandbox/incident/repository.ts';
import { goodRealmFile } from '../../src/sandbox/incident/story.ts';
import { parseDocument } from 'yaml';
import { answered, exportRequest, FEED_SECRET, git, liveRealm, scratch, stateOf } from './story.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';

const exporter = createExporter({ now: () => Date.UTC(2026, 10, 23) });
const read = (...parts: string[]) => readFileSync(path.join(...parts), 'utf8');

async function storyExport(branch: string | null = null, configMap: 'good' | 'stale' = 'stale') {
  const [repo, directory] = [scratch(), scratch()];
  await writeRepository(repo, goodRealmFile({ realm: 'primary' }), { configMap });
  const live = stateOf(liveRealm());
  // Compared with the stale file, so that everything that was lost and is back shows as kept.
  const { differences, choices } = answered(live, staleRealm(goodRealmFile({ realm: 'primary' })));
  const before = Object.fromEntries(Object.values(REPOSITORY_FILES).map((file) => [file, read(repo, file)]));
  const exported = await exporter.export(exportRequest({ live, directory, repo, differences, choices, branch }));
  return { repo, directory, exported, before, live };
}

test('the story: every file is patched, the patch applies and gives the patched files', async () => {
  const { repo, directory, exported, before } = await storyExport();
  expect(exported.applyCheck).toEqual({ ok: true, message: 'git apply --check passes' });
  expect(exported.files.filter(({ refusal }) => refusal !== null)).toEqual([]);
  git(repo, 'apply', path.join(directory, 'changes.patch'));
  for (const { path: file, added, removed } of exported.files) {
    if (added + removed === 0) continue;
    expect(read(repo, file)).toBe(read(directory, file));
    expect(read(repo, file)).not.toBe(before[file]);
  }
  expect(git(repo, 'status', '--porcelain').trim().split('\n').map((line) => line.slice(-24))).toHaveLength(4);
});

test('the realm file has what is live, in the order and spelling of git, with placeholders for secrets', async () => {
  const { directory, exported, before } = await storyExport();
  const after = read(directory, REPOSITORY_FILES.realm);
  const realm = JSON.parse(after) as RealmRepresentation;
  const client = (name: string) => realm.clients?.find(({ clientId }) => clientId === name);
  expect(client('api-gateway')?.['redirectUris']).toContain('https://gw2.example.com/*');
  expect(client('profile-service')?.protocolMappers?.map(({ name }) => name)).toContain('tenant');
  expect(client('feed-service')).toMatchObject({ secret: '${PRIMARY_FEED_SERVICE_SECRET}', redirectUris: ['https://feed.example.com/*'] });
  expect(Object.keys(client('feed-service') ?? {})).not.toEqual(expect.arrayContaining(['id', 'access', 'surrogateAuthRequired', 'nodeReRegistrationTimeout', 'alwaysDisplayInConsole']));
  expect(client('auth-service')?.secret).toBe('${KC_AUTH_SERVICE_SECRET}');
  expect(realm.users?.find(({ serviceAccountClientId }) => serviceAccountClientId === 'feed-service')).toMatchObject({ realmRoles: ['default-roles-primary'], clientRoles: { 'profile-service': ['read'] } });
  // The good file had all the rest already: only lines that get a comma or a longer list are replaced.
  expect(exported.files.find(({ path: file }) => file === REPOSITORY_FILES.realm)?.removed).toBeGreaterThan(0);
  expect(after.split('\n').filter((line) => !before[REPOSITORY_FILES.realm]?.includes(line.replace(/,$/, '')))).toMatchInlineSnapshot(`
    [
      "      "redirectUris": ["https://api-gateway.example.com/*", "https://gw2.example.com/*"],",
      "          "name": "tenant",",
      "            "user.attribute": "tenant",",
      "            "claim.name": "tenant",",
      "      "clientId": "feed-service",",
      "      "secret": "\${PRIMARY_FEED_SERVICE_SECRET}",",
      "      "redirectUris": ["https://feed.example.com/*"],",
      "      "protocolMappers": [],",
      "      "username": "service-account-feed-service",",
      "      "serviceAccountClientId": "feed-service",",
    ]
  `);
  expect(exported.secretsToCreate).toEqual(['PRIMARY_FEED_SERVICE_SECRET']);
});

test('the stale ConfigMap gets back what it lacked, in its block literal, comments untouched', async () => {
  const { directory, before } = await storyExport();
  const after = read(directory, REPOSITORY_FILES.configMap);
  const realm = JSON.parse(String(parseDocument(after).getIn(['data', 'realm.json']))) as RealmRepresentation;
  expect(realm.clientScopes?.map(({ name }) => name)).toEqual(expect.arrayContaining(['profile-extended', 'timeline-read', 'media-upload']));
  expect(realm.clients?.find(({ clientId }) => clientId === 'auth-service')?.protocolMappers?.map(({ name }) => name)).toContain('groups');
  expect(realm.users?.find(({ serviceAccountClientId }) => serviceAccountClientId === 'billing-service')).toMatchObject({ clientRoles: { 'profile-service': ['read'] } });
  const head = (text: string) => text.slice(0, text.indexOf('realm.json: |'));
  expect(head(after)).toBe(head(before[REPOSITORY_FILES.configMap] ?? ''));
  expect(after.endsWith('# Keep this file last: the chart globs it.\n')).toBe(true);
});

test('strategy: the spellings of the story are set, the destructive property is made harmless, each with what it really does', async () => {
  const { directory, exported, before } = await storyExport();
  const values = read(directory, REPOSITORY_FILES.values);
  expect(values).toBe((before[REPOSITORY_FILES.values] ?? '')
    .replace('value: OVERWRITE_EXISTING', 'value: IGNORE_EXISTING').replace('value: "OVERWRITE_EXISTING"', 'value: "IGNORE_EXISTING"')
    .replace('-Dkeycloak.migration.action=import\n', '-Dkeycloak.migration.action=import -Dkeycloak.migration.strategy=IGNORE_EXISTING\n'));
  expect(read(directory, REPOSITORY_FILES.operator)).toBe((before[REPOSITORY_FILES.operator] ?? '').replace('strategy: OVERWRITE_EXISTING', 'strategy: IGNORE_EXISTING'));
  const of = (setting: string) => exported.strategy.find((finding) => finding.setting.startsWith(setting));
  expect(of('KEYCLOAK_IMPORT_STRATEGY')).toMatchObject({ class: 'inert', done: 'set to IGNORE_EXISTING', line: 19 });
  expect(of('-Dkeycloak.migration.action')).toMatchObject({ class: 'destructive', file: REPOSITORY_FILES.values });
  expect(of('spec.realmImport.strategy')).toMatchObject({ class: 'inert' });
});

test('nothing secret is written, and the message carries the head of the record', async () => {
  const { directory, exported } = await storyExport();
  for (const file of ['changes.patch', 'COMMIT_MESSAGE', 'PULL_REQUEST.md', 'secrets-to-create.txt', REPOSITORY_FILES.realm, REPOSITORY_FILES.configMap]) {
    expect(read(directory, file)).not.toContain(FEED_SECRET);
    expect(read(directory, file)).not.toContain('lab-secret-of-');
  }
  const message = read(directory, 'COMMIT_MESSAGE');
  expect(message).toMatch(/^Bring realm primary in git to what is live\n\n/);
  expect(message).toMatch(/\nRunbook-Session: 8f2c\nRunbook-Head: sha256:00ff\n$/);
  expect(message).toContain('| redirect URI https://gw2.example.com/* of api-gateway | live-only |');
  expect(read(directory, 'secrets-to-create.txt')).toContain('PRIMARY_FEED_SERVICE_SECRET  the secret of feed-service');
  expect(exported.patch).toBe(path.join(directory, 'changes.patch'));
});

test('the text of a pull request has what changes and why, what the settings do, and what is left to do', async () => {
  const { directory } = await storyExport();
  const text = read(directory, 'PULL_REQUEST.md');
  expect(text.match(/^### .*$/gm)).toEqual(['### What changes', '### Settings that decide about overwriting, on Keycloak 26.7.4', '### Before it is merged']);
  expect(text).toMatch(/^\| `redirect URI https:\/\/gw2\.example\.com\/\* of api-gateway` \| live-only \| live is right; git follows \| .+ \|$/m);
  expect(text).toMatch(/^\| `charts\/keycloak\/values\.yaml:\d+` \| `-Dkeycloak\.migration\.action=import` \| destructive \| .+ \| .+ \|$/m);
  expect(text).toMatch(/^- \[ \] create the secret `PRIMARY_FEED_SERVICE_SECRET`: /m);
  expect(text).toMatch(/^- \[ \] deploy\/keycloak-realm-import\.yaml: the operator reads KeycloakRealmImport/m);
});

test('evidence is called as the repository calls it, not as this machine does', async () => {
  const [repo, directory] = [scratch(), scratch()];
  await writeRepository(repo, goodRealmFile({ realm: 'primary' }));
  const live = stateOf(liveRealm());
  const { differences, choices } = answered(live, staleRealm(goodRealmFile({ realm: 'primary' })));
  const because = `file:${path.join(repo, REPOSITORY_FILES.realm)} has it and the live realm does not`;
  await exporter.export(exportRequest({ live, directory, repo, differences: differences.map((difference) => ({ ...difference, because })), choices }));
  for (const file of ['COMMIT_MESSAGE', 'PULL_REQUEST.md']) {
    expect(read(directory, file)).toContain(`file:${REPOSITORY_FILES.realm} has it`);
    expect(read(directory, file)).not.toContain(repo);
  }
});

test('a branch gets one commit with the patched files; working tree, index and HEAD stay', async () => {
  const { repo, directory, exported } = await storyExport('rescue/primary');
  expect(exported.branch).toBe('rescue/primary');
  expect(git(repo, 'rev-parse', 'rescue/primary').trim()).toBe(exported.commit);
  expect(git(repo, 'rev-parse', 'rescue/primary^')).toBe(git(repo, 'rev-parse', 'main'));
  expect(git(repo, 'symbolic-ref', 'HEAD').trim()).toBe('refs/heads/main');
  expect(git(repo, 'status', '--porcelain')).toBe('');
  expect(git(repo, 'show', `rescue/primary:${REPOSITORY_FILES.realm}`)).toBe(read(directory, REPOSITORY_FILES.realm));
  expect(git(repo, 'log', '-1', '--format=%B', 'rescue/primary').trim()).toBe(read(directory, 'COMMIT_MESSAGE').trim());
  expect(git(repo, 'diff', '--name-only', 'main', 'rescue/primary').trim().split('\n')).toHaveLength(4);
});

test('an export that was interrupted may make its own branch again, nobody else may', async () => {
  const { repo, live, exported } = await storyExport('rescue/primary');
  const request = exportRequest({ live, directory: scratch(), repo, ...answered(live, staleRealm(goodRealmFile({ realm: 'primary' }))), branch: 'rescue/primary' });
  expect((await exporter.export(request)).commit).toBe(exported.commit);
  await expect(exporter.export({ ...request, session: 'other' })).rejects.toMatchObject({ code: 'git' });
  expect(git(repo, 'rev-parse', 'rescue/primary').trim()).toBe(exported.commit);
});

test('a dirty tree and a taken name are refused before anything is written', async () => {
  const [repo, directory] = [scratch(), path.join(scratch(), 'export')];
  await writeRepository(repo, goodRealmFile({ realm: 'primary' }));
  const live = stateOf(liveRealm());
  await expect(exporter.export(exportRequest({ live, directory, repo, branch: 'main' }))).rejects.toMatchObject({ code: 'git' });
  writeFileSync(path.join(repo, 'README.md'), 'changed');
  await expect(exporter.export(exportRequest({ live, directory, repo, branch: 'new' }))).rejects.toThrow('not committed');
  expect(existsSync(directory)).toBe(false);
});

test('nobody to commit as is refused before anything is written', async () => {
  const [repo, directory] = [scratch(), path.join(scratch(), 'export')];
  await writeRepository(repo, goodRealmFile({ realm: 'primary' }));
  git(repo, 'config', 'user.useConfigOnly', 'true');
  vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(exporter.export(exportRequest({ live: stateOf(liveRealm()), directory, repo, branch: 'new' }))).rejects.toMatchObject({ code: 'git', message: 'git does not know here who commits.' });
  expect(existsSync(directory)).toBe(false);
});

test('started over on the patched repository, nothing is left to do', async () => {
  const { repo, directory, live } = await storyExport();
  git(repo, 'apply', path.join(directory, 'changes.patch'));
  const { differences, choices } = answered(live, JSON.parse(read(repo, REPOSITORY_FILES.realm)) as RealmRepresentation, 'stated');
  expect(differences.map(({ id }) => id)).toEqual([]);
  const again = await exporter.export(exportRequest({ live, directory: scratch(), repo, differences, choices }));
  expect(again.patch).toBeNull();
  expect(again.notes.filter((note) => note.includes('still differs'))).toEqual([]);
});

test('without a repository the evidence file is patched; a file outside of one is a copy beside the patch', async () => {
  const [outside, repo] = [scratch(), scratch()];
  writeFileSync(path.join(outside, 'realm.json'), JSON.stringify(staleRealm(goodRealmFile({ realm: 'primary' }))));
  const live = stateOf(liveRealm());
  const evidence = answered(live, staleRealm(goodRealmFile({ realm: 'primary' })));
  const alone = await exporter.export(exportRequest({ live, directory: scratch(), evidenceFiles: [path.join(outside, 'realm.json')], ...evidence }));
  expect(alone.files).toMatchObject([{ path: 'realm.json', artefact: 'realm-json', refusal: null }]);
  expect(alone.applyCheck).toBeNull();
  git(repo, 'init', '-q');
  const beside = await exporter.export(exportRequest({ live, directory: scratch(), repo, evidenceFiles: [path.join(outside, 'realm.json')], ...evidence }));
  expect(beside.patch).toBeNull();
  expect(beside.files).toMatchObject([{ path: 'outside/realm.json' }]);
});
