import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { idIn, must, openAdminCalls, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { addLiveOnly, destroy } from '../../src/sandbox/incident/destroy.ts';
import { createRealm } from '../../src/sandbox/incident/stage.ts';
import { goodRealmFile } from '../../src/sandbox/incident/story.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { readRealm, type PlainRealm } from '../harness/independent.ts';
import { runTool, sessionPlace, type ToolOptions, type ToolRun } from '../harness/tool.ts';

/** Where the incident is staged and as whom the tool logs in. */
export interface Story {
  readonly url: string;
  readonly realm: string;
  readonly user: string;
  readonly password: string;
  readonly calls: AdminCalls;
  /** How the realm has to be again. */
  readonly wanted: PlainRealm;
  /** How the incident left it. */
  readonly destroyed: PlainRealm;
  /** The realm file that has what was lost, and the directory that it lies in. */
  readonly evidence: string;
  readonly directory: string;
}

/** Stages the story on a server that runs. What exists only live is there before the loss, so "before" is "wanted". */
export async function stageOn(server: { readonly url: string; readonly username: string; readonly password: string }, realm: string): Promise<Story> {
  const calls = openAdminCalls({ ...server, realm });
  await createRealm(calls, 4);
  await addLiveOnly(calls);
  const wanted = (await readRealm(calls)).plain;
  await destroy(calls);
  const directory = sessionPlace();
  const evidence = join(directory, 'realm.json');
  writeFileSync(evidence, JSON.stringify(goodRealmFile(calls, { secrets: 'real' }), null, 2), { mode: 0o600 });
  return { url: server.url, realm, user: server.username, password: server.password, calls, wanted, destroyed: (await readRealm(calls)).plain, evidence, directory };
}

/** The same on a sandbox of its own. */
export async function stageSandbox(realm = 'primary'): Promise<Story & { readonly sandbox: Sandbox }> {
  const sandbox = await startSandbox();
  return { ...(await stageOn({ url: sandbox.url, ...sandbox.admin }, realm)), sandbox };
}

export interface Login {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Attempt {
  /** Flags besides those that every run has; a later one wins. */
  readonly with?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Who logs in instead of the administrator. */
  readonly as?: Login;
  readonly input?: string;
  readonly onLine?: ToolOptions['onLine'];
  /** Where the runs are recorded; a fresh place that does not exist yet when absent. */
  readonly sessions?: string;
}

/** Flags that lead to the realm and decide everything; without the word that starts the writes. */
export function decided(story: Story): readonly string[] {
  return ['--evidence', story.evidence, '--lost', 'restore', '--changed', 'restore', '--live-only', 'keep'];
}

export const confirmed = (story: Story): readonly string[] => [...decided(story), '--confirm', story.realm];

/** Runs a command of the tool against the story, headless, with `--json`. */
export async function run(story: Story, command: readonly string[], attempt: Attempt = {}): Promise<ToolRun & { readonly sessions: string }> {
  const sessions = attempt.sessions ?? join(sessionPlace(), 'sessions');
  const place = /^(?:doctor|compare|plan|snapshot)$/.test(command[0] ?? '') ? [] : ['--session-dir', sessions];
  const login = attempt.as ?? { flags: ['--username', story.user], env: { KEYCLOAK_PASSWORD: story.password } };
  const done = await runTool([...command, '--url', story.url, '--realm', story.realm, ...login.flags, ...place, '--json', ...(attempt.with ?? [])], {
    env: { ...login.env, ...attempt.env },
    ...(attempt.input === undefined ? {} : { input: attempt.input }),
    ...(attempt.onLine ? { onLine: attempt.onLine } : {}),
  });
  return { ...done, sessions };
}

/** Good enough for the strictest policy of the realms here. */
const PASSWORD = 'Lab-password-2026!';

/** A user who holds exactly the given roles on the realm: of the realm itself, or of master with the roles of its client `REALM-realm`. */
export async function userWith({ calls }: Pick<Story, 'calls'>, roles: readonly string[], of: 'realm' | 'master', attributes: Readonly<Record<string, readonly string[]>> = {}): Promise<Login> {
  const home = of === 'master' ? 'master' : calls.realm;
  const username = `${calls.realm}-${of}-${roles.map((role) => role.replaceAll(/\B[a-z]/g, '')).join('.') || 'nothing'}`;
  await must(calls, 'POST', `/admin/realms/${home}/users`, { username, enabled: true, email: `${username}@example.com`, firstName: 'A', lastName: 'B', attributes, credentials: [{ type: 'password', value: PASSWORD, temporary: false }] });
  const [user] = (await must(calls, 'GET', `/admin/realms/${home}/users?username=${username}&exact=true`)) as { id: string }[];
  const client = of === 'master' ? `${calls.realm}-realm` : 'realm-management';
  const owner = idIn(await must(calls, 'GET', `/admin/realms/${home}/clients?clientId=${client}`), 'clientId', client);
  const wanted = await Promise.all(roles.map((role) => must(calls, 'GET', `/admin/realms/${home}/clients/${owner}/roles/${role}`)));
  if (wanted.length > 0) await must(calls, 'POST', `/admin/realms/${home}/users/${user?.id}/role-mappings/clients/${owner}`, wanted);
  return { flags: ['--auth-realm', home, '--username', username], env: { KEYCLOAK_PASSWORD: PASSWORD } };
}

/** Users of master outlive the realm that they were made for. */
export async function removeMasterUsers(calls: AdminCalls): Promise<void> {
  for (const { id } of (await must(calls, 'GET', `/admin/realms/master/users?username=${calls.realm}-master-&max=100`)) as { id: string }[]) await must(calls, 'DELETE', `/admin/realms/master/users/${id}`);
}

/** A service account of the realm that holds exactly the given roles of realm-management; gives how to log in as it. */
export async function accountWith(story: Pick<Story, 'calls'>, roles: readonly string[]): Promise<Login> {
  const { calls } = story;
  const clientId = `only-${roles.join('-') || 'nothing'}`;
  await must(calls, 'POST', '/clients', { clientId, secret: 'lab', serviceAccountsEnabled: true, standardFlowEnabled: false });
  const [user] = (await must(calls, 'GET', `/users?username=service-account-${clientId}&exact=true`)) as { id: string }[];
  const management = idIn(await must(calls, 'GET', '/clients?clientId=realm-management'), 'clientId', 'realm-management');
  const wanted = await Promise.all(roles.map((role) => must(calls, 'GET', `/clients/${management}/roles/${role}`)));
  if (wanted.length > 0) await must(calls, 'POST', `/users/${user?.id}/role-mappings/clients/${management}`, wanted);
  return { flags: ['--auth-realm', calls.realm, '--client-id', clientId], env: { KEYCLOAK_CLIENT_SECRET: 'lab' } };
}
