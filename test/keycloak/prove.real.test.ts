import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOfClient } from '../../src/realm/claims/client-claims.ts';
import type { ClaimExpectation } from '../../src/realm/model.ts';
import type { Snapshot } from '../../src/realm/snapshot.ts';
import { readState } from '../../src/realm/state.ts';
import type { Proof } from '../../src/runbook/model.ts';
import type { Earlier } from '../../src/runner/ports.ts';
import type { Keycloak, ProveRequest } from '../../src/runner/ports.ts';
import { openKeycloak } from '../../src/keycloak/keycloak.ts';
import { must } from '../../src/sandbox/incident/calls.ts';
import { labSecret } from '../../src/sandbox/incident/clients.ts';
import { destroy } from '../../src/sandbox/incident/destroy.ts';
import { logIn, type LoggedIn } from '../../src/sandbox/incident/login.ts';
import { createRealm, wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { administrator, quiet } from './real.ts';

const REALM = 'adapter-prove';
const calls = sharedCalls(REALM);
const SECRETS = ['auth-service', 'api-gateway', 'timeline-service', 'media-service', 'billing-service', 'reporting-service', 'batch-worker', 'profile-service'];
let keycloak: Keycloak;
let good: Snapshot;
let logins: readonly LoggedIn[];

beforeAll(async () => {
  await createRealm(calls);
  logins = await logIn(calls, 10);
  keycloak = openKeycloak(administrator(sharedKeycloak(), REALM));
  good = (await keycloak.capture(quiet)).snapshot;
});
afterAll(async () => {
  await keycloak.close();
  await wipeRealm(calls);
});

function request(client: string, expectations: readonly ClaimExpectation[], over: Partial<ProveRequest> = {}): ProveRequest {
  return {
    client, expectations, probeUser: null, secret: SECRETS.includes(client) ? labSecret(client) : undefined, refresh: undefined,
    keysBefore: good.facts?.keys.map((key) => key.kid) ?? [], sessions: good.facts?.sessions ?? [], ...over,
  };
}

function expected(client: string, wanted: (claim: ClaimExpectation) => boolean = () => true): readonly ClaimExpectation[] {
  return claimsOfClient(client, readState(good)).map(({ claim, support }) => ({ ...claim, because: support })).filter(wanted);
}

async function one(client: string, wanted: (claim: ClaimExpectation) => boolean, over: Partial<ProveRequest> = {}): Promise<Proof> {
  const [proof, ...more] = await keycloak.prove(request(client, expected(client, wanted), over));
  if (!proof || more.length > 0) throw new Error(`${more.length + (proof ? 1 : 0)} proofs instead of one`);
  return proof;
}

const groups = (claim: ClaimExpectation) => claim.claim === 'groups';
const audience = (member: string) => (claim: ClaimExpectation) => claim.claim === 'aud' && claim.member === member;

describe('before the loss', () => {
  it('every claim that the mappers promise is there, or it is said why nobody can show it', async () => {
    const clients = (good.representation.clients ?? []).flatMap((client) => client.clientId ?? []).filter((clientId) => clientId.endsWith('-service') || clientId.endsWith('-app') || clientId === 'api-gateway');
    const proofs = (await Promise.all(clients.map((client) => keycloak.prove(request(client, expected(client)))))).flat();
    expect(proofs.filter((proof) => proof.outcome === 'not-proven').map((proof) => `${proof.expectation.client}: ${proof.because}`)).toEqual([]);
    expect(proofs.filter((proof) => proof.outcome === 'proven').length).toBeGreaterThan(proofs.length * 0.75);
    expect(proofs.every((proof) => proof.outcome !== 'proven' || proof.payload !== null || proof.way === 'granted-roles')).toBe(true);
  }, 120_000);

  it('no token comes back, only claims', async () => {
    const proofs = await keycloak.prove(request('auth-service', expected('auth-service')));
    expect(JSON.stringify(proofs)).not.toMatch(/eyJ|lab-secret/);
  });

  it('an audience is shown by a fresh token, signed by the key of before', async () => {
    const proof = await one('auth-service', audience('api-gateway'));
    expect(proof).toMatchObject({ outcome: 'proven', way: 'client-credentials', signature: { alg: 'RS256', valid: true, sameKeyAsBefore: true } });
    expect(proof.because).toContain('one login event');
  });

  it('a changed key is noticed', async () => {
    const proof = await one('auth-service', audience('api-gateway'), { keysBefore: ['another'] });
    expect(proof.signature).toMatchObject({ valid: true, sameKeyAsBefore: false });
  });

  it('groups are shown by a preview for a user who is in one, which leaves no trace', async () => {
    const before = await must(calls, 'GET', '/events?max=500') as unknown[];
    const proof = await one('auth-service', groups, { secret: undefined });
    expect(proof).toMatchObject({ outcome: 'proven', way: 'preview', signature: null });
    expect(proof.user).toMatch(/^user\d+$/);
    expect((await must(calls, 'GET', '/events?max=500') as unknown[]).length).toBe(before.length);
  });

  it('groups are shown by the refresh of an old session', async () => {
    const login = logins.find((candidate) => candidate.client === 'auth-service');
    if (!login) throw new Error('nobody logged in to auth-service');
    const proof = await one('auth-service', groups, { refresh: { client: 'auth-service', token: login.refresh, secret: labSecret('auth-service') } });
    expect(proof).toMatchObject({ outcome: 'proven', way: 'refresh', user: login.user, signature: { valid: true } });
  });

  it('a user in no group cannot show them, and that is said', async () => {
    const proof = await one('auth-service', groups, { probeUser: 'user011' });
    expect(proof).toMatchObject({ outcome: 'not-proven', user: 'user011' });
    expect(proof.because).toContain('user011 is in no group');
    expect(proof.because).toContain('the mapper is there');
  });

  it('a user who does not exist is named', async () => {
    expect((await one('auth-service', groups, { probeUser: 'nobody' })).because).toContain('there is no user nobody');
  });

  it('an optional scope is asked for', async () => {
    const proof = await one('reporting-service', (claim) => claim.claim === 'scope' && claim.member === 'reports-read');
    expect(proof.outcome).toBe('proven');
  });

  it('what a lightweight token leaves out is not called missing', async () => {
    const wanted: ClaimExpectation = { client: 'media-service', claim: 'preferred_username', tokens: ['access'], needs: 'service-account', inLightweight: false, mapper: 'username', because: [] };
    const [proof] = await keycloak.prove(request('media-service', [wanted]));
    expect(proof?.outcome).not.toBe('not-proven');
    expect(proof?.because).toMatch(/lightweight/);
  });

  it('an audience that no client has is not found by asking for it', async () => {
    const wanted: ClaimExpectation = { client: 'auth-service', claim: 'aud', member: 'no-such-client', tokens: ['access'], needs: 'nothing', inLightweight: true, because: [] };
    expect((await keycloak.prove(request('auth-service', [wanted])))[0]?.outcome).toBe('not-proven');
  });
});

describe('a client scope that acts only for holders of a role', () => {
  const wanted = (claim: ClaimExpectation) => claim.claim === 'guarded_groups';
  let claims: readonly ClaimExpectation[];
  beforeAll(async () => {
    const [client] = await must(calls, 'GET', '/clients?clientId=auth-service') as { id: string }[];
    await must(calls, 'POST', '/roles', { name: 'guard' });
    const guard = await must(calls, 'GET', '/roles/guard');
    const mapper = { name: 'guarded', protocol: 'openid-connect', protocolMapper: 'oidc-group-membership-mapper', config: { 'claim.name': 'guarded_groups', 'access.token.claim': 'true' } };
    await must(calls, 'POST', '/client-scopes', { id: 'guarded-scope', name: 'guarded', protocol: 'openid-connect', protocolMappers: [mapper] });
    await must(calls, 'POST', '/client-scopes/guarded-scope/scope-mappings/realm', [guard]);
    await must(calls, 'PUT', `/clients/${client?.id}/default-client-scopes/guarded-scope`);
    const { snapshot } = await keycloak.capture(quiet);
    claims = claimsOfClient('auth-service', readState(snapshot)).map(({ claim, support }) => ({ ...claim, because: support })).filter(wanted);
  });

  it('is not called missing because of somebody else', async () => {
    const [proof] = await keycloak.prove(request('auth-service', claims));
    expect(proof).toMatchObject({ outcome: 'not-showable', because: expect.stringContaining('no user in a group and with the role guard was found') });
  });

  it('is shown by one who holds it, and a named user who does not is told so', async () => {
    const users = await must(calls, 'GET', '/users?search=user0&max=20') as { id: string; username: string }[];
    const groupsOf = await Promise.all(users.map((user) => must(calls, 'GET', `/users/${user.id}/groups`) as Promise<unknown[]>));
    const [member, other] = users.filter((_, index) => (groupsOf[index] ?? []).length > 0);
    await must(calls, 'POST', `/users/${member?.id}/role-mappings/realm`, [await must(calls, 'GET', '/roles/guard')]);
    // What nobody could show is remembered until something about people is written through the tool; another process sees them at once.
    const fresh = openKeycloak(administrator(sharedKeycloak(), REALM));
    expect((await fresh.prove(request('auth-service', claims)))[0]).toMatchObject({ outcome: 'proven', user: member?.username });
    expect((await fresh.prove(request('auth-service', claims, { probeUser: other?.username ?? '' })))[0]).toMatchObject({ outcome: 'not-proven', because: expect.stringContaining('or does not have the role guard') });
    await fresh.close();
  });
});

describe('after the loss', () => {
  let before: readonly Earlier[];
  beforeAll(async () => {
    before = (await keycloak.before?.(request('auth-service', expected('auth-service', groups)))) ?? [];
    await destroy(calls);
  });

  it('the picture from before is of the same claim and has it', () => {
    expect(before[0]?.payloads.access).toMatchObject({ groups: expect.arrayContaining([expect.any(String)]) });
  });

  it('stands beside the payload of now only when the same way and user showed both', async () => {
    const wanted = { ...request('auth-service', expected('auth-service', groups)), before };
    const [same] = await keycloak.prove({ ...wanted, probeUser: before[0]?.user ?? null });
    expect(same?.before).toEqual(before[0]?.payloads.access);
    const [other] = await keycloak.prove({ ...wanted, before: before.map((earlier) => ({ ...earlier, user: 'somebody-else' })) });
    expect(other?.before).toBeNull();
  });

  it.each<[string, (claim: ClaimExpectation) => boolean]>([
    ['auth-service', groups],
    ['api-gateway', audience('timeline-service')],
    ['timeline-service', audience('media-service')],
    ['timeline-service', (claim) => claim.claim === 'scope' && claim.member === 'timeline-read'],
    ['media-service', (claim) => claim.claim === 'media_quota'],
    ['billing-service', (claim) => claim.member === 'internal-service' && claim.needs === 'service-account'],
  ])('%s: the lost claim is not proven', async (client, wanted) => {
    const proof = await one(client, wanted);
    expect(proof.outcome).toBe('not-proven');
    expect(proof.because).not.toBe('');
  });

  it('what was not lost still is', async () => {
    expect((await one('auth-service', audience('api-gateway'))).outcome).toBe('proven');
  });
});
