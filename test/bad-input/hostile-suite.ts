// One recovery after the other of a realm whose every text is hostile, and a look at everything that the tool wrote. For the sandbox and for a real server.
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Json } from '../../src/realm/json.ts';
import { must, openAdminCalls, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { realmConfigMap, realmJson } from '../../src/sandbox/incident/files.ts';
import { expectHarmless, expectHarmlessJson, expectNoBrokenLine, expectOwnMarkdown } from '../harness/harmless.ts';
import { readRealm, type PlainRealm } from '../harness/independent.ts';
import { runTool, sessionPlace, type ToolRun } from '../harness/tool.ts';
import { startFaultProxy } from './faultProxy.ts';
import { below, expectContent, expectMessage, expectPullRequest, expectRecord } from './hostile-outputs.ts';
import { addHostileFlow, ATTACKS, HOSTILE_USER, hostileRealm, loseHostile, loseHostileFlow, readTexts, staleHostile } from './hostile.ts';

export interface HostileServer {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  close(): Promise<void>;
}

/** Paths as somebody may have committed them; git takes all of it. */
const FILES = {
  realm: `realms/-rea lm "x"\t\n# y \u001b[2J\u202e\u{e0041}'é👩‍👩‍👧‍👦\\.json`,
  configMap: '# deploy\u009b2J\u0085/--cm $(id) |`x`.yaml',
  values: 'Signed-off-by: mallory <e@e>\n---\n/values.yaml',
} as const;
const BRANCH = "rettung/--\u202egnp\u200b-#1-'$(id)`x`-日本";
const VALUES = 'extraEnv:\n  - name: KEYCLOAK_IMPORT_STRATEGY\n    value: OVERWRITE_EXISTING\n';
const SAID = ATTACKS.controls + ATTACKS.lines + ATTACKS.unseen + ATTACKS.markup;

export function hostileSuite(title: string, realm: string, start: () => Promise<HostileServer>): void {
  describe(title, () => {
    const home = sessionPlace();
    const repository = join(home, 'repo \u001b[31m\u202e');
    const sessions = join(home, 'sessions \u202e');
    let server: HostileServer;
    let calls: AdminCalls;
    let wanted: PlainRealm;
    let texts: Json;
    let snapshot: string;

    const git = (...args: string[]): string => execFileSync('git', args, { cwd: repository, encoding: 'utf8', env: { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_AUTHOR_NAME: 'Kim', GIT_AUTHOR_EMAIL: 'kim@example.com', GIT_COMMITTER_NAME: 'Kim', GIT_COMMITTER_EMAIL: 'kim@example.com' } });
    const put = (files: Readonly<Record<string, string>>, subject: string): void => {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(repository, path)), { recursive: true });
        writeFileSync(join(repository, path), content);
      }
      git('add', '--all');
      git('commit', '--quiet', '--cleanup=verbatim', '-m', subject);
    };
    const run = (command: readonly string[], flags: readonly string[] = []): Promise<ToolRun> => runTool([...command, ...flags], { env: { KEYCLOAK_PASSWORD: server.password, HOME: home }, cwd: home });
    const target = (): string[] => ['--url', server.url, '--realm', realm, '--username', server.username];
    const recover = (evidence: string, flags: readonly string[]): Promise<ToolRun> =>
      run(['recover', ...target(), '--evidence', evidence, '--lost', 'restore', '--changed', 'restore', '--live-only', 'keep', `--env-tag=${ATTACKS.controls}`, `--frozen=${SAID}`, `--thawed=${SAID}`, '--session-dir', sessions, ...flags]);
    /** Everything on standard error is for people. */
    const expectSaid = (done: ToolRun, exit: number): void => {
      expectHarmless(done.stderr, 'stderr');
      expectNoBrokenLine(done.stderr, 'stderr');
      expect({ exit: done.exit }, done.stderr).toEqual({ exit });
    };
    const expectText = (done: ToolRun, exit: number): void => {
      expectSaid(done, exit);
      expectHarmless(done.stdout, 'stdout');
      expectNoBrokenLine(done.stdout, 'stdout');
    };
    const expectRestored = async (): Promise<void> => {
      expect((await readRealm(calls)).plain).toEqual(wanted);
      expect(await readTexts(calls)).toEqual(texts);
    };
    const lastSession = async (): Promise<string> => {
      const listed = await run(['sessions', '--json', '--session-dir', sessions]);
      expectSaid(listed, 0);
      expectHarmless(listed.stdout, 'sessions --json');
      return (JSON.parse(listed.stdout) as { sessions: readonly { id: string }[] }).sessions[0]?.id ?? '';
    };

    beforeAll(async () => {
      server = await start();
      calls = openAdminCalls({ url: server.url, username: server.username, password: server.password, realm });
      await calls.call('DELETE', `/admin/realms/${encodeURIComponent(realm)}`);
      await must(calls, 'POST', '/admin/realms', hostileRealm(realm, true));
      await addHostileFlow(calls);
      [wanted, texts] = [(await readRealm(calls)).plain, await readTexts(calls)];
      mkdirSync(repository);
      git('init', '--quiet', '--initial-branch=main');
      git('config', 'user.name', 'Kim');
      git('config', 'user.email', 'kim@example.com');
      const good = hostileRealm(realm, false);
      put({ [FILES.realm]: realmJson(good), [FILES.configMap]: realmConfigMap(good) }, SAID.replaceAll('\n', ' '));
      const stale = staleHostile(realm);
      put({ [FILES.realm]: realmJson(stale), [FILES.configMap]: realmConfigMap(stale), [FILES.values]: VALUES }, SAID);
      writeFileSync(join(home, 'realm.json'), JSON.stringify(good), { mode: 0o600 });
    });
    afterAll(async () => {
      await calls.call('DELETE', `/admin/realms/${encodeURIComponent(realm)}`);
      await server.close();
    });

    it('snapshot: file names are harmless, the content is whole', async () => {
      const out = join(home, 'snap');
      const done = await run(['snapshot', ...target(), '--out', out]);
      expectText(done, 0);
      const json = await run(['snapshot', ...target(), '--out', out, '--json']);
      expectSaid(json, 0);
      const [{ file } = { file: '' }] = expectHarmlessJson(json.stdout, 'snapshot --json') as { file: string }[];
      snapshot = file;
      for (const { path, mode } of below(out)) {
        expect(path).toMatch(/^(?:snapshots|[\w.-]+\.json|snapshots\/[\w.-]+\.json)$/);
        expect(mode).toBe(path.endsWith('.json') ? 0o600 : 0o700);
      }
      const { representation } = JSON.parse(readFileSync(file, 'utf8')) as { representation: { clients: { clientId: string; name: string }[] } };
      for (const attack of Object.values(ATTACKS)) expect(representation.clients).toContainEqual(expect.objectContaining({ clientId: attack, name: attack }));
    });

    it('doctor, compare, plan and refusals, as text and as JSON', async () => {
      expectText(await run(['doctor', ...target()]), 0);
      const doctor = await run(['doctor', ...target(), '--json']);
      expectSaid(doctor, 0);
      expectHarmless(doctor.stdout, 'doctor --json');
      await loseHostile(calls);
      const evidence = ['--evidence', join(home, 'realm.json')];
      const compared = await run(['compare', ...target(), ...evidence]);
      expectText(compared, 2);
      const inJson = await run(['compare', ...target(), ...evidence, '--json']);
      expectSaid(inJson, 2);
      expectHarmless(inJson.stdout, 'compare --json');
      const { differences } = JSON.parse(inJson.stdout) as { differences: readonly { owner: string }[] };
      expect(compared.stdout.trimEnd().split('\n')).toHaveLength(differences.length);
      // As JSON the names are the server's, character for character.
      for (const attack of Object.values(ATTACKS)) expect(differences.map(({ owner }) => owner)).toContain(attack);
      const choices = ['--lost', 'restore', '--changed', 'restore', '--live-only', 'keep'];
      expectText(await run(['plan', ...target(), ...evidence, ...choices]), 0);
      const planned = await run(['plan', ...target(), ...evidence, ...choices, '--json']);
      expectSaid(planned, 0);
      expectHarmless(planned.stdout, 'plan --json');
      JSON.parse(planned.stdout);
      // What has no answer is named; ids of differences are names too.
      expectText(await run(['plan', ...target(), ...evidence]), 5);
      expectText(await recover(join(home, 'realm.json'), []), 5);
      expectText(await recover(join(home, 'realm.json'), ['--confirm', realm, '--client', SAID]), 64);
      const refused: readonly (readonly [exit: number, args: readonly string[]])[] = [
        [64, ['compare', ...target().with(3, `${realm}${SAID}`), ...evidence]],
        [3, ['doctor', ...target().with(5, SAID)]],
        [64, ['compare', ...target(), '--evidence', `git:${join(repository, FILES.realm)}@${SAID}`]],
        [64, ['compare', ...target(), '--evidence', join(repository, FILES.realm, SAID.slice(0, 60))]],
        [64, [SAID]],
        [64, ['recover', `--${ATTACKS.controls}`]],
        [64, ['transcript', 'show', SAID, '--session-dir', sessions]],
      ];
      for (const [exit, done] of await Promise.all(refused.map(async ([exit, args]) => [exit, await run(args)] as const))) expectText(done, exit);
      expectText(await recover(join(home, 'realm.json'), [`--confirm=${SAID}`]), 5);
      // Left at the first client: resumed from there.
      const id = await lastSession();
      const resumed = await run(['resume', id, '--session-dir', sessions, '--username', server.username, '--confirm', realm, '--json']);
      expectSaid(resumed, 0);
      expectHarmlessJson(resumed.stdout, 'resume --json');
      await expectRestored();
    });

    it('recover --json from a file, the record of it, and undo', async () => {
      await loseHostile(calls);
      const done = await recover(join(home, 'realm.json'), ['--confirm', realm, '--json', '--probe-user', HOSTILE_USER, '--out', join(home, 'out \u202e')]);
      expectSaid(done, 0);
      expectHarmlessJson(done.stdout, 'recover --json');
      await expectRestored();
      const id = await lastSession();
      expectRecord(join(sessions, id));
      expectText(await run(['sessions', '--session-dir', sessions]), 0);
      const shown = await run(['transcript', 'show', id, '--session-dir', sessions]);
      expectText(shown, 0);
      expectOwnMarkdown(shown.stdout);
      const asJson = await run(['transcript', 'show', id, '--json', '--session-dir', sessions]);
      expectHarmless(asJson.stdout, 'transcript show --json');
      expectSaid(await run(['transcript', 'verify', id, '--session-dir', sessions]), 0);
      expectText(await run(['transcript', 'export', id, '--out', join(home, 'exported'), '--session-dir', sessions]), 0);
      for (const { path, mode } of below(join(home, 'exported'))) expect([path, mode]).toEqual([expect.stringMatching(/^transcript\.(?:md|json|cast)$/), 0o600]);
      const unconfirmed = await run(['undo', id, '--session-dir', sessions, '--username', server.username]);
      expectText(unconfirmed, 5);
      const undone = await run(['undo', id, '--session-dir', sessions, '--username', server.username, '--confirm', realm, '--json']);
      expectHarmless(undone.stderr, 'undo');
      expectNoBrokenLine(undone.stderr, 'undo');
      expectHarmlessJson(undone.stdout, 'undo --json');
      expectRecord(join(sessions, id));
    });

    it('recover as text from a revision in git, with --repo and --branch', async () => {
      await loseHostile(calls);
      const before = below(home).map(({ path }) => path);
      const done = await recover(`git:${join(repository, FILES.realm)}@HEAD~1`, ['--confirm', realm, '--repo', repository, `--branch=${BRANCH}`, `--accept-unproven=${SAID}`]);
      expectText(done, 0);
      await expectRestored();
      const id = await lastSession();
      const place = join(sessions, id);
      expectRecord(place);
      const exported = join(place, 'export');
      const files = below(exported).flatMap(({ path, mode }) => (lstatSync(join(exported, path)).isFile() ? [[path, mode]] : []));
      expect(files.sort()).toEqual([...Object.values(FILES), 'COMMIT_MESSAGE', 'PULL_REQUEST.md', 'changes.patch', 'secrets-to-create.txt'].map((path) => [path, 0o600]).sort());
      const made = below(home).map(({ path }) => path).filter((path) => !before.includes(path) && !path.includes('/.git/'));
      const places = ['sessions \u202e', 'sessions \u202e/locks', `sessions \u202e/${id}`];
      expect(made.filter((path) => !places.includes(path) && !path.startsWith(`sessions \u202e/${id}/`))).toEqual([]);
      expect(existsSync('/tmp/hostile-escaped')).toBe(false);

      expectMessage(readFileSync(join(exported, 'COMMIT_MESSAGE'), 'utf8'));
      expectPullRequest(readFileSync(join(exported, 'PULL_REQUEST.md'), 'utf8'));
      expect(git('log', '-1', '--format=%B', BRANCH).trimEnd()).toBe(readFileSync(join(exported, 'COMMIT_MESSAGE'), 'utf8').trimEnd());
      expectHarmless(readFileSync(join(exported, 'secrets-to-create.txt'), 'utf8'), 'secrets-to-create.txt');
      // What the patch adds can be reviewed as it will act: nothing in it is reordered or hidden.
      const lines = readFileSync(join(exported, 'changes.patch'), 'utf8').split('\n');
      // What stood there before is git's own: an empty list that is filled keeps the spelling of its key, a last line that gets a comma all of it.
      const spelled = (line: string) => line.slice(1).replace(/[[{]?[\]}]?,?$/, '');
      const stood = new Set(lines.filter((line) => line.startsWith('-')).map(spelled));
      const added = lines.filter((line) => /^(?:\+|diff --git|---|@@)/.test(line) && !stood.has(spelled(line)));
      expect(added.length).toBeGreaterThan(100);
      for (const line of added) expectHarmless(line, 'changes.patch');
      git('apply', '--check', join(exported, 'changes.patch'));
      git('apply', join(exported, 'changes.patch'));
      const realmText = readFileSync(join(repository, FILES.realm), 'utf8');
      for (const path of Object.values(FILES)) {
        expect(readFileSync(join(repository, path), 'utf8')).toBe(readFileSync(join(exported, path), 'utf8'));
        expect(git('cat-file', 'blob', `${BRANCH}:${path}`)).toBe(readFileSync(join(exported, path), 'utf8'));
      }
      expectContent(JSON.parse(realmText), realm);
      const map = parse(readFileSync(join(repository, FILES.configMap), 'utf8')) as { data: Record<string, string> };
      expectContent(JSON.parse(map.data['realm.json'] ?? ''), realm);
    });

    it('recover from a snapshot, flows too; nothing left to compare', async () => {
      await loseHostile(calls);
      await loseHostileFlow(calls);
      const done = await recover(`snapshot:${snapshot}`, ['--confirm', realm]);
      expectText(done, 0);
      await expectRestored();
      expectText(await run(['compare', ...target(), '--evidence', `snapshot:${snapshot}`]), 0);
    });

    it('words of the server in its refusals: of a login, of a read and of a write', async () => {
      await loseHostile(calls);
      const proxy = await startFaultProxy(server.url);
      const hostile = JSON.stringify({ error: SAID, error_description: SAID, errorMessage: SAID });
      const through = [...target().with(1, proxy.url), '--evidence', join(home, 'realm.json'), '--lost', 'restore', '--changed', 'restore', '--live-only', 'keep', '--confirm', realm, '--session-dir', join(home, 'refused')];
      const refuse = (which: (passing: { readonly admin: boolean; readonly write: boolean; readonly writes: number }) => boolean, status: number) => proxy.break((passing) => (which(passing) ? { kind: 'answer', status, body: hostile } : undefined));
      try {
        refuse(({ admin }) => !admin, 401);
        expectText(await run(['doctor', ...target().with(1, proxy.url)]), 3);
        refuse(({ admin, write }) => admin && !write, 400);
        expectText(await run(['recover', ...through]), 3);
        for (const json of [[], ['--json']]) {
          refuse(({ write, writes }) => write && writes === 3, 400);
          const done = await run(['recover', ...through, ...json]);
          expectText(done, 3);
          expect(done.stderr).toContain('refuses');
          expect(done.stderr).toContain('a comment');
        }
        proxy.break();
        const listed = await run(['sessions', '--json', '--session-dir', join(home, 'refused')]);
        for (const { id } of (JSON.parse(listed.stdout) as { sessions: readonly { id: string }[] }).sessions) {
          const shown = await run(['transcript', 'show', id, '--session-dir', join(home, 'refused')]);
          expectText(shown, 0);
          expectOwnMarkdown(shown.stdout);
        }
        expectSaid(await run(['resume', 'last', '--username', server.username, '--confirm', realm, '--session-dir', join(home, 'refused')]), 0);
        await expectRestored();
      } finally {
        await proxy.close();
      }
    });

    it('names that no server can have are refused, and do not keep the rest from coming back', async () => {
      await loseHostile(calls);
      const good = hostileRealm(realm, false);
      const impossible = ['', '.', '..', 'a\ud83db', 'a\0b'];
      writeFileSync(join(home, 'impossible.json'), JSON.stringify({ ...good, roles: { ...good.roles, realm: [...(good.roles?.realm ?? []), ...impossible.map((name) => ({ name }))] } }));
      const done = await recover(join(home, 'impossible.json'), ['--confirm', realm, '--json']);
      expectSaid(done, 2);
      expect(done.stderr).toContain(`${impossible.length} differences could not be restored`);
      expectHarmlessJson(done.stdout, 'recover --json');
      await expectRestored();
    });

    it('export from live, as text and as JSON', async () => {
      git('checkout', '--quiet', '--', '.');
      const out = join(home, 'export-out');
      const flags = ['export', ...target(), '--repo', repository, '--evidence', join(repository, FILES.realm), '--out', out];
      expectText(await run(flags), 0);
      const json = await run([...flags, '--json']);
      expectSaid(json, 0);
      expectHarmless(json.stdout, 'export --json');
      expectMessage(readFileSync(join(out, 'COMMIT_MESSAGE'), 'utf8'));
    });
  });
}
