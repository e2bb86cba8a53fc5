import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { killedAt, runTool, sessionPlace, summaryOf, type ToolRun } from '../harness/tool.ts';

describe('npm start without a terminal', () => {
  const sessions = sessionPlace();
  let run: ToolRun;
  beforeAll(async () => {
    run = await runTool(['demo', '--session-dir', sessions]);
  });

  it('runs to the end, proven, and prints the record', () => {
    expect(run.exit, run.stderr).toBe(0);
    expect(run.stdout).toMatch(/whole-realm import.*nobody has to log in again: 160 sessions are alive, and 40 offline/);
    expect(run.stdout).toContain('sessions 200 → 200 (0 lost, 0 new) · signing keys unchanged · client ids unchanged · nothing else moved');
    expect(run.stdout).toContain('# Recovery of Keycloak realm `primary`');
  });

  it('restores what was lost, keeps what a person added, and writes both into git', async () => {
    const shown = await runTool(['transcript', 'show', 'last', '--session-dir', sessions, '--json']);
    const record = JSON.stringify(JSON.parse(shown.stdout));
    expect(record).toContain('client-mapper:auth-service/groups');
    const [, patch] = /git apply (\S+changes\.patch)/.exec(run.stdout) ?? [];
    const text = readFileSync(patch ?? '', 'utf8');
    expect(text).toMatch(/^\+.*gw2\.example\.com/m);
    expect(text).toMatch(/^\+.*"tenant"/m);
    expect(text).toMatch(/^\+.*IGNORE_EXISTING/m);
  });

  it('is taken back by undo, and listed', async () => {
    const undone = await runTool(['undo', 'last', '--confirm', 'primary', '--session-dir', sessions, '--json']);
    expect(undone.exit, undone.stderr).toBe(0);
    expect(JSON.parse(undone.stdout)).toMatchObject({ undone: 11, left: [] });
    const listed = await runTool(['sessions', '--session-dir', sessions, '--json']);
    expect(JSON.parse(listed.stdout)).toMatchObject({ sessions: [{ realm: 'primary', problem: null }] });
  });
});

describe('a demo that is killed', () => {
  it('goes on by resume: same sandbox, same end', async () => {
    const sessions = sessionPlace();
    const killed = await runTool(['demo', '--session-dir', sessions, '--json'], { env: killedAt('write.sent') });
    expect(killed.signal).toBe('SIGKILL');
    const resumed = await runTool(['resume', 'last', '--session-dir', sessions, '--json']);
    expect(resumed.exit, resumed.stderr).toBe(0);
    expect(summaryOf(resumed)).toMatchObject({ restored: 15, failed: 0, left: 0, sessionsBefore: 200, sessionsAfter: 200, exit: 0 });
    expect(existsSync(String(summaryOf(resumed)['export']))).toBe(true);
  });

  it('does not need the evidence files again: what was read lies in the session', async () => {
    const sessions = sessionPlace();
    expect((await runTool(['demo', '--session-dir', sessions, '--json'], { env: killedAt('write.sent') })).signal).toBe('SIGKILL');
    const [id = ''] = readdirSync(sessions).filter((name) => name !== 'locks');
    rmSync(join(sessions, id, 'repository/charts/keycloak/realm.json'));
    const resumed = await runTool(['resume', id, '--session-dir', sessions, '--json']);
    expect(resumed.stdout).toContain('"account.done"');
    expect(resumed.stdout).toMatch(/"restored":15,"proven":12,"failed":0/);
  });
});

describe('a demo without a terminal that is told to end', () => {
  it.each([['SIGTERM', 'live-before'], ['SIGHUP', 'compare.done'], ['SIGQUIT', 'write.intended']] as const)('by %s at %s leaves with 130, and can go on', async (signal, moment) => {
    const [sessions, file] = [sessionPlace(), join(sessionPlace(), 'held')];
    let demo: ChildProcess | undefined;
    const env = { NODE_OPTIONS: `--import=${new URL('../harness/hold-at.mjs', import.meta.url).href}`, REALM_RESCUE_TEST_HOLD_AT: `${moment}"`, REALM_RESCUE_TEST_HOLD_FILE: file };
    const ended = runTool(['demo', '--no-input', '--session-dir', sessions], { env, onLine: (_line, child) => { demo = child; } });
    await expect.poll(() => existsSync(file), { timeout: 20_000 }).toBe(true);
    demo?.kill(signal);
    rmSync(file);
    const run = await ended;
    expect(run.exit, run.stderr).toBe(130);
    expect(run.stderr).toMatch(/^realm-rescue: Left at once\. The journal is intact\.\n {2}The run can go on: realm-rescue resume /m);
    expect(run.stderr).not.toContain('Unexpected error');
  });
});

describe('a change answered field by field by an answers file', () => {
  const id = 'client-mapper:api-gateway/aud-profile';
  const answering = (lines: string): { readonly sessions: string; readonly answers: string } => {
    const sessions = sessionPlace();
    const answers = join(sessions, 'answers.yaml');
    writeFileSync(answers, lines);
    return { sessions, answers };
  };

  it('restores one field, keeps the other and brings that one into git', async () => {
    const { sessions, answers } = answering(`${id}#config.access.token.claim: restore\n${id}#config.id.token.claim: keep\n`);
    const run = await runTool(['demo', '--session-dir', sessions, '--answers', answers]);
    expect(run.exit, run.stderr).toBe(0);
    expect(run.stdout).toContain(' ✓ Choose     14 to restore, 1 field by field, 2 kept for git, 0 left alone');
    expect(run.stdout).toContain('| restore `config.access.token.claim`; keep `config.id.token.claim` |');
    expect(run.stdout).toContain('· nothing else moved');
    const [, patch = ''] = /git apply (\S+changes\.patch)/.exec(run.stdout) ?? [];
    const lines = readFileSync(patch, 'utf8').split('\n');
    expect(lines.filter((line) => line.startsWith('-') && line.includes('.token.claim')).map((line) => line.slice(1).trim())).toEqual(['"id.token.claim": "false",', '"id.token.claim": "false",']);
    expect(readFileSync(join(patch, '../COMMIT_MESSAGE'), 'utf8')).toContain('field by field: config.access.token.claim restored in the realm; config.id.token.claim kept as live');
  });

  it('ends with 5 and the open fields where the file leaves some out', async () => {
    const { sessions, answers } = answering(`${id}#config.access.token.claim: restore\n`);
    const run = await runTool(['demo', '--session-dir', sessions, '--answers', answers, '--changed', 'ask']);
    expect(run.exit).toBe(5);
    expect(run.stderr.split('\n')).toContain(`${id}#config.id.token.claim`);
    expect(run.stderr.split('\n')).not.toContain(id);
    const resumed = await runTool(['resume', 'last', '--session-dir', sessions, '--changed', 'keep', '--confirm', 'primary', '--json']);
    expect(resumed.exit, resumed.stderr).toBe(0);
    expect(resumed.stdout).toContain(`"choices":{"${id}#config.id.token.claim":"keep"}`);
  });

  it('refuses a field that there is not', async () => {
    const { sessions, answers } = answering(`${id}#config.acess.token.claim: restore\n`);
    const run = await runTool(['demo', '--session-dir', sessions, '--answers', answers]);
    expect(run.exit).toBe(64);
    expect(run.stderr).toContain(`The answers file names ${id}#config.acess.token.claim, which neither the realm nor the evidence has.`);
  });
});
