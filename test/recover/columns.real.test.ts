import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refresh } from '../../src/sandbox/incident/login.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { readRealm } from '../harness/independent.ts';
import { startKeycloak, type RealKeycloak } from '../harness/keycloak.ts';
import { stageReal, type ReallyStaged } from '../harness/realStage.ts';
import { runTool, sessionPlace, summaryOf, type ToolRun } from '../harness/tool.ts';

/** `kc.sh import` of a stale file over the realm, as verified-keycloak.md section 1 has it: one server, stopped or running. */
describe('after a real kc.sh import', () => {
  let keycloak: RealKeycloak;
  let failed = false;
  beforeAll(async () => {
    keycloak = await startKeycloak({ database: 'postgres' });
  });
  afterAll(() => keycloak.stop(failed));

  async function recover(staged: ReallyStaged, realm: string): Promise<ToolRun> {
    const sessions = sessionPlace();
    const evidence = join(sessions, 'evidence.json');
    writeFileSync(evidence, JSON.stringify(staged.evidence), { mode: 0o600 });
    const run = await runTool(
      ['recover', '--url', keycloak.url, '--realm', realm, '--username', keycloak.admin.username, '--evidence', evidence, '--lost', 'restore', '--changed', 'restore', '--live-only', 'keep', '--confirm', realm, '--session-dir', sessions, '--json'],
      { env: { KEYCLOAK_PASSWORD: keycloak.admin.password } },
    );
    if (run.exit !== 0) failed = true;
    return run;
  }

  const triageOf = (run: ToolRun) => run.stdout.trim().split('\n').map((line) => JSON.parse(line) as { event?: { type: string; triage: { sessionsAlive: boolean | null; class: string; promise: string } } }).findLast((line) => line.event?.type === 'triage.found')?.event?.triage;

  async function refreshable(staged: ReallyStaged): Promise<number> {
    let usable = 0;
    for (const login of staged.tokens) if ('access' in (await refresh(staged.calls, login))) usable += 1;
    return usable;
  }

  it.each(['stopped', 'running'] as const)('of a full export with the node %s: ends equal, every old refresh token works', async (node) => {
    const realm = `full-${node}`;
    const staged = await stageReal(keycloak, { column: 'full', node, realm });
    const run = await recover(staged, realm);
    expect(run.stderr).toBe('');
    expect(summaryOf(run)).toMatchObject({ failed: 0, exit: 0 });
    expect(triageOf(run)).toMatchObject({ sessionsAlive: true });
    const after = await readRealm(staged.calls);
    expect(after.plain).toEqual(staged.before.plain);
    expect(after.identity).toMatchObject({ clients: staged.before.identity.clients, keys: staged.before.identity.keys });
    expect(await refreshable(staged)).toBe(staged.tokens.length);
    await wipeRealm(staged.calls);
  });

  it.each(['masked', 'hand-written'] as const)('of a %s file: says first that sessions and keys are gone, restores the configuration, claims nothing more', async (column) => {
    const realm = `import-${column}`;
    const staged = await stageReal(keycloak, { column, node: 'stopped', realm });
    const run = await recover(staged, realm);
    const triage = triageOf(run);
    expect(triage?.sessionsAlive).toBe(false);
    expect(triage?.promise).toMatch(/session/i);
    expect(triage?.promise).not.toMatch(/nobody has to log in again/);
    const lines = run.stdout.split('\n');
    expect(lines.findIndex((line) => line.includes('"triage.found"'))).toBeLessThan(lines.findIndex((line) => line.includes('"compare.done"')));
    const after = (await readRealm(staged.calls)).plain;
    expect(after['clientScopes']).toEqual(staged.before.plain['clientScopes']);
    expect(await refreshable(staged)).toBe(0);
    // Users are gone with their groups and attributes, so claims that need a user cannot be shown, and the run says so.
    expect([0, 4]).toContain(run.exit);
    await wipeRealm(staged.calls);
  });
});
