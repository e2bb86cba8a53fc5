/** Organizations of a realm, and the identity providers that they link to. */
import { describe, expect, test } from 'vitest';
import type { ObjectId } from '../../src/realm/model.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { differencesOf, operation, OURS, plan, realm, sequence } from './grouped.ts';
import { state } from './incident.ts';

describe('organizations', () => {
  const list = (raw: RealmRepresentation) => raw['organizations'] as Record<string, unknown>[];
  const named = (raw: RealmRepresentation, alias: string) => list(raw).find((each) => each['alias'] === alias) ?? {};

  test('come back without ids, then their identity providers; whose membership is lost is said', () => {
    const whole = plan(state(realm('rest', (raw) => void (raw['organizations'] = list(raw).filter((each) => each['alias'] !== 'acme')))), state(realm('full')));
    const { request, losses } = operation(whole, 'create organization:acme');
    expect(request.body).toEqual({
      name: 'Acme Corp', alias: 'acme', enabled: true, description: 'Biggest', redirectUrl: 'https://acme.example/', attributes: { tier: expect.arrayContaining(['gold', 'eu']) },
      domains: expect.arrayContaining([{ name: 'acme.com', verified: true }, { name: 'acme.example.org', verified: false }]),
    });
    expect(losses).toEqual(['Organization acme comes back without its members: ann.']);
    expect(operation(whole, 'link organization:acme/identityProviders/groups-corp').request).toEqual({ method: 'POST', path: ['organizations', { $id: 'organization:acme' }, 'identity-providers'], body: 'groups-corp' });
  });

  test('a change of one domain carries all that the server would clear', () => {
    const live = state(realm('rest', (raw) => Object.assign(named(raw, 'acme'), { domains: [{ name: 'acme.com', verified: false }, { name: 'new.com', verified: true }], enabled: false })));
    const one = plan(live, state(realm()), { 'organization:acme': 'leave', 'organization:acme#domains.acme.com': 'restore' });
    expect(operation(one, 'update organization:acme').request.body).toEqual({
      name: 'Acme Corp', alias: 'acme', enabled: false, description: 'Biggest', redirectUrl: 'https://acme.example/',
      domains: [{ name: 'acme.com', verified: true }, { name: 'new.com', verified: true }],
    });
  });

  test('an organization with accounts of its own is not deleted', () => {
    const live = state(realm('rest', (raw) => Object.assign(named(raw, 'initech'), { members: [{ username: 'x', membershipType: 'MANAGED' }] })));
    const whole = plan(live, state(realm('rest', (raw) => void (raw['organizations'] = list(raw).filter((each) => each['alias'] !== 'initech')))));
    expect(whole.refused).toEqual([{ id: 'organization:initech', because: expect.stringContaining('managed members') as string }]);
  });

  test('where organizations are switched off they are lost, and wait for the switch', () => {
    const live = state(realm('rest', (raw) => { delete raw['organizations']; raw['organizationsEnabled'] = false; }));
    expect(differencesOf(live, state(realm())).filter((id) => OURS.test(id.split(' ')[1] ?? ''))).toContain('lost organization:acme');
    expect(plan(live, state(realm()), { 'organization:acme': 'restore' }).refused.map(({ because }) => because)).toContain('organizations are switched off in the live realm; restore that setting of the realm too');
  });

  test('a domain is given up by one organization before another gets it back, and is not fought over', () => {
    const live = state(realm('rest', (raw) => {
      Object.assign(named(raw, 'acme'), { domains: [] });
      Object.assign(named(raw, 'globex'), { domains: [{ name: 'globex.com', verified: false }, { name: 'acme.com', verified: false }] });
    }));
    expect(sequence(plan(live, state(realm())))).toEqual(['update organization:globex', 'update organization:acme']);
    const fought = plan(live, state(realm()), { 'organization:acme': 'restore' });
    expect(fought.refused).toEqual([{ id: 'organization:acme', because: 'organization globex has the domain acme.com in the live realm, and two cannot have it' }]);
  });

  describe('while one is disabled, nobody knows whether its identity provider is', () => {
    const disabled = (change: Record<string, unknown> = {}) => (raw: RealmRepresentation): void => {
      named(raw, 'acme')['enabled'] = false;
      raw['identityProviders'] = (raw['identityProviders'] as Record<string, unknown>[]).map((each) => (each['alias'] === 'groups-corp' ? { ...each, enabled: false, ...change } : each));
    };
    const described = (raw: RealmRepresentation): void => void Object.assign((raw['identityProviders'] as Record<string, unknown>[])[0] ?? {}, { displayName: 'Corp' });

    test('so that it reads as disabled is no difference, in live or evidence', () => {
      expect(differencesOf(state(realm('rest', disabled())), state(realm()))).toEqual(['changed organization:acme']);
      expect(differencesOf(state(realm()), state(realm('rest', disabled())))).toEqual(['changed organization:acme']);
      expect(differencesOf(state(realm('rest', (raw) => { disabled()(raw); named(raw, 'acme')['enabled'] = true; })), state(realm()))).toEqual(['changed identity-provider:groups-corp']);
    });

    test('a change of it sends what the evidence knows, both ways, and is refused where it knows nothing', () => {
      const whole = plan(state(realm('rest', disabled())), state(realm('rest', described)), { 'identity-provider:groups-corp': 'restore' });
      const { request, inverse, after, note } = operation(whole, 'update identity-provider:groups-corp');
      expect(request.body).toMatchObject({ displayName: 'Corp', enabled: true });
      expect(inverse?.body).toMatchObject({ enabled: true });
      expect(after[0]?.value).toMatchObject({ displayName: 'Corp', enabled: { $unknown: expect.any(String) } });
      expect(note).toContain('while organization acme is disabled');
      const blind = plan(state(realm('rest', disabled())), state(realm('rest', (raw) => { disabled()(raw); described(raw); })), { 'identity-provider:groups-corp': 'restore' });
      expect(blind.refused).toEqual([{ id: 'identity-provider:groups-corp', because: expect.stringContaining('while organization acme is disabled') as string }]);
    });

    test('a plan that disables the organization awaits nothing else of the provider', () => {
      const whole = plan(state(realm('rest', () => {})), state(realm('rest', (raw) => { disabled({ enabled: true })(raw); described(raw); })));
      expect(operation(whole, 'update identity-provider:groups-corp')).toMatchObject({ request: { body: { enabled: true } }, before: [{ value: { enabled: { $unknown: expect.any(String) } } }], after: [{ value: { enabled: { $unknown: expect.any(String) } } }] });
    });

    test('linking to it is said to disable the provider for good', () => {
      const unlinked = (raw: RealmRepresentation): void => { named(raw, 'acme')['enabled'] = false; delete named(raw, 'acme')['identityProviders']; };
      const whole = plan(state(realm('rest', unlinked)), state(realm()), { 'organization:acme/identityProviders/groups-corp': 'restore' });
      expect(operation(whole, 'link organization:acme/identityProviders/groups-corp').losses?.join()).toContain('stores that groups-corp is disabled too');
    });
  });

  test('an identity provider belongs to one organization: it is freed before it is linked again', () => {
    const moved = (raw: RealmRepresentation) => { Object.assign(named(raw, 'globex'), { identityProviders: [{ alias: 'groups-corp' }] }); delete named(raw, 'acme')['identityProviders']; };
    const [from, to]: ObjectId[] = ['organization:globex/identityProviders/groups-corp', 'organization:acme/identityProviders/groups-corp'];
    const whole = sequence(plan(state(realm('rest', moved)), state(realm())));
    expect(whole).toEqual([`unlink ${from}`, `link ${to}`]);
    expect(plan(state(realm('rest', moved)), state(realm()), { [to ?? '']: 'restore' }).refused.map(({ because }) => because)).toEqual([expect.stringContaining('belongs to one only')]);
  });
});
