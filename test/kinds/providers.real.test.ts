import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/realm/json.ts';
import { readState } from '../../src/realm/state.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { list, object, text } from '../../src/sandbox/incident/read.ts';
import { assertNoSecrets } from '../harness/secrets.ts';
import { providers } from '../harness/rich/providers.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { runTool, sessionPlace, summaryOf, type ToolRun } from '../harness/tool.ts';
import { password } from '../recover/staging.ts';

const KINDS = new Set(['identity-provider', 'identity-provider-mapper', 'component', 'required-action']);

async function fresh(realm: string): Promise<AdminCalls> {
  const calls = sharedCalls(realm);
  await calls.call('DELETE', `/admin/realms/${realm}`);
  await must(calls, 'POST', '/admin/realms', { realm, enabled: true });
  return calls;
}

const where = (realm: string): string[] => ['--url', sharedKeycloak().url, '--realm', realm, '--username', sharedKeycloak().username];

async function snapshot(realm: string, directory: string): Promise<{ readonly file: string; readonly representation: RealmRepresentation }> {
  const run = await runTool(['snapshot', ...where(realm), '--out', directory, '--json'], { env: password() });
  expect(run.exit, run.stderr).toBe(0);
  const { file } = JSON.parse(run.stdout) as { file: string };
  return { file, representation: (JSON.parse(readFileSync(file, 'utf8')) as { representation: RealmRepresentation }).representation };
}

function recover(realm: string, evidence: readonly string[], sessions: string, flags: readonly string[] = []): Promise<ToolRun> {
  const answers = ['--lost', 'restore', '--changed', 'restore', '--live-only', 'restore'];
  return runTool(['recover', ...where(realm), ...evidence.flatMap((spec) => ['--evidence', spec]), ...(flags.length > 0 ? flags : answers), '--confirm', realm, '--session-dir', sessions, '--json'], { env: password() });
}

function undo(realm: string, sessions: string): Promise<ToolRun> {
  return runTool(['undo', 'last', '--username', sharedKeycloak().username, '--confirm', realm, '--session-dir', sessions, '--json'], { env: password() });
}

const exported = async (calls: AdminCalls): Promise<RealmRepresentation> => await must(calls, 'POST', '/partial-export?exportClients=true&exportGroupsAndRoles=true') as unknown as RealmRepresentation;

/** The objects of these kinds in normal form. */
function normal(realm: string, representation: RealmRepresentation, completeness: 'full' | 'partial'): Record<string, Json> {
  const state = readState({ realm, source: 'test', completeness, representation });
  return Object.fromEntries([...state.objects.values()].filter((each) => KINDS.has(each.kind)).map((each) => [each.id, each.value]).sort());
}

describe('providers, on a real Keycloak', () => {
  const realm = 'providers-kinds';
  const directory = sessionPlace();
  const sessions = join(directory, 'sessions');
  let calls: AdminCalls;
  let before: Json;
  let damaged: Json;
  let evidence: { readonly file: string; readonly representation: RealmRepresentation };
  let run: ToolRun;

  beforeAll(async () => {
    calls = await fresh(realm);
    await providers.build(calls);
    before = await providers.read(calls);
    evidence = await snapshot(realm, directory);
  });
  afterAll(() => calls.call('DELETE', `/admin/realms/${realm}`));

  it('has one normal form for the capture and for a partial export', async () => {
    const partial = normal(realm, await exported(calls), 'partial');
    expect(Object.keys(partial).length).toBeGreaterThan(60);
    expect(normal(realm, evidence.representation, 'full')).toEqual(partial);
  });

  it('undoes every damage', async () => {
    for (const damage of providers.damages) await damage.apply(calls);
    damaged = await providers.read(calls);
    expect(damaged).not.toEqual(before);
    run = await recover(realm, [`snapshot:${evidence.file}`], sessions);
    expect(run.stderr).toBe('');
    expect(await providers.read(calls)).toEqual(before);
    expect(summaryOf(run)).toMatchObject({ failed: 0, left: 0, exit: 0 });
  });

  it('takes the whole run back', async () => {
    const taken = await undo(realm, sessions);
    expect(taken.exit, taken.stderr).toBe(0);
    expect(await providers.read(calls)).toEqual(damaged);
  });
});

