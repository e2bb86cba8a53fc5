import { describe, expect, test } from 'vitest';
import { compareStates } from '../../src/realm/compare.ts';
import type { OrderedOwner } from '../../src/realm/model.ts';
import { moveOwner, orderOwners } from '../../src/realm/order.ts';
import type { ClientRepresentation, RealmRepresentation } from '../../src/realm/representation.ts';
import { after, before, mapper, state } from './incident.ts';

const audience = (...targets: readonly string[]) => targets.map((target) => mapper(`aud-${target}`, 'oidc-audience-mapper', { 'included.client.audience': target, 'access.token.claim': 'true' }));

/** The order after every client lost a mapper called `lost`. */
function orderOf(clients: readonly ClientRepresentation[], more: RealmRepresentation = {}, lostClients: readonly string[] = []): readonly OrderedOwner[] {
  const live = state({ realm: 'primary', clients: clients.filter((client) => !lostClients.includes(client.clientId ?? '')), ...more });
  const lost = clients.map((client) => ({ ...client, protocolMappers: [...(client.protocolMappers ?? []), mapper('lost', 'x', { a: '1' })] }));
  const evidence = [state({ realm: 'primary', clients: lost, ...more }, 'snapshot:x')];
  return orderOwners({ differences: compareStates(live, evidence), live, evidence });
}
const names = (order: readonly OrderedOwner[]): readonly string[] => order.map((owner) => owner.owner);

describe('the incident', () => {
  const live = state(after());
  const evidence = [state(before(), 'snapshot:x')];
  const order = orderOwners({ differences: compareStates(live, evidence), live, evidence });

  test('what belongs to no client comes first, issuers before those who take their tokens', () => {
    expect(names(order).slice(0, 4)).toEqual(['realm', 'group /support', 'auth-service', 'api-gateway']);
    expect(order[1]?.after).toEqual([{ owner: 'realm', reason: 'needs realm role moderator, which is restored with realm' }]);
    expect(order[2]?.reason).toBe('api-gateway takes its tokens');
    expect(order[3]?.after).toEqual([{ owner: 'auth-service', reason: 'takes tokens of auth-service (audience mapper aud-gateway)' }]);
  });

  test('a service account comes after the client whose role it has', () => {
    expect(order.find((owner) => owner.owner === 'feed-service')?.after.map((edge) => edge.reason)).toContain('its service account has role read of timeline-service');
  });
});

test('who is needed by more comes first, then the name decides', () => {
  const order = orderOf([{ clientId: 'a' }, { clientId: 'b' }, { clientId: 'z', protocolMappers: audience('a', 'b') }]);
  expect(names(order)).toEqual(['z', 'a', 'b']);
  expect(order[0]?.reason).toBe('2 clients take its tokens');
  expect(order[1]?.reason).toBe('audience of z');
});

test('an audience that is gone itself comes back first', () => {
  const order = orderOf([{ clientId: 'issuer', protocolMappers: audience('target') }, { clientId: 'target' }], {}, ['target']);
  expect(names(order)).toEqual(['target', 'issuer']);
  expect(order[1]?.after).toEqual([{ owner: 'target', reason: 'names target as audience, which is gone itself' }]);
});

describe('cycles', () => {
  test('the weakest wish is dropped: a role outweighs who takes whose tokens', () => {
    const users = [{ serviceAccountClientId: 'a', realmRoles: [], clientRoles: { b: ['r'] } }];
    const order = orderOf([{ clientId: 'a', protocolMappers: audience('b') }, { clientId: 'b' }], { users, roles: { client: { b: [{ name: 'r' }] } } });
    expect(names(order)).toEqual(['b', 'a']);
    expect(order.map((owner) => owner.cycle ?? false)).toEqual([true, false]);
  });

  test('between equals the name decides, and nobody outside the cycle is marked', () => {
    const order = orderOf([
      { clientId: 'c', protocolMappers: audience('d', 'e', 'f') }, { clientId: 'a', protocolMappers: audience('b') }, { clientId: 'b', protocolMappers: audience('a', 'c') },
      { clientId: 'd' }, { clientId: 'e' }, { clientId: 'f' },
    ]);
    expect(names(order)).toEqual(['b', 'c', 'a', 'd', 'e', 'f']);
    expect(order.filter((owner) => owner.cycle).map((owner) => owner.owner)).toEqual(['b']);
  });
});

test('an owner can be moved, beyond the ends too; an unknown one moves nothing', () => {
  const order = orderOf([{ clientId: 'a' }, { clientId: 'b' }, { clientId: 'c' }]);
  expect(names(moveOwner(order, 'c', 0))).toEqual(['c', 'a', 'b']);
  expect(names(moveOwner(order, 'a', 99))).toEqual(['b', 'c', 'a']);
  expect(names(moveOwner(order, 'b', -5))).toEqual(['b', 'a', 'c']);
  expect(moveOwner(order, 'nobody', 1)).toEqual(order);
});
