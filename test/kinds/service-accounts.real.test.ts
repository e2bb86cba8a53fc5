import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Json } from '../../src/realm/json.ts';
import { must } from '../../src/sandbox/incident/calls.ts';
import { list, object, text } from '../../src/sandbox/incident/read.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { runTool, sessionPlace, summaryOf, type ToolRun } from '../harness/tool.ts';
import { password } from '../recover/staging.ts';

const realm = 'service-accounts-kinds';
const calls = sharedCalls(realm);
const place = sessionPlace();
const sessions = join(place, 'sessions');
const SECRET = 'worker-lab-secret';
let evidence: string;
let run: ToolRun;

const where = (): string[] => ['--url', sharedKeycloak().url, '--realm', realm, '--username', sharedKeycloak().username];
const client = async (): Promise<Json> => list(await must(calls, 'GET', '/clients?clientId=worker'))[0] ?? null;
/** The users behind clients, told by a partial export: it makes none that is missing. */
const accounts = async (): Promise<readonly (string | undefined)[]> => list(object(await must(calls, 'POST', '/partial-export?exportClients=true'))?.['users'] ?? null).map((each) => text(each, 'serviceAccountClientId'));

async function tokenRoles(): Promise<readonly Json[] | null> {
  const answer = await fetch(`${sharedKeycloak().url}/realms/${realm}/protocol/openid-connect/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'worker', client_secret: SECRET }) });
  if (!answer.ok) return null;
  const { access_token: token } = await answer.json() as { access_token: string };
  const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Json;
  return list(object(object(payload)?.['realm_access'] ?? null)?.['roles'] ?? null);
}

beforeAll(async () => {
  await calls.call('DELETE', `/admin/realms/${realm}`);
  await must(calls, 'POST', '/admin/realms', { realm, enabled: true });
  await must(calls, 'POST', '/clients', { clientId: 'worker', serviceAccountsEnabled: true, secret: SECRET });
  const user = text(object(await must(calls, 'GET', `/clients/${text(await client(), 'id')}/service-account-user`)) ?? {}, 'id');
  for (const name of ['picker', 'packer']) {
    await must(calls, 'POST', '/roles', { name });
    await must(calls, 'POST', `/users/${user}/role-mappings/realm`, [object(await must(calls, 'GET', `/roles/${name}`)) ?? {}]);
  }
  const taken = await runTool(['snapshot', ...where(), '--out', place], { env: password() });
  evidence = `snapshot:${taken.stdout.trim()}`;
  // The overwrite by partial import takes the account away and makes no new one, although the flag says so.
  await must(calls, 'POST', '/partialImport', { ifResourceExists: 'OVERWRITE', clients: [{ clientId: 'worker', enabled: true, clientAuthenticatorType: 'client-secret', serviceAccountsEnabled: true, secret: SECRET }] });
});
afterAll(() => calls.call('DELETE', `/admin/realms/${realm}`));

const recover = (): Promise<ToolRun> => runTool(['recover', ...where(), '--evidence', evidence, '--lost', 'restore', '--changed', 'restore', '--live-only', 'keep', '--confirm', realm, '--session-dir', sessions, '--json'], { env: password() });

it('a partial import leaves a client without the account that its flag promises', async () => {
  expect(await accounts()).toEqual([]);
  expect(await tokenRoles()).toBeNull();
});

it('the account is made by a write of its own, once, before its roles', async () => {
  run = await recover();
  expect(run.exit, run.stderr + run.stdout.slice(-1500)).toBe(0);
  expect(await accounts()).toEqual(['worker']);
  expect(await tokenRoles()).toEqual(expect.arrayContaining(['picker', 'packer']));
  const { session } = summaryOf(run) as { session: string };
  const journal = readFileSync(join(sessions, session, 'journal.jsonl'), 'utf8').split('\n').filter((line) => line !== '').map((line) => (JSON.parse(line) as { event: { type: string; operation?: string; found?: string } }).event);
  const of = (type: string) => journal.filter((event) => event.type === type && event.operation?.includes('service-account-role:') === true).map(({ operation, found }) => `${found ?? ''} ${operation}`.trim());
  expect(of('write.intended')[0]).toBe('make service-account-role:worker');
  expect(of('write.intended').filter((operation) => operation.startsWith('make '))).toHaveLength(1);
  expect(of('write.verified')).toContain('read-back make service-account-role:worker');
  expect(run.stdout).toContain('the user id, groups and attributes of the service account of worker');
  expect(readdirSync(join(sessions, session))).toContain('transcript.md');
});

it('undo takes the account away again, and it can be made once more', async () => {
  const undone = await runTool(['undo', 'last', '--username', sharedKeycloak().username, '--confirm', realm, '--session-dir', sessions, '--json'], { env: password() });
  expect(undone.exit, undone.stderr + undone.stdout.slice(-1500)).toBe(0);
  expect(await accounts()).toEqual([]);
  expect((await recover()).exit).toBe(0);
  expect(await tokenRoles()).toEqual(expect.arrayContaining(['picker', 'packer']));
});
