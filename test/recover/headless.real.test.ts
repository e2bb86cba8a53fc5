import { decodeJwt } from 'jose';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refresh } from '../../src/sandbox/incident/login.ts';
import { clients, labSecret } from '../../src/sandbox/incident/clients.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { readRealm, type Reading } from '../harness/independent.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { assertNoSecrets } from '../harness/secrets.ts';
import { runTool, sessionPlace, summaryOf, type ToolRun } from '../harness/tool.ts';
import { headlessFlags, password, stageForRecovery, type StagedForRecovery } from './staging.ts';

const realm = 'recover-headless';

describe('recover, headless, on a real Keycloak', () => {
  const calls = sharedCalls(realm);
  const sessions = sessionPlace();
  let staged: StagedForRecovery;
  let run: ToolRun;
  let after: Reading;

  beforeAll(async () => {
    staged = await stageForRecovery(calls, sessions, 40);
    run = await runTool(['recover', ...headlessFlags(realm, staged.evidence, sessions)], { env: password() });
    after = await readRealm(calls);
  });
  afterAll(() => wipeRealm(calls));

  it('ends with exit 0 and says so in the last line', () => {
    expect(run.stderr).toBe('');
    expect(summaryOf(run)).toMatchObject({ type: 'summary', failed: 0, left: 0, exit: 0 });
    expect(run.exit).toBe(0);
  });

  it('brings the realm back to before the incident plus the kept live edits', () => {
    expect(staged.destroyed.plain).not.toEqual(staged.wanted.plain);
    expect(after.plain).toEqual(staged.wanted.plain);
  });

  it('keeps client ids and signing keys, and loses no session', () => {
    expect(after.identity.clients).toEqual(staged.wanted.identity.clients);
    expect(after.identity.keys).toEqual(staged.wanted.identity.keys);
    expect(after.identity.sessions).toEqual(expect.arrayContaining([...staged.wanted.identity.sessions]));
    expect(after.identity.offlineSessions).toEqual(staged.wanted.identity.offlineSessions);
  });

  it('makes a refresh token from before carry the restored claim', async () => {
    const login = staged.tokens.find((entry) => entry.client === 'auth-service' && 'groups' in decodeJwt(entry.access));
    if (!login) throw new Error('no login of auth-service was staged');
    const renewed = await refresh(calls, login);
    expect('access' in renewed ? decodeJwt(renewed.access)['groups'] : renewed).toEqual(decodeJwt(login.access)['groups']);
  });

  it('finds nothing to do when it is started over with the file it exported', async () => {
    const { export: patch } = summaryOf(run) as { export: string };
    const [exported] = readdirSync(dirname(patch)).filter((name) => name.endsWith('.json'));
    const again = await runTool(['compare', '--url', sharedKeycloak().url, '--realm', realm, '--username', 'admin', '--evidence', join(dirname(patch), exported ?? ''), '--json'], { env: password() });
    expect((JSON.parse(again.stdout) as { differences: unknown[] }).differences).toEqual([]);
    expect(again.exit).toBe(0);
  });

  it('leaves a verifiable record of private files without a secret or a token', async () => {
    const [id] = readdirSync(sessions).filter((name) => !name.endsWith('.json') && name !== 'locks');
    const verified = await runTool(['transcript', 'verify', id ?? '', '--session-dir', sessions]);
    expect(verified.stdout).toMatch(/^OK {2}\d+ lines, head sha256:[0-9a-f]{64}\n$/);
    expect(statSync(`${sessions}/${id}/journal.jsonl`).mode & 0o777).toBe(0o600);
    const touched = [...clients().map((client) => labSecret(client.clientId ?? '')), ...staged.tokens.flatMap((login) => [login.access, login.refresh ?? ''])];
    const outputs = ['journal.jsonl', 'transcript.md', 'transcript.json', 'transcript.cast', 'export/changes.patch', 'export/COMMIT_MESSAGE', 'export/PULL_REQUEST.md', 'export/secrets-to-create.txt'].map((file) => readFileSync(`${sessions}/${id}/${file}`, 'utf8'));
    for (const text of [run.stdout, run.stderr, ...outputs]) {
      expect(text).not.toMatch(/eyJ[\w-]{20,}\./);
      assertNoSecrets(text, touched);
    }
  });

  it('is taken back, one client and then the whole run, by undo from the journal alone', async () => {
    const flags = ['--username', sharedKeycloak().username, '--confirm', realm, '--session-dir', sessions];
    const one = await runTool(['undo', 'last', '--client', 'auth-service', ...flags], { env: password() });
    expect(one.exit, one.stderr).toBe(0);
    const partly = (await readRealm(calls)).plain as { clients: Record<string, unknown> };
    const [wanted, destroyed] = [staged.wanted.plain, staged.destroyed.plain] as { clients: Record<string, unknown> }[];
    expect(partly.clients['auth-service']).toEqual(destroyed?.clients['auth-service']);
    expect(partly.clients['api-gateway']).toEqual(wanted?.clients['api-gateway']);
    const all = await runTool(['undo', 'last', ...flags, '--json'], { env: password() });
    expect(all.exit, all.stderr).toBe(0);
    expect((await readRealm(calls)).plain).toEqual(destroyed);
  });

  it('is restored and proven again by resume, and only with the word', async () => {
    const flags = ['--username', sharedKeycloak().username, '--session-dir', sessions, '--json'];
    const unasked = await runTool(['resume', 'last', ...flags], { env: password() });
    expect(unasked.exit).toBe(5);
    expect(summaryOf(unasked)).toMatchObject({ restored: 0, proven: 0 });
    expect((await readRealm(calls)).plain).toEqual(staged.destroyed.plain);
    const again = await runTool(['resume', 'last', ...flags, '--confirm', realm], { env: password() });
    expect(again.exit, again.stderr).toBe(0);
    const { restored, proven, failed, left } = summaryOf(run);
    expect(summaryOf(again)).toMatchObject({ restored, proven, failed, left });
    expect((await readRealm(calls)).plain).toEqual(staged.wanted.plain);
  });
});
