import { spellingIn } from '../../src/gitops/content/spelling.ts';
import { describe, expect, test } from 'vitest';
import { bringToLive } from '../../src/gitops/content/bring.ts';
import { compareStates } from '../../src/realm/compare.ts';
import type { Json, JsonObject } from '../../src/realm/json.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { stateOf } from './story.ts';

const GIT = {
  realm: 'primary',
  groups: [{ name: 'platform', attributes: { cost: ['17'] }, subGroups: [{ name: 'ops', realmRoles: ['on-call'] }] }, { name: 'a/b' }],
  defaultGroups: ['/a/b'],
  organizations: [{ name: 'acme', alias: 'acme', domains: [{ name: 'acme.com', verified: true }], identityProviders: [{ alias: 'corp' }] }],
} satisfies JsonObject;

/** The file with all that live has and it has not. */
function kept(live: RealmRepresentation, file: JsonObject = GIT) {
  const state = stateOf(live);
  const differences = compareStates(state, [stateOf(file as RealmRepresentation, 'file:realm.json', 'stated')]);
  const choices = Object.fromEntries(differences.map(({ id }) => [id, 'keep' as const]));
  return bringToLive({ file, live: state, differences, choices, origins: new WeakMap(), spelling: spellingIn({}) });
}

const live = (change: (raw: typeof GIT) => Record<string, Json>): RealmRepresentation => {
  const raw = structuredClone(GIT);
  return { ...raw, ...change(raw) } as unknown as RealmRepresentation;
};

describe('groups and organizations in git', () => {
  test('an edited group changes in place, a new one comes with all below it and without what only the server says', () => {
    const fresh = { id: 'g2', name: 'new/er', path: '/platform/new/er', parentId: 'g1', attributes: {}, realmRoles: ['on-call'], clientRoles: {}, subGroups: [{ id: 'g3', name: 'deep', path: '/platform/new/er/deep', parentId: 'g2', subGroups: [] }] };
    const { after } = kept(live(({ groups: [platform, slash] }) => ({
      groups: [{ ...platform, description: 'Runs it', attributes: { cost: ['18'] }, subGroups: [...(platform?.subGroups ?? []), fresh] }, { ...slash }],
      defaultGroups: ['/a/b', '/platform/new/er'],
    })));
    expect(after['groups']).toEqual([
      { name: 'platform', attributes: { cost: ['18'] }, subGroups: [{ name: 'ops', realmRoles: ['on-call'] }, { name: 'new/er', realmRoles: ['on-call'], subGroups: [{ name: 'deep' }] }] }, { name: 'a/b' },
    ]);
    expect(after['defaultGroups']).toEqual(['/a/b', '/platform/new/er']);
  });

  test('a group and a default entry that live has not go', () => {
    const { after } = kept(live(({ groups: [platform] }) => ({ groups: [platform ?? {}], defaultGroups: [] })));
    expect(after['groups']).toEqual([GIT.groups[0]]);
    expect(after['defaultGroups']).toEqual([]);
  });

  test('an organization changes domain by domain, a new one comes without people', () => {
    const { after } = kept(live(({ organizations: [acme] }) => ({
      organizations: [{ ...acme, id: 'o1', domains: [{ name: 'acme.com', verified: false }, { name: 'new.com', verified: true }], identityProviders: [] }, { id: 'o2', name: 'two', alias: 'two', enabled: true, members: [{ username: 'ann', membershipType: 'MANAGED' }], identityProviders: [{ alias: 'corp' }] }],
      organizationsEnabled: true,
    })));
    expect(after['organizations']).toEqual([
      { name: 'acme', alias: 'acme', domains: [{ name: 'acme.com', verified: false }, { name: 'new.com', verified: true }], identityProviders: [] },
      { name: 'two', alias: 'two', enabled: true, identityProviders: [{ alias: 'corp' }] },
    ]);
  });

  test('a file that states none of them gets none', () => {
    const { after } = kept(live(() => ({})), { realm: 'primary', clients: [] });
    expect(after).toEqual({ realm: 'primary', clients: [] });
  });
});
