import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refresh } from '../../src/sandbox/incident/login.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { readRealm } from '../harness/independent.ts';
import { startKeycloak, type RealKeycloak } from '../harness/keycloak.ts';
import { stageAllReal, stageReal, type Column, type ReallyStaged } from '../harness/realStage.ts';
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

  it.each(['stopped', 'running'] as const)('with the node %s: a full export ends equal, other files are called what they are', async (node) => {
    const columns = (node === 'stopped' ? ['full', 'masked', 'hand-written'] : ['full', 'hand-written']) as Column[];
    // Clearing the cache of one realm clears those of all on that node: a stale one has to be staged by itself.
    const together = node === 'stopped' ? await stageAllReal(keycloak, node, columns.map((column) => ({ column, realm: `${column}-${node}` }))) : [];
    for (const [index, column] of columns.entries()) {
      const one = node === 'stopped' ? together[index] : await stageReal(keycloak, node, { column, realm: `${column}-${node}` });
      if (!one) throw new Error(`${column} was not staged`);
      await (column === 'full' ? fullExport(one, `${column}-${node}`) : otherFile(one, `${column}-${node}`));
      await wipeRealm(one.calls);
    }
  });

  /** Ids, keys and users were in the file: everything comes back and nobody logs in again. */
  async function fullExport(staged: ReallyStaged, realm: string): Promise<void> {
    const run = await recover(staged, realm);
    expect(run.stderr, realm).toBe('');
    expect(summaryOf(run), realm).toMatchObject({ failed: 0, exit: 0 });
    expect(triageOf(run), realm).toMatchObject({ sessionsAlive: true });
    const after = await readRealm(staged.calls);
    expect(after.plain, realm).toEqual(staged.before.plain);
    expect(after.identity, realm).toMatchObject({ clients: staged.before.identity.clients, keys: staged.before.identity.keys });
    expect(await refreshable(staged), realm).toBe(staged.tokens.length);
  }

  /** Users and keys were not in the file: said before anything else, restored as far as it goes, nothing more claimed. */
  async function otherFile(staged: ReallyStaged, realm: string): Promise<void> {
    const run = await recover(staged, realm);
    const triage = triageOf(run);
    expect(triage?.sessionsAlive, realm).toBe(false);
    expect(triage?.promise, realm).toMatch(/session/i);
    expect(triage?.promise, realm).not.toMatch(/nobody has to log in again/);
    const lines = run.stdout.split('\n');
    expect(lines.findIndex((line) => line.includes('"triage.found"'))).toBeLessThan(lines.findIndex((line) => line.includes('"compare.done"')));
    expect((await readRealm(staged.calls)).plain['clientScopes'], realm).toEqual(staged.before.plain['clientScopes']);
    expect(await refreshable(staged), realm).toBe(0);
    // Users are gone with their groups and attributes, so a claim that needs a user cannot be shown: not proven, and said so.
    expect([0, 4], `${realm}: ${run.stderr}`).toContain(run.exit);
  }
});
