import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compactVerify, importJWK, type JSONWebKeySet } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { openKeycloak } from '../../src/keycloak/keycloak.ts';
import { readState } from '../../src/realm/state.ts';
import { accountFor } from '../../src/runner/account.ts';
import { LOST_MAPPERS, LOST_SCOPES } from '../../src/sandbox/incident/loss.ts';
import { goodRealmFile } from '../../src/sandbox/incident/story.ts';
import { playback, RECORDED_ORIGIN, RECORDED_REALM } from './recording.ts';
import { recover, type Recovery } from './recovery.ts';
import { failure } from '../harness/failure.ts';

const DIRECTORY = fileURLToPath(new URL('../../recordings', import.meta.url));

async function played(): Promise<Recovery> {
  const dispatcher = await playback('recovery');
  const keycloak = openKeycloak({ url: RECORDED_ORIGIN, realm: RECORDED_REALM, authRealm: 'master', clientId: 'admin-cli', username: 'admin', password: 'whatever', userAgent: 'realm-rescue', readOnly: false, dispatcher });
  try {
    return await recover(keycloak, goodRealmFile({ realm: RECORDED_REALM }), 'an old session');
  } finally {
    await keycloak.close();
    await dispatcher.close();
  }
}

describe('a recorded recovery of a real Keycloak', () => {
  let recovery: Recovery;
  beforeAll(async () => {
    recovery = await played();
  });

  it('finds out who it talks to', () => {
    expect(recovery.connection).toMatchObject({ user: 'admin', serverVersion: '26.7.4' });
    expect(recovery.connection.rights.every((right) => right.allowed === true)).toBe(true);
  });

  it('captures the realm as it stood after the loss', () => {
    const { representation, facts } = recovery.before;
    const auth = representation.clients?.find((client) => client.clientId === LOST_MAPPERS[0].client);
    expect(auth?.protocolMappers?.map((mapper) => mapper.name)).not.toContain(LOST_MAPPERS[0].mapper);
    expect(representation.clientScopes?.map((scope) => scope.name)).not.toContain(LOST_SCOPES[0].scope);
    expect((facts?.sessions?.length ?? 0) + (facts?.offlineSessions?.length ?? 0)).toBe(10);
    expect(facts?.stale).toEqual([]);
  });

  it('writes sub-resources only, and each reads back as it was meant', () => {
    expect(recovery.writes.map((write) => write.replaceAll(/[0-9a-f]{4}…/g, '…')).toSorted()).toMatchInlineSnapshot(`
      [
        "POST /admin/realms/primary/client-scopes",
        "POST /admin/realms/primary/client-scopes",
        "POST /admin/realms/primary/client-scopes",
        "POST /admin/realms/primary/clients/…/protocol-mappers/models",
        "POST /admin/realms/primary/clients/…/protocol-mappers/models",
        "POST /admin/realms/primary/users/{service account of billing-service}/role-mappings/clients/…",
        "POST /admin/realms/primary/users/{service account of billing-service}/role-mappings/realm",
        "PUT /admin/realms/primary/clients/…/default-client-scopes/…",
        "PUT /admin/realms/primary/clients/…/default-client-scopes/…",
        "PUT /admin/realms/primary/clients/…/optional-client-scopes/…",
      ]
    `);
    expect(recovery.unlike).toEqual([]);
  });

  it('leaves nothing of the evidence out', () => {
    expect(recovery.left).toEqual([]);
  });

  it('shows the claims again, an old session among the ways', () => {
    expect(recovery.proofs.filter((proof) => proof.outcome === 'not-proven').map((proof) => proof.because)).toEqual([]);
    const groups = recovery.proofs.find((proof) => proof.expectation.client === 'auth-service' && proof.expectation.claim === 'groups');
    expect(groups).toMatchObject({ outcome: 'proven', way: 'refresh', signature: { valid: true, sameKeyAsBefore: true } });
  });

  it('ends no session and moves nothing else', () => {
    const { before, after, plan } = recovery;
    const evidence = [readState({ realm: RECORDED_REALM, source: 'file:realm.json', completeness: 'stated', representation: goodRealmFile({ realm: RECORDED_REALM }) })];
    const account = accountFor({ before, after, evidence, verified: plan.groups.flatMap((group) => group.operations), now: Date.parse(after.capturedAt) });
    expect(account).toMatchObject({ sessionsLost: [], keysUnchanged: true, clientIdsUnchanged: true, moved: [] });
  });

  it('stops at a request that no server ever answered', async () => {
    const dispatcher = await playback('recovery');
    const keycloak = openKeycloak({ url: RECORDED_ORIGIN, realm: 'another', authRealm: 'master', clientId: 'admin-cli', username: 'admin', password: 'x', userAgent: 'realm-rescue', readOnly: false, dispatcher, patience: { attempts: 1, pause: 1, silence: 1000 } });
    expect((await failure(keycloak.connect())).code).toBe('unreachable');
    await dispatcher.close();
  });
});

describe('no recording holds anything secret', () => {
  interface Entry {
    readonly snapshot: { readonly request: { readonly url: string; readonly headers: Record<string, string>; readonly body?: string }; readonly responses: readonly { readonly headers: Record<string, string>; readonly body: string }[] };
  }
  const files = readdirSync(DIRECTORY).filter((name) => name.endsWith('.json'));
  const entries = files.flatMap((name) => JSON.parse(readFileSync(`${DIRECTORY}/${name}`, 'utf8')) as Entry[]);
  const bodies = entries.flatMap(({ snapshot }) => snapshot.responses.map((response) => ({ url: snapshot.request.url, text: Buffer.from(response.body, 'base64').toString('utf8'), headers: response.headers })));

  it('there is one at all', () => {
    expect(entries.length).toBeGreaterThan(100);
  });

  it('neither in requests', () => {
    for (const { snapshot } of entries) {
      expect(snapshot.request.url).toMatch(/^https:\/\/keycloak\.example\.test\//);
      expect(Object.keys(snapshot.request.headers)).not.toEqual(expect.arrayContaining(['authorization']));
      const form = new URLSearchParams(snapshot.request.body ?? '');
      for (const field of ['password', 'client_secret', 'refresh_token', 'token']) expect(form.get(field) ?? 'redacted').toBe('redacted');
      expect(snapshot.request.body ?? '').not.toMatch(/eyJ|lab-secret|lab-Passw0rd|Basic /);
    }
  });

  it('nor in answers', () => {
    for (const { text, headers } of bodies) {
      expect(text).not.toMatch(/lab-secret|lab-Passw0rd|127\.0\.0\.1:\d|PRIVATE KEY/);
      expect(Object.keys(headers).filter((name) => !['content-type', 'location', 'retry-after'].includes(name))).toEqual([]);
      for (const [, value] of text.matchAll(/"(?:secret|client_secret|clientSecret|password|refresh_token)":"([^"]*)"/g)) expect(value).toBe('redacted');
    }
  });

  it('and every token is signed by the thrown-away key', async () => {
    const certs = bodies.find(({ url }) => url.endsWith('/certs'));
    const { keys } = JSON.parse(certs?.text ?? '{"keys":[]}') as JSONWebKeySet;
    // Tokens of the administrator carry the kid of another realm; the key behind it is the same.
    const key = await importJWK(keys[0] ?? {}, 'RS256');
    const tokens = bodies.flatMap(({ text }) => text.match(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g) ?? []);
    expect(tokens.length).toBeGreaterThan(3);
    for (const token of tokens) await expect(compactVerify(token, key)).resolves.toBeDefined();
  });
});
