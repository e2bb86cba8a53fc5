import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { must } from '../../src/sandbox/incident/calls.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { runTool, sessionPlace, summaryOf, type ToolRun } from '../harness/tool.ts';

const realm = 'roles-1';
const env = () => ({ KEYCLOAK_PASSWORD: sharedKeycloak().password });
const target = () => ['--url', sharedKeycloak().url, '--realm', realm, '--username', sharedKeycloak().username];

interface Named {
  readonly id: string;
  readonly name: string;
}

describe('roles that are there only live, on a real Keycloak', () => {
  const calls = sharedCalls(realm);
  const sessions = sessionPlace();
  const at: Record<string, string> = {};
  let snapshot: string;

  const role = (path: string) => must(calls, 'GET', path) as unknown as Promise<Named>;
  const restore = (...flags: string[]): Promise<ToolRun> => runTool(['recover', ...target(), '--evidence', `snapshot:${snapshot}`, ...flags, '--confirm', realm, '--session-dir', sessions, '--json'], { env: env() });
  const all = ['--lost', 'restore', '--changed', 'restore', '--live-only', 'restore'];
  const undo = (): Promise<ToolRun> => runTool(['undo', 'last', '--username', sharedKeycloak().username, '--confirm', realm, '--session-dir', sessions, '--json'], { env: env() });
  /** Names, as a person would list them in the admin console; null for what answers 404. */
  const names = async (path: string): Promise<readonly string[] | null> => {
    const answer = await calls.call('GET', path);
    return answer.status === 404 ? null : (answer.body as unknown as Named[]).map(({ name }) => name).toSorted();
  };
  const read = async () => ({
    roles: await names('/roles'), clientRoles: await names(`/clients/${at['app']}/roles`), scopes: await names('/client-scopes'),
    membersOfExtra: await names('/roles/extra/composites'), membersOfReader: await names(`/clients/${at['app']}/roles/reader/composites`), membersOfOuter: await names('/roles/outer/composites'),
    scope: await names(`/client-scopes/${at['basic']}/scope-mappings/realm`), clientScope: await names(`/clients/${at['app']}/scope-mappings/realm`),
    group: await must(calls, 'GET', `/groups/${at['staff']}/role-mappings`).then((mapped) => JSON.stringify(mapped, (key, value: unknown) => (key === 'id' || key === 'containerId' ? undefined : value))),
    account: await names(`/users/${at['account']}/role-mappings/clients/${at['app']}`), defaults: await names('/default-optional-client-scopes'), policy: await names(`/clients/${at['app']}/authz/resource-server/policy`),
  });
  const made = async (path: string, body: object): Promise<Named> => {
    await must(calls, 'POST', path, body);
    return role(`${path}/${(body as Named).name}`);
  };
  const clean = async (): Promise<void> => {
    for (const path of ['/roles/extra', `/clients/${at['app']}/roles/reader`]) await calls.call('DELETE', path);
  };
  /** A composite role of the realm and one of a client, each with members and each used wherever a role can be. */
  const stage = async () => {
    const [offline, outer] = await Promise.all([role('/roles/offline_access'), role('/roles/outer')]);
    const extra = await made('/roles', { name: 'extra', description: 'by hand', attributes: { cost: ['1'] } });
    const reader = await made(`/clients/${at['app']}/roles`, { name: 'reader' });
    await must(calls, 'POST', '/roles/extra/composites', [offline, reader]);
    await must(calls, 'POST', `/clients/${at['app']}/roles/reader/composites`, [offline]);
    await must(calls, 'POST', `/roles/${outer.name}/composites`, [extra, reader]);
    await must(calls, 'POST', `/client-scopes/${at['basic']}/scope-mappings/realm`, [extra]);
    await must(calls, 'POST', `/clients/${at['app']}/scope-mappings/realm`, [extra]);
    await must(calls, 'POST', `/groups/${at['staff']}/role-mappings/realm`, [extra]);
    await must(calls, 'POST', `/groups/${at['staff']}/role-mappings/clients/${at['app']}`, [reader]);
    await must(calls, 'POST', `/users/${at['account']}/role-mappings/clients/${at['app']}`, [reader]);
  };

  beforeAll(async () => {
    await must(calls, 'POST', '/admin/realms', { realm, enabled: true });
    await must(calls, 'POST', '/roles', { name: 'outer' });
    await must(calls, 'POST', '/clients', { clientId: 'app', serviceAccountsEnabled: true, authorizationServicesEnabled: true, publicClient: false, secret: 'hush', fullScopeAllowed: false });
    await must(calls, 'POST', '/groups', { name: 'staff' });
    const [app] = (await must(calls, 'GET', '/clients?clientId=app')) as unknown as Named[];
    const [staff] = (await must(calls, 'GET', '/groups?search=staff')) as unknown as Named[];
    at['app'] = app?.id ?? '';
    at['staff'] = staff?.id ?? '';
    at['account'] = ((await must(calls, 'GET', `/clients/${at['app']}/service-account-user`)) as unknown as Named).id;
    at['basic'] = ((await must(calls, 'GET', '/client-scopes')) as unknown as Named[]).find(({ name }) => name === 'basic')?.id ?? '';
    const taken = await runTool(['snapshot', ...target(), '--out', sessions], { env: env() });
    expect(taken.exit, taken.stderr).toBe(0);
    snapshot = taken.stdout.trim();
  });
  beforeEach(clean);
  afterAll(() => wipeRealm(calls));

  it('go with their members and every mapping, are nobody else\'s work, and come back with all of it', async () => {
    const good = await read();
    await stage();
    const before = await read();
    expect(before).toMatchObject({ membersOfExtra: ['offline_access', 'reader'], membersOfReader: ['offline_access'], membersOfOuter: ['extra', 'reader'], scope: ['extra'], account: ['reader', 'uma_protection'] });
    const run = await restore(...all);
    expect(summaryOf(run), run.stdout.slice(-3000) + run.stderr).toMatchObject({ failed: 0, left: 0, exit: 0 });
    expect(run.stdout).not.toContain('somebody else');
    expect(await read()).toEqual(good);
    const undone = await undo();
    expect(undone.exit, undone.stdout.slice(-3000) + undone.stderr).toBe(0);
    expect(await read()).toEqual(before);
    expect(await role('/roles/extra')).toMatchObject({ description: 'by hand', attributes: { cost: ['1'] } });
  });

  it('take along what was answered with leave, which is said before the word', async () => {
    await stage();
    const before = await read();
    const answers = join(sessions, 'answers.yaml');
    writeFileSync(answers, 'realm-role:extra: restore\nscope-mapping:client-scope:basic/extra: leave\n');
    const only = ['--lost', 'leave', '--changed', 'leave', '--live-only', 'leave', '--answers', answers];
    const planned = await runTool(['plan', ...target(), '--evidence', `snapshot:${snapshot}`, ...only], { env: env() });
    expect(planned.stdout).toMatch(/DELETE .*scope-mappings\/realm {2}scope mapping extra: removed: it goes with realm role extra/);
    expect(planned.stderr).toContain('scope-mapping:client-scope:basic/extra is removed too, because it goes with realm-role:extra.');
    const run = await restore(...only);
    expect(summaryOf(run), run.stdout.slice(-3000) + run.stderr).toMatchObject({ failed: 0, exit: 0 });
    expect(run.stdout).not.toContain('somebody else');
    expect(await read()).toMatchObject({ membersOfExtra: null, membersOfReader: ['offline_access'], membersOfOuter: ['reader'], scope: [], account: ['reader', 'uma_protection'] });
    expect((await undo()).exit).toBe(0);
    expect(await read()).toEqual(before);
  });

  it('stay where a policy names them, which would keep the id of nothing', async () => {
    const extra = await made('/roles', { name: 'extra' });
    await must(calls, 'POST', `/clients/${at['app']}/authz/resource-server/policy/role`, { name: 'only-extra', roles: [{ id: extra.id }] });
    const before = await read();
    const refused = await restore('--lost', 'leave', '--changed', 'leave', '--live-only', 'leave', '--answers', answersOf('realm-role:extra: restore'));
    expect(summaryOf(refused), refused.stderr).toMatchObject({ restored: 0, exit: 2 });
    expect(refused.stdout).toContain('answer authorization:app/policy/only-extra with restore too');
    expect(await read()).toEqual(before);
    expect(summaryOf(await restore(...all))).toMatchObject({ failed: 0, left: 0, exit: 0 });
    expect(await read()).toMatchObject({ membersOfExtra: null, policy: [] });
    expect((await undo()).exit).toBe(0);
    expect(await read()).toEqual(before);
    expect(summaryOf(await restore(...all))).toMatchObject({ exit: 0 });
  });

  it('a client scope goes with the roles in its scope and its place among the defaults, and comes back with both', async () => {
    const offline = await role('/roles/offline_access');
    await must(calls, 'POST', '/client-scopes', { name: 'by-hand', protocol: 'openid-connect' });
    const id = ((await must(calls, 'GET', '/client-scopes')) as unknown as Named[]).find(({ name }) => name === 'by-hand')?.id ?? '';
    await must(calls, 'POST', `/client-scopes/${id}/scope-mappings/realm`, [offline]);
    await must(calls, 'PUT', `/default-optional-client-scopes/${id}`);
    const before = { ...(await read()), inScope: await names(`/client-scopes/${id}/scope-mappings/realm`) };
    const run = await restore('--lost', 'leave', '--changed', 'leave', '--live-only', 'leave', '--answers', answersOf('client-scope:by-hand: restore'));
    expect(summaryOf(run), run.stdout.slice(-3000) + run.stderr).toMatchObject({ failed: 0, exit: 0 });
    expect((await read()).scopes).not.toContain('by-hand');
    const undone = await undo();
    expect(undone.exit, undone.stdout.slice(-3000) + undone.stderr).toBe(0);
    expect({ ...(await read()), inScope: await names(`/client-scopes/${id}/scope-mappings/realm`) }).toEqual(before);
  });

  function answersOf(text: string): string {
    const file = join(sessions, 'answers.yaml');
    writeFileSync(file, `${text}\n`);
    return file;
  }
});
