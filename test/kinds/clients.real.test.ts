import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { list, text } from '../../src/sandbox/incident/read.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { clients as CLIENTS, DAMAGES } from '../harness/rich/clients.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { runTool, sessionPlace, summaryOf, type ToolRun } from '../harness/tool.ts';

const sessions = sessionPlace();
const env = () => ({ KEYCLOAK_PASSWORD: sharedKeycloak().password });
const target = (realm: string) => ['--url', sharedKeycloak().url, '--realm', realm, '--username', sharedKeycloak().username];
const recover = (realm: string, evidence: string, ...flags: string[]): Promise<ToolRun> =>
  runTool(['recover', ...target(realm), '--evidence', evidence, '--lost', 'restore', '--changed', 'restore', '--live-only', 'restore', ...flags, '--confirm', realm, '--session-dir', sessions, '--json'], { env: env() });
const undo = (realm: string, ...flags: string[]): Promise<ToolRun> => runTool(['undo', 'last', '--username', sharedKeycloak().username, ...flags, '--confirm', realm, '--session-dir', sessions, '--json'], { env: env() });
const said = (run: ToolRun): string => run.stdout.slice(-3000) + run.stderr;

async function snapshot(realm: string): Promise<string> {
  const taken = await runTool(['snapshot', ...target(realm), '--out', sessions], { env: env() });
  expect(taken.exit, taken.stderr).toBe(0);
  return `snapshot:${taken.stdout.trim()}`;
}

async function built(realm: string): Promise<AdminCalls> {
  const calls = sharedCalls(realm);
  await must(calls, 'POST', '/admin/realms', { realm, enabled: true });
  await CLIENTS.build(calls);
  return calls;
}

describe('clients on a real Keycloak', () => {
  let calls: AdminCalls;
  afterEach(() => wipeRealm(calls));

  it.each([
    ['edited', ['settings', 'authorization']], ['damaged', ['roles', 'authorization', 'clients', 'settings']],
  ] as const)('brings back everything that was %s, and undo does it again', async (word, parts) => {
    const realm = `clients-${word}`;
    calls = await built(realm);
    const before = await CLIENTS.read(calls);
    const evidence = await snapshot(realm);
    for (const damage of parts.flatMap((part) => DAMAGES[part])) await damage.apply(calls);
    const damaged = await CLIENTS.read(calls);
    expect(damaged).not.toEqual(before);
    const run = await recover(realm, evidence);
    expect(summaryOf(run), said(run)).toMatchObject({ failed: 0, left: 0, exit: 0 });
    expect(await CLIENTS.read(calls)).toEqual(before);
    const undone = await undo(realm, '--delete-clients');
    expect(undone.exit, said(undone)).toBe(0);
    expect(await CLIENTS.read(calls)).toEqual(damaged);
  });

  it('from a hand-written file touches nothing but what it states; undo leaves a client with its sessions, and single writes can be named', async () => {
    const realm = 'clients-stated';
    calls = await built(realm);
    const whole = await snapshot(realm);
    const exported = join(sessions, 'partial.json');
    writeFileSync(exported, JSON.stringify(await must(calls, 'POST', '/partial-export?exportClients=true&exportGroupsAndRoles=true')));
    const compared = await runTool(['compare', ...target(realm), '--evidence', exported, '--json'], { env: env() });
    const same = (JSON.parse(compared.stdout) as { differences: { kind: string }[] }).differences;
    expect(same.filter(({ kind }) => ['client', 'client-setting', 'authorization', 'client-role', 'realm-role', 'service-account-role'].includes(kind))).toEqual([]);
    const spa = list(await must(calls, 'GET', '/clients?clientId=fam-spa'))[0];
    await must(calls, 'DELETE', `/clients/${text(spa, 'id')}`);
    const app = text(list(await must(calls, 'GET', '/clients?clientId=fam-app'))[0], 'id') ?? '';
    const before = await CLIENTS.read(calls);
    const file = join(sessions, 'stated.json');
    writeFileSync(file, JSON.stringify({ realm, clients: [{ clientId: 'fam-app', redirectUris: ['https://app.example/*', 'https://old.example/cb', 'https://new.example/*'], attributes: { 'access.token.lifespan': '300', 'pkce.code.challenge.method': 'S256', 'login_theme': 'keycloak' } }] }));
    const stated = await recover(realm, file, '--client', 'fam-app');
    expect(summaryOf(stated), said(stated)).toMatchObject({ failed: 0, exit: 0 });
    await must(calls, 'PUT', `/clients/${app}`, { clientId: 'fam-app', redirectUris: ['https://app.example/*', 'https://old.example/cb'] });
    expect(await CLIENTS.read(calls)).toEqual(before);
    const moved = await undo(realm);
    expect(moved.exit, said(moved)).toBe(0);

    const run = await recover(realm, whole);
    expect(summaryOf(run), said(run)).toMatchObject({ failed: 0, exit: 0 });
    const left = await undo(realm);
    expect(left.exit, said(left)).toBe(4);
    expect(left.stderr).toMatch(/LEFT client fam-spa: .*--delete-clients/);
    const named = await undo(realm, '--operation', 'create client:fam-spa', '--delete-clients');
    expect(named.exit, said(named)).toBe(0);
    expect(await CLIENTS.read(calls)).toEqual(before);
    const strange = await undo(realm, '--operation', 'create client:nobody');
    expect(strange.exit).toBe(64);
  });
});
