// Complete runs on a realm full of secrets, with a witness between the tool and the server: nothing that anybody reads afterwards has one of them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clients, labSecret } from '../../src/sandbox/incident/clients.ts';
import { destroy } from '../../src/sandbox/incident/destroy.ts';
import { logIn } from '../../src/sandbox/incident/login.ts';
import { createRealm, wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { stageSecrets, type SecretRealm } from '../harness/secretRealm.ts';
import { assertNoSecrets } from '../harness/secrets.ts';
import { startSecretsProxy, type SecretsProxy } from '../harness/secretsProxy.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { runTool, sessionPlace, type ToolRun } from '../harness/tool.ts';
import { openPty, PROMPT, TOOL } from '../pty/tmux.ts';
import { password } from './staging.ts';

const realm = 'secrets-everywhere';
const calls = sharedCalls(realm);
const place = sessionPlace();
const repo = join(place, 'repo');
const sessions = join(place, 'sessions');
/** What a checkout of somebody else has in the address of its remote. */
const REMOTE = 'remote-lab-pa%ss&word';
let staged: SecretRealm;
let proxy: SecretsProxy;
let tokens: readonly string[];
const screens: string[] = [];
let visible: string;

const git = (...args: string[]): string => execFileSync('git', ['-C', repo, ...args], { encoding: 'utf8' });

beforeAll(async () => {
  await calls.call('DELETE', `/admin/realms/${realm}`);
  await createRealm(calls);
  tokens = (await logIn(calls, 4)).flatMap((login) => [login.access, login.refresh ?? '']);
  staged = await stageSecrets(calls);
  await destroy(calls);
  proxy = await startSecretsProxy(sharedKeycloak().url);
  mkdirSync(repo);
  writeFileSync(join(repo, 'realm.json'), JSON.stringify(staged.evidence, null, 2), { mode: 0o600 });
  git('-c', 'init.defaultBranch=main', 'init', '-q');
  git('config', 'user.name', 'x');
  git('config', 'user.email', 'x@example.com');
  git('remote', 'add', 'origin', `https://kim:${encodeURIComponent(REMOTE)}@git.example/deploy.git`);
  git('add', '-A');
  git('commit', '-q', '-m', 'as it was');
});
afterAll(async () => {
  await proxy?.close();
  await wipeRealm(calls);
});

/** All that must be seen nowhere: what was staged, what went past the witness, and who else had a token. The administrator's password is its name as well. */
const touched = (): ReadonlySet<string> => new Set([...staged.secrets, ...proxy.seen, ...tokens, REMOTE, ...clients().map((client) => labSecret(client.clientId ?? ''))].filter((secret) => secret.length > 5));

const login = (): readonly string[] => ['--url', proxy.url, '--realm', realm, '--username', sharedKeycloak().username];
const evidence = ['--evidence', `git:${join(repo, 'realm.json')}@HEAD`];

async function expectClean(args: readonly string[], exits: readonly number[]): Promise<ToolRun> {
  const run = await runTool(args, { env: password(), cwd: place });
  expect(exits, `${args[0]}: ${run.stderr}`).toContain(run.exit);
  expect(run.stdout.length + run.stderr.length).toBeGreaterThan(10);
  assertNoSecrets(run.stdout + run.stderr, touched());
  return run;
}

function isClean(text: string, secret: string): boolean {
  try {
    assertNoSecrets(text, [secret]);
    return true;
  } catch {
    return false;
  }
}

describe('a realm with every kind of secret', () => {
  it.each([['as text', []], ['as JSON', ['--json']]])('reading commands, %s', async (_, more) => {
    const directory = sessionPlace();
    await expectClean(['doctor', ...login(), '--debug', ...more], [0]);
    await expectClean(['compare', ...login(), ...evidence, '--debug', ...more], [2]);
    await expectClean(['plan', ...login(), ...evidence, '--lost', 'restore', '--changed', 'restore', '--live-only', 'restore', '--debug', ...more], [0]);
    await expectClean(['snapshot', ...login(), '--out', directory, '--debug', ...more], [0]);
    const [file = ''] = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
    // The one output that holds them: private, and said to.
    expect(() => assertNoSecrets(readFileSync(join(directory, file), 'utf8'), touched())).toThrow();
    expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
  });

  it('a recovery by keys, every difference looked at', async () => {
    const pty = await openPty(120, 40);
    const raw = join(place, 'raw');
    try {
      await pty.recordTo(raw);
      await pty.command(`${TOOL} recover ${login().join(' ')} ${evidence.join(' ')} --repo ${repo} --branch mended --session-dir ${sessions} --accept-unproven 'no user for it' --debug`);
      await pty.until('Password of ');
      // It is typed where it is not shown, and must not be in what ps shows either.
      await pty.type(sharedKeycloak().password);
      await pty.key('Enter');
      await pty.until('Stated:');
      visible = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
      await pty.key('Enter');
      await pty.until('answers missing', 60_000);
      // A screen that is half drawn does not say it at all.
      const missing = (screen: string): number => (screen.includes('No answer is missing.') ? 0 : Number(/(\d+) answers? missing/.exec(screen)?.[1] ?? Infinity));
      // Of each owner and each kind some; the view models show all of them in test/ui.
      for (let left = missing(await pty.until((screen) => missing(screen) < Infinity)); left > 30; left = missing(await pty.until((screen) => missing(screen) < left))) {
        await pty.type('nd');
        const detail = await pty.until((screen) => /^ {3}(?:what|effect) {4}/m.test(screen));
        screens.push(detail);
        await pty.key('Escape');
        await pty.until((screen) => missing(screen) === left && !/^ {3}(?:what|effect) {4}/m.test(screen));
        // Keys are never written.
        await pty.type(/KeyProvider/.test(detail) ? 'l' : 'r');
      }
      expect(screens.length).toBeGreaterThan(20);
      await pty.type('a');
      for (let left = missing(await pty.until((screen) => missing(screen) < 30)); left > 0; left = missing(await pty.until((screen) => missing(screen) < left))) await pty.type('nr');
      await pty.until('No answer is missing.');
      await pty.key('Enter');
      await pty.until(`Type ${realm} to`);
      await pty.type(`${realm} all`);
      await pty.key('Enter');
      await pty.until((screen) => screen.includes('What has been resumed') || screen.trimEnd().endsWith(PROMPT), 120_000);
      await pty.key('Enter');
      expect([0, 4]).toContain(await pty.exitCode(60_000));
      assertNoSecrets([await pty.all(), await pty.all(true), ...screens, readFileSync(raw, 'utf8'), readFileSync(raw, 'latin1')].join('\n'), touched());
      assertNoSecrets(visible, touched());
    } finally {
      await pty.close();
    }
  });

  it('everything that it left behind: the journal, the three transcripts, the patch, the commit, the lock', async () => {
    const left = readdirSync(place, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(place, name)).isFile() && !name.startsWith('repo') && name !== 'raw');
    const open = left.filter((name) => !/snapshots\/|export\/realm\.json$/.test(name));
    expect(open.map((name) => name.replace(/^.*\//, ''))).toEqual(expect.arrayContaining(['journal.jsonl', 'transcript.md', 'transcript.json', 'transcript.cast', 'changes.patch', 'COMMIT_MESSAGE', 'PULL_REQUEST.md', 'secrets-to-create.txt']));
    for (const name of open) assertNoSecrets(readFileSync(join(place, name), 'utf8'), touched());
    for (const name of left) expect(statSync(join(place, name)).mode & 0o777, name).toBe(0o600);
    expect(git('log', '--oneline', 'mended').trim().split('\n')).toHaveLength(2);
    assertNoSecrets(git('log', '-p', '--format=raw', 'main..mended') + git('log', '--format=raw', 'mended'), touched());
    // A patched file is as it will stand in git: it has what git has in clear, and nothing more.
    const [patched = ''] = left.filter((name) => name.endsWith('export/realm.json'));
    const [before, after] = [readFileSync(join(repo, 'realm.json'), 'utf8'), readFileSync(join(place, patched), 'utf8')];
    for (const secret of touched()) if (isClean(before, secret)) assertNoSecrets(after, [secret]);
    expect(after.split('**********').length).toBeLessThanOrEqual(before.split('**********').length);
  });

  it('commands on the record of a run, and the way back', async () => {
    for (const more of [[], ['--json']]) {
      const directory = ['--session-dir', sessions, '--debug', ...more];
      await expectClean(['sessions', ...directory], [0]);
      await expectClean(['transcript', 'show', 'last', ...directory], [0]);
      await expectClean(['transcript', 'verify', 'last', ...directory], [0]);
      await expectClean(['transcript', 'export', 'last', '--out', join(place, 'out'), ...directory], [0]);
      await expectClean(['export', 'last', '--repo', repo, '--out', join(place, 'exported'), ...directory], [0]);
      await expectClean(['resume', 'last', ...login(), ...directory], [0, 4]);
    }
    for (const name of readdirSync(join(place, 'out'))) assertNoSecrets(readFileSync(join(place, 'out', name), 'utf8'), touched());
    await expectClean(['undo', 'last', ...login(), '--confirm', realm, '--session-dir', sessions, '--debug'], [0, 4]);
    for (const name of readdirSync(sessions, { recursive: true, encoding: 'utf8' })) if (/journal|transcript/.test(name)) assertNoSecrets(readFileSync(join(sessions, name), 'utf8'), touched());
  });

  it('without a screen: plain prompts to the typed word, then headless to the end, as text and as JSON', async () => {
    const pty = await openPty(100, 30);
    const [raw, elsewhere] = [join(place, 'raw'), join(place, 'plain')];
    try {
      await pty.recordTo(raw);
      await pty.command(`${TOOL} recover ${login().join(' ')} ${evidence.join(' ')} --lost restore --changed restore --live-only keep --session-dir ${elsewhere} --accessible --debug`);
      await pty.until('Password of ');
      await pty.type(sharedKeycloak().password);
      await pty.key('Enter');
      await pty.until('Stated');
      await pty.key('Enter');
      await pty.until('done goes on', 60_000);
      // A number alone shows a difference whole.
      for (const shown of ['7', '50', '52', '66']) {
        await pty.type(shown);
        await pty.key('Enter');
        await pty.until((screen) => screen.trimEnd().endsWith('q leaves:'));
      }
      await pty.type('done');
      await pty.key('Enter');
      await pty.until(`Type ${realm} to`, 60_000);
      await pty.key('C-c');
      expect(await pty.exitCode()).toBe(130);
      assertNoSecrets((await pty.all()) + readFileSync(raw, 'utf8'), touched());
    } finally {
      await pty.close();
    }
    const flags = ['--session-dir', elsewhere, '--confirm', realm, '--accept-unproven', 'no user for it', '--debug'];
    await expectClean(['resume', 'last', ...login(), ...flags], [0, 4]);
    await expectClean(['resume', 'last', ...login(), ...flags, '--json'], [0, 4]);
  });
});
