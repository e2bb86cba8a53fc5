import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAdminCalls, type AdminCalls } from '../../../src/sandbox/incident/calls.ts';
import { refresh } from '../../../src/sandbox/incident/login.ts';
import { stageIncident, TRUTH, type Staged } from '../../../src/sandbox/incident/stage.ts';
import { startSandbox, type Sandbox } from '../../../src/sandbox/server/sandbox.ts';
import { readRealm, type Reading } from '../../harness/independent.ts';

// The same story on the sandbox as keycloak.real.test.ts stages on the real server, read by the same second opinion.
let sandbox: Sandbox;
let calls: AdminCalls;
let staged: Staged;
let before: Reading;
let after: Reading;

beforeAll(async () => {
  sandbox = await startSandbox();
  calls = openAdminCalls({ url: sandbox.url, ...sandbox.admin, realm: 'primary' });
  staged = await stageIncident(calls, { whenGood: async () => { before = await readRealm(calls); } });
  after = await readRealm(calls);
});
afterAll(() => sandbox.close());

describe('the incident of the story on the sandbox', () => {
  it('makes exactly six clients differ', () => {
    const part = (reading: Reading, clientId: string): string => JSON.stringify([reading.plain.clients[clientId], reading.plain.users[`service-account-${clientId}`]]);
    const changed = Object.keys(before.identity.clients).filter((clientId) => part(before, clientId) !== part(after, clientId));
    expect(changed.sort()).toEqual([...TRUTH.clients].sort());
  });

  it('drops three client scopes of fourteen', () => {
    expect(Object.keys(before.plain.clientScopes)).toHaveLength(14);
    const gone = Object.keys(before.plain.clientScopes).filter((name) => !(name in after.plain.clientScopes));
    expect(gone.sort()).toEqual(TRUTH.lostScopes.map((loss) => loss.scope).sort());
  });

  it('has what a person added afterwards', () => {
    expect(after.plain.clients[TRUTH.liveOnly.redirect.client]).toHaveProperty('redirectUris', expect.arrayContaining([TRUTH.liveOnly.redirect.uri]));
    expect(JSON.stringify(after.plain.clients[TRUTH.liveOnly.mapper.client])).toContain(`"name":"${TRUTH.liveOnly.mapper.name}"`);
  });

  it('keeps ids, keys and all 200 sessions', () => {
    expect(after.identity).toEqual(before.identity);
    expect(after.identity.sessions.length + after.identity.offlineSessions.length).toBe(200);
  });

  it('gives tokens without the lost claim for logins that had it', async () => {
    const login = staged.tokens.find((entry) => entry.client === 'auth-service' && 'groups' in decodeJwt(entry.access));
    expect(login).toBeDefined();
    const renewed = login === undefined ? { refused: 'no login' } : await refresh(calls, login);
    expect(renewed).toHaveProperty('access');
    expect('access' in renewed ? decodeJwt(renewed.access) : {}).not.toHaveProperty('groups');
  });
});