/** An identity provider that answers nothing and remembers what it was sent as a secret. */
async function fakeProvider(): Promise<{ readonly server: Server; readonly url: string; readonly sent: (string | null)[] }> {
  const sent: (string | null)[] = [];
  const server = createServer((incoming, answer) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => { body += chunk.toString('utf8'); });
    incoming.on('end', () => {
      sent.push(new URLSearchParams(body).get('client_secret'));
      answer.writeHead(400).end('{}');
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, sent };
}

/** What a login through corp-sso presents to its token endpoint: the only way to see the stored secret, since every read masks it. */
async function presentedSecret(calls: AdminCalls, provider: { readonly sent: (string | null)[] }): Promise<string | null | undefined> {
  const base = `${calls.url}/realms/${calls.realm}`;
  const cookies = new Map<string, string>();
  const follow = async (url: string): Promise<string> => {
    const answer = await request(url, { headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } });
    await answer.body.dump();
    for (const cookie of [answer.headers['set-cookie'] ?? []].flat()) {
      const [pair = ''] = cookie.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const { location } = answer.headers;
    return typeof location === 'string' ? location : '';
  };
  const start = new URLSearchParams({ client_id: 'account-console', redirect_uri: `${base}/account/`, response_type: 'code', scope: 'openid', kc_idp_hint: 'corp-sso', state: 'x', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' });
  const there = await follow(await follow(`${base}/protocol/openid-connect/auth?${start}`));
  const before = provider.sent.length;
  await follow(`${base}/broker/corp-sso/endpoint?${new URLSearchParams({ state: new URL(there).searchParams.get('state') ?? '', code: 'abc' })}`);
  return provider.sent[before];
}

describe('secrets of providers, on a real Keycloak', () => {
  const realm = 'providers-secrets';
  const secret = 'corp-sso-lab-secret';
  const directory = sessionPlace();
  const sessions = (name: string): string => join(directory, name);
  const at = '/identity-provider/instances/corp-sso';
  let calls: AdminCalls;
  let provider: Awaited<ReturnType<typeof fakeProvider>>;
  let masked: string;
  let known: string;

  const edit = async (fields: JsonObject, config: JsonObject): Promise<void> => {
    const raw = object(await must(calls, 'GET', at)) ?? {};
    await must(calls, 'PUT', at, { ...raw, ...fields, config: { ...object(raw['config']), ...config } });
  };
  // Not the patch: it shows the lines of the evidence file that it changes, and that file has the secret.
  const journals = (name: string): string => readdirSync(sessions(name), { recursive: true, encoding: 'utf8' }).filter((file) => /(journal\.jsonl|transcript\.\w+|COMMIT_MESSAGE|secrets-to-create\.txt)$/.test(file)).map((file) => readFileSync(join(sessions(name), file), 'utf8')).join('\n');

  beforeAll(async () => {
    provider = await fakeProvider();
    calls = await fresh(realm);
    await providers.build(calls);
    await edit({}, { tokenUrl: provider.url, clientSecret: secret });
    masked = `snapshot:${(await snapshot(realm, directory)).file}`;
    const raw = object(await must(calls, 'GET', at)) ?? {};
    known = join(directory, 'known.json');
    writeFileSync(known, JSON.stringify({ realm, identityProviders: [{ ...raw, config: { ...object(raw['config']), clientSecret: secret } }] }));
  });
  afterAll(async () => {
    provider.server.close();
    await calls.call('DELETE', `/admin/realms/${realm}`);
  });

  it('refuses a change of a provider whose secret no evidence has, because the PUT would erase it', async () => {
    await edit({ displayName: 'edited' }, {});
    const run = await recover(realm, [masked], sessions('refused'));
    expect(run.exit).not.toBe(0);
    expect(run.stdout).toContain('the server shows its config.clientSecret masked and erases what a change leaves out; name evidence that has it');
    expect(text(await must(calls, 'GET', at), 'displayName')).toBe('edited');
    expect(await presentedSecret(calls, provider)).toBe(secret);
  });

  it('changes it with evidence that has the secret, keeps the secret, and takes the change back', async () => {
    const run = await recover(realm, [masked, `file:${known}`], sessions('changed'));
    expect(run.stderr).toBe('');
    expect(run.exit).toBe(0);
    expect(text(await must(calls, 'GET', at), 'displayName')).toBe('Corporate');
    expect(await presentedSecret(calls, provider)).toBe(secret);
    expect((await undo(realm, sessions('changed'))).exit).toBe(0);
    expect(text(await must(calls, 'GET', at), 'displayName')).toBe('edited');
    expect(await presentedSecret(calls, provider)).toBe(secret);
    assertNoSecrets(journals('changed'), [secret]);
    expect(journals('changed')).toContain('its client secret is sent as the evidence has it');
  });

  it('puts an erased secret back', async () => {
    const raw = object(await must(calls, 'GET', at)) ?? {};
    const { clientSecret: _gone, ...config } = object(raw['config']) ?? {};
    await must(calls, 'PUT', at, { ...raw, displayName: 'Corporate', config });
    expect(await presentedSecret(calls, provider)).not.toBe(secret);
    const run = await recover(realm, [`file:${known}`], sessions('erased'));
    expect(run.exit, run.stderr + run.stdout.slice(-800)).toBe(0);
    expect(await presentedSecret(calls, provider)).toBe(secret);
  });

  it('brings a lost one back with its secret where evidence has it', async () => {
    await must(calls, 'DELETE', at);
    const run = await recover(realm, [masked, `file:${known}`], sessions('lost'));
    expect(run.exit, run.stderr + run.stdout.slice(-800)).toBe(0);
    expect(await presentedSecret(calls, provider)).toBe(secret);
    assertNoSecrets(journals('lost'), [secret]);
  });

  it('brings lost ones back without their secrets where no evidence has them, and says who cannot log in', async () => {
    const wanted = await providers.read(calls);
    await must(calls, 'DELETE', at);
    const staff = list(await must(calls, 'GET', '/components?name=staff'))[0] ?? null;
    await must(calls, 'DELETE', `/components/${text(staff, 'id')}`);
    const run = await recover(realm, [masked], sessions('without'));
    expect(run.exit, run.stderr + run.stdout.slice(-800)).toBe(0);
    expect(run.stdout).toContain('logins through corp-sso fail until its client secret is set');
    expect(run.stdout).toContain('logins of users of staff fail until its bindCredential is set');
    const without = JSON.parse(JSON.stringify(wanted).replace('"clientSecret":"**********",', '').replace('"bindCredential":["**********"],', '')) as Json;
    expect(await providers.read(calls)).toEqual(without);
    expect(await presentedSecret(calls, provider)).not.toBe('**********');
  });

  it('touches nothing but what a hand-written file states', async () => {
    const before = object(await providers.read(calls)) ?? {};
    const office = list(await must(calls, 'GET', '/components?name=office'))[0] ?? null;
    const file = join(directory, 'hand.json');
    writeFileSync(file, JSON.stringify({
      realm, identityProviders: [{ alias: 'supplier', providerId: 'saml', displayName: 'As written' }],
      identityProviderMappers: [{ name: 'origin', identityProviderAlias: 'supplier', identityProviderMapper: 'hardcoded-attribute-idp-mapper', config: { attribute: 'origin', 'attribute.value': 'written', syncMode: 'INHERIT' } }],
      components: { 'org.keycloak.storage.UserStorageProvider': [{ ...Object.fromEntries(Object.entries(object(office) ?? {}).filter(([key]) => key === 'name' || key === 'providerId')), config: { ...object(object(office)?.['config']), priority: ['9'] } }] },
      requiredActions: [{ alias: 'VERIFY_EMAIL', defaultAction: true }],
    }));
    const run = await recover(realm, [`file:${file}`], sessions('hand'), ['--lost', 'restore', '--changed', 'restore', '--live-only', 'keep']);
    expect(run.exit, run.stderr + run.stdout.slice(-800)).toBe(0);
    const expected = JSON.parse(JSON.stringify(before)
      .replace('"displayName":"Partner supplier"', '"displayName":"As written"').replace('"attribute.value":"here"', '"attribute.value":"written"').replace(/("priority":\[)"0"(\].{0,200}sAMAccountName)/, '$1"9"$2')
      .replace('"alias":"VERIFY_EMAIL","config":{},"defaultAction":false', '"alias":"VERIFY_EMAIL","config":{},"defaultAction":true')) as Json;
    expect(await providers.read(calls)).toEqual(expected);
  });
});

describe('a directory that does not answer, on a real Keycloak', () => {
  const realm = 'providers-silent';
  const directory = sessionPlace();
  const silentPeople = (port: number, login: JsonObject): JsonObject => ({
    name: 'silent', providerId: 'ldap', providerType: 'org.keycloak.storage.UserStorageProvider',
    config: { enabled: ['true'], connectionUrl: [`ldap://127.0.0.1:${port}`], usersDn: ['ou=x'], usernameLDAPAttribute: ['uid'], uuidLDAPAttribute: ['entryUUID'], userObjectClasses: ['inetOrgPerson'], editMode: ['READ_ONLY'], ...login },
  });
  afterAll(() => sharedCalls(realm).call('DELETE', `/admin/realms/${realm}`));

  it('makes the capture wait for it, five seconds a search for a user, and not fail', async () => {
    // With a bind Keycloak gives up after five seconds.
    const open = new Set<Socket>();
    const silent = createTcpServer((socket) => { open.add(socket.on('error', () => undefined)); });
    await new Promise<void>((resolve) => { silent.listen(0, '127.0.0.1', resolve); });
    const calls = await fresh(realm);
    await must(calls, 'POST', '/clients', { clientId: 'worker', serviceAccountsEnabled: true, secret: 'worker-lab-secret' });
    await must(calls, 'POST', '/components', silentPeople((silent.address() as AddressInfo).port, { authType: ['simple'], bindDn: ['cn=reader'], bindCredential: ['silent-lab-secret'] }));
    const { representation } = await snapshot(realm, directory);
    expect(representation.users?.map((user) => user.username)).toEqual(['service-account-worker']);
    expect(open.size).toBeGreaterThan(0);
    await must(calls, 'DELETE', `/admin/realms/${realm}`);
    for (const socket of open) socket.destroy();
    silent.close();
  });

  it('without a bind is asked once, in vain, and everything else is captured, restored and proven', async () => {
    // The server's search waits for ever, and its thread with it: so there must not be one for each client.
    const open = new Set<Socket>();
    const silent = createTcpServer((socket) => { open.add(socket.on('error', () => undefined)); });
    await new Promise<void>((resolve) => { silent.listen(0, '127.0.0.1', resolve); });
    const calls = await fresh(realm);
    for (const clientId of ['worker', 'helper', 'third']) await must(calls, 'POST', '/clients', { clientId, serviceAccountsEnabled: true, secret: `${clientId}-lab-secret` });
    // A client that lacks the account behind it must still lack it after a capture.
    await must(calls, 'POST', '/partialImport', { ifResourceExists: 'SKIP', clients: [{ clientId: 'ghost', enabled: true, serviceAccountsEnabled: true, secret: 'ghost-lab-secret' }] });
    await must(calls, 'POST', '/roles', { name: 'picker' });
    const worker = list(await must(calls, 'GET', '/clients?clientId=worker'))[0] ?? null;
    const user = text(object(await must(calls, 'GET', `/clients/${text(worker, 'id')}/service-account-user`)) ?? {}, 'id');
    const role = object(await must(calls, 'GET', '/roles/picker')) ?? {};
    await must(calls, 'POST', `/users/${user}/role-mappings/realm`, [role]);
    const evidence = `snapshot:${(await snapshot(realm, directory)).file}`;
    await must(calls, 'DELETE', `/users/${user}/role-mappings/realm`, [role]);
    await must(calls, 'POST', '/components', silentPeople((silent.address() as AddressInfo).port, { authType: ['none'] }));

    const run = await recover(realm, [evidence], join(directory, 'silent'), ['--lost', 'restore', '--changed', 'restore', '--live-only', 'keep']);
    expect(run.exit, run.stderr + run.stdout.slice(-1500)).toBe(0);
    expect(run.stdout).toContain('The server does not answer a list of users within 30 seconds');
    expect(list(await must(calls, 'GET', `/users/${user}/role-mappings/realm`)).map((each) => text(each, 'name'))).toContain('picker');
    const accounts = list(object(await must(calls, 'POST', '/partial-export?exportClients=true'))?.['users'] ?? null);
    expect(accounts.map((each) => text(each, 'serviceAccountClientId')).toSorted()).toEqual(['helper', 'third', 'worker']);
    expect(open.size).toBe(1);
    await must(calls, 'DELETE', `/admin/realms/${realm}`);
    for (const socket of open) socket.destroy();
    silent.close();
  });
});
