import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { idIn, must } from '../../src/sandbox/incident/calls.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { runTool, sessionPlace, type ToolRun } from '../harness/tool.ts';

// Who may edit the realm decides what a destructive file means.
const REALM = 'lint-access';
const calls = sharedCalls(REALM);
const place = sessionPlace();

beforeAll(async () => {
  await must(calls, 'POST', '/admin/realms', { realm: REALM, enabled: true });
  writeFileSync(join(place, 'import.sh'), '#!/bin/sh\n/opt/keycloak/bin/kc.sh import --file /realm.json\n');
});
afterAll(() => must(calls, 'DELETE', `/admin/realms/${REALM}`));

const lint = (flags: readonly string[], env: Readonly<Record<string, string>> = { KEYCLOAK_PASSWORD: sharedKeycloak().password }): Promise<ToolRun> =>
  runTool(['lint', '--url', sharedKeycloak().url, '--realm', REALM, '--username', sharedKeycloak().username, ...flags], { cwd: place, env });

it('forbids overwriting while people may edit, allows it when only the break-glass account is left', async () => {
  const { username } = sharedKeycloak();
  const allowed = await lint(['--break-glass', `master/${username}`, '--json']);
  expect({ exit: allowed.exit, access: (JSON.parse(allowed.stdout) as { access: unknown }).access }).toEqual({
    exit: 0, access: { realm: REALM, overwriting: 'allowed', editors: [], breakGlass: [{ name: username, realm: 'master', through: ['master role admin'] }], serviceAccounts: [], unknown: [] },
  });

  await must(calls, 'POST', '/users', { username: 'kim', enabled: true });
  const [user] = await must(calls, 'GET', '/users?username=kim&exact=true') as { id: string }[];
  const client = idIn(await must(calls, 'GET', '/clients?clientId=realm-management'), 'clientId', 'realm-management');
  await must(calls, 'POST', `/users/${user?.id}/role-mappings/clients/${client}`, [await must(calls, 'GET', `/clients/${client}/roles/manage-clients`)]);
  const forbidden = await lint(['--break-glass', username]);
  expect(forbidden.exit).toBe(2);
  expect(forbidden.stdout).toContain(`${REALM}: overwriting is forbidden: people may edit this realm`);
  expect(forbidden.stdout).toContain(`  may edit: ${REALM}/kim, through realm-management manage-clients\n  break-glass: master/${username}, through master role admin\n`);
});

it('asks no server that no flag names, and says what went wrong with one', async () => {
  const env = { KEYCLOAK_URL: 'http://127.0.0.1:1', KEYCLOAK_REALM: REALM };
  expect(await runTool(['lint', '--json'], { cwd: place, env })).toMatchObject({ exit: 2, stderr: expect.not.stringContaining('127.0.0.1') as string });
  expect(await lint([], { KEYCLOAK_PASSWORD: 'wrong' })).toMatchObject({ exit: 3, stdout: '', stderr: expect.stringContaining('the password and --auth-realm') as string });
  expect(await lint(['--url', 'http://127.0.0.1:1'])).toMatchObject({ exit: 3, stdout: '' });
  expect(await lint(['--realm', 'nowhere'])).toMatchObject({ exit: 3, stdout: '', stderr: expect.stringContaining('does not exist') as string });
  expect(await runTool(['lint', '--break-glass', 'x'], { cwd: place })).toMatchObject({ exit: 64, stdout: '' });
});
