import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeycloak } from '../../src/keycloak/keycloak.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import type { Snapshot } from '../../src/realm/snapshot.ts';
import type { Keycloak } from '../../src/runner/ports.ts';
import { must } from '../../src/sandbox/incident/calls.ts';
import { logIn } from '../../src/sandbox/incident/login.ts';
import { LOST_SCOPES, staleRealm } from '../../src/sandbox/incident/loss.ts';
import { createRealm } from '../../src/sandbox/incident/stage.ts';
import { goodRealmFile } from '../../src/sandbox/incident/story.ts';
import { startKeycloak, type RealKeycloak } from '../harness/keycloak.ts';
import { administrator, counting, quiet, type Counted } from './real.ts';

let server: RealKeycloak;
let network: Counted;
let directory: string;

beforeAll(async () => {
  server = await startKeycloak({ database: 'postgres' });
  network = counting();
  directory = await mkdtemp(join(tmpdir(), 'realm-rescue-stale-'));
});
afterAll(async () => {
  await network.close();
  await server.stop();
});

/** The story with logins, read once so that the cache is full, as on a node that has served for days. */
async function warm(realm: string): Promise<{ keycloak: Keycloak; before: Snapshot }> {
  await createRealm(server.calls(realm));
  await logIn(server.calls(realm), 10);
  const keycloak = openKeycloak(administrator({ url: server.url, ...server.admin }, realm, { dispatcher: network.dispatcher }));
  const { snapshot } = await keycloak.capture(quiet);
  expect(snapshot.facts?.stale).toEqual([]);
  return { keycloak, before: snapshot };
}

async function importWhileRunning(realm: RealmRepresentation): Promise<void> {
  const file = join(directory, 'stale.json');
  await writeFile(file, JSON.stringify(realm));
  await server.import(file);
}

async function fullExport(realm: string): Promise<RealmRepresentation> {
  const file = join(directory, `${realm}.json`);
  await server.export(realm, file);
  return JSON.parse(await readFile(file, 'utf8')) as RealmRepresentation;
}

const names = (snapshot: Snapshot) => (snapshot.representation.clients ?? []).map((client) => client.clientId).toSorted();

describe('an import of a full export under a running node', () => {
  it('that changed role mappings, all clients and ids kept, is recognised, and the old realm is what was read', async () => {
    const { keycloak, before } = await warm('stale-kept');
    await importWhileRunning(staleRealm(await fullExport('stale-kept')));
    network.requests.length = 0;
    const { snapshot } = await keycloak.capture(quiet);
    expect(snapshot.facts?.stale.map((finding) => finding.text).join('\n')).toContain('service-account-billing-service answers that it has the role internal-service, but the role does not list it');
    expect(snapshot.fingerprint).toBe(before.fingerprint);
    expect(network.requests.filter((request) => !request.startsWith('GET ') && !request.includes('/openid-connect/'))).toEqual([]);

    await keycloak.clearCaches();
    const after = (await keycloak.capture(quiet)).snapshot;
    expect(after.facts?.stale).toEqual([]);
    const scopes = (after.representation.clientScopes ?? []).map((scope) => scope.name);
    for (const { scope } of LOST_SCOPES) expect(scopes).not.toContain(scope);
    expect(after.facts?.sessions?.map((session) => session.id)).toEqual(before.facts?.sessions?.map((session) => session.id));
    expect(after.facts?.keys).toEqual(before.facts?.keys);
    await keycloak.close();
  });

  it('that dropped a client is recognised by the client that still answers by its name', async () => {
    const { keycloak, before } = await warm('stale-client');
    const file = await fullExport('stale-client');
    await must(server.calls('stale-client'), 'GET', '/clients?clientId=search-service');
    const { 'search-service': _, ...roles } = file.roles?.client ?? {};
    await importWhileRunning({ ...file, clients: (file.clients ?? []).filter((client) => client.clientId !== 'search-service'), roles: { ...file.roles, client: roles } });
    const { snapshot } = await keycloak.capture({ ...quiet, knownClients: ['search-service'] });
    expect(snapshot.facts?.stale).toContainEqual({ test: 'client-only-by-name', text: 'search-service answers by name or id but is not in the list' });
    expect(names(snapshot)).toEqual(names(before));
    await keycloak.close();
  });
});

describe('an import of a hand-written file under a running node', () => {
  it('is recognised although the lists are empty, and known clients are read by their ids', async () => {
    const { keycloak, before } = await warm('stale-new');
    await importWhileRunning(staleRealm(goodRealmFile({ realm: 'stale-new' }, { secrets: 'real' })));
    const ids = (before.representation.clients ?? []).flatMap((client) => client.id ?? []);
    const { snapshot } = await keycloak.capture({ ...quiet, knownClientIds: ids });
    const tests = snapshot.facts?.stale.map((finding) => finding.test) ?? [];
    expect(tests).toEqual(expect.arrayContaining(['client-only-by-name', 'users-gone-from-list', 'other']));
    expect(names(snapshot)).toEqual(names(before));
    const lost = snapshot.representation.clients?.find((client) => client.clientId === 'auth-service')?.protocolMappers?.map((mapper) => mapper.name);
    expect(lost).toContain('groups');

    const weak = (await keycloak.capture(quiet)).snapshot;
    expect(names(weak)).toContain('auth-service');
    await keycloak.clearCaches();
    const after = (await keycloak.capture(quiet)).snapshot;
    expect(after.facts?.stale).toEqual([]);
    expect(after.facts?.realmId).not.toBe(before.facts?.realmId);
    await keycloak.close();
  });
});
