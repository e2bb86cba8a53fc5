import { describe, expect, it } from 'vitest';
import { CHANGED_CLIENTS, LOST_SCOPES, staleRealm } from '../../../src/sandbox/incident/loss.ts';
import { goodRealmFile, storyRealm } from '../../../src/sandbox/incident/story.ts';

const file = goodRealmFile({ realm: 'primary' });

describe('the realm of the story', () => {
  it('has 12 clients and 14 client scopes', () => {
    expect(file.clients).toHaveLength(12);
    expect(file.clientScopes).toHaveLength(14);
  });

  it('refers only to scopes, roles and clients that it has', () => {
    const scopes = new Set(file.clientScopes?.map((scope) => scope.name));
    const linked = file.clients?.flatMap((client) => [...client.defaultClientScopes ?? [], ...client.optionalClientScopes ?? []]) ?? [];
    expect(linked.filter((name) => !scopes.has(name))).toEqual([]);
    const roleNames = new Set(Object.entries(file.roles?.client ?? {}).flatMap(([client, roles]) => roles.map((role) => `${client}/${role.name}`)));
    const granted = [...file.users ?? [], ...file.groups ?? []].flatMap((owner) => Object.entries(owner.clientRoles ?? {}).flatMap(([client, names]) => names.map((name) => `${client}/${name}`)));
    expect(granted.filter((name) => !roleNames.has(name))).toEqual([]);
    const clientIds = file.clients?.map((client) => client.clientId);
    expect(clientIds).toEqual(expect.arrayContaining([...CHANGED_CLIENTS]));
  });

  it('keeps people, passwords and secrets out of the file', () => {
    expect(file.users?.every((user) => user.serviceAccountClientId !== undefined)).toBe(true);
    expect(JSON.stringify(file)).not.toMatch(/lab-secret|Passw0rd/);
    expect(file.clients?.find((client) => client.clientId === 'auth-service')?.secret).toBe('${KC_AUTH_SERVICE_SECRET}');
    expect(goodRealmFile({ realm: 'primary' }, { secrets: 'masked' }).clients?.[0]?.secret).toBe('**********');
  });

  it('names the default roles after the realm', () => {
    expect(storyRealm('other').users?.[0]?.realmRoles).toContain('default-roles-other');
  });
});

describe('the stale version', () => {
  it('differs in exactly six clients', () => {
    const stale = staleRealm(file);
    const view = (realm: typeof file, clientId: string | undefined): string => JSON.stringify([
      realm.clients?.find((client) => client.clientId === clientId),
      realm.users?.find((user) => user.serviceAccountClientId === clientId),
    ]);
    const changed = file.clients?.map((client) => client.clientId).filter((clientId) => view(file, clientId) !== view(stale, clientId));
    expect(changed?.sort()).toEqual([...CHANGED_CLIENTS].sort());
  });

  it('has lost three scopes and leaves its source alone', () => {
    const before = JSON.stringify(file);
    const names = staleRealm(file).clientScopes?.map((scope) => scope.name);
    expect(names).toHaveLength(11);
    for (const loss of LOST_SCOPES) expect(names).not.toContain(loss.scope);
    expect(JSON.stringify(file)).toBe(before);
  });
});
