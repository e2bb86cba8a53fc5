/** Groups and default groups. */
import { describe, expect, test } from 'vitest';
import { compareStates } from '../../src/realm/compare.ts';
import { kindOf } from '../../src/realm/kinds/index.ts';
import type { Completeness } from '../../src/realm/model.ts';
import { groupNames, groupPath, parentPath } from '../../src/realm/normal/groups.ts';
import { undoPlan } from '../../src/realm/plan.ts';
import { findSecret } from '../../src/realm/secrets.ts';
import { differencesOf, operation, plan, realm, sequence, stated, top, without, type Source } from './grouped.ts';
import { state } from './incident.ts';

describe('paths', () => {
  test.each([[['a', 'b']], [['a/b']], [['~', 'x~/y', '~~']], [['100% ü', ' ']], [['%2F', '/', '~/']]])('%j is taken apart as it was put together', (names) => {
    expect(groupNames(groupPath(names))).toEqual(names);
    expect(parentPath(groupPath([...names, 'child']))).toBe(groupPath(names));
  });

  test('a slash in a name is not a level', () => {
    expect(groupPath(['a/b'])).not.toBe(groupPath(['a', 'b']));
    expect(groupPath(['x~', 'y'])).not.toBe(groupPath(['x~/y']));
  });
});

describe('one realm, three sources', () => {
  const objects = (source: Source, completeness: Completeness, kinds: RegExp) =>
    Object.fromEntries([...state(realm(source), source, completeness).objects.values()].filter(({ id }) => kinds.test(id)).map(({ id, value }) => [id, value]));

  test('groups and their roles are the same in capture, full and partial export', () => {
    const rest = objects('rest', 'full', /^group/);
    expect(Object.keys(rest).length).toBeGreaterThan(30);
    expect(objects('full', 'full', /^group/)).toEqual(rest);
    expect(objects('partial', 'partial', /^group/)).toEqual(rest);
  });

  test('organizations are the same in capture and full export; a partial export has none and says nothing', () => {
    const rest = objects('rest', 'full', /^organization/);
    expect(Object.keys(rest)).toEqual(expect.arrayContaining(['organization:acme', 'organization:acme/identityProviders/groups-corp', 'organization:initech']));
    expect(objects('full', 'full', /^organization/)).toEqual(rest);
    expect(differencesOf(state(realm()), state(realm('partial'), 'partial', 'partial'))).toEqual([]);
  });

  test('a default group whose path two groups share is known by its id, and left alone where no id is', () => {
    expect(Object.keys(objects('rest', 'full', /^default-group/)).toSorted()).toEqual(['default-group:%2Fa~%2Fb', 'default-group:%2Fplatform%2Fops', 'default-group:%2Fsales~%2Fb']);
    expect(Object.keys(objects('full', 'full', /^default-group/)).toSorted()).toEqual(['default-group:%2Fa~%2Fb', 'default-group:%2Fplatform%2Fops']);
    // What the ambiguous entry cannot mean is known to be no default.
    const live = realm();
    (live['defaultGroups'] as string[]).push('/sales');
    (live['defaultGroupIds'] as string[]).push(top(live, 'sales').id ?? '');
    const found = compareStates(state(live), [state(realm('full'), 'file:x')]).filter(({ kind }) => kind === 'default-group');
    expect(found.map(({ id, change }) => `${change} ${id}`)).toEqual(['live-only default-group:%2Fsales']);
    expect(differencesOf(state(realm()), state(realm('full'), 'full'))).toEqual([]);
  });

  test('without view-realm or view-users nothing is said to be lost', () => {
    const blind = realm('rest', (raw) => { for (const field of ['groups', 'defaultGroups', 'defaultGroupIds', 'defaultRole', 'organizations', 'organizationsEnabled']) delete raw[field]; });
    expect(differencesOf(state(blind), state(realm()))).toEqual([]);
  });
});

describe('a hand-written file', () => {
  test('that names a group says nothing about its children, roles and attributes', () => {
    const differences = compareStates(state(realm()), [stated({ realm: 'x', groups: [{ name: 'platform' }] })]);
    expect(differences.filter(({ id }) => id.includes('platform')).map(({ id, onlyCompared }) => `${id} ${onlyCompared === undefined}`)).toEqual(['group:%2Fplatform%2Fa~%2Fb false', 'group:%2Fplatform%2Fops false']);
  });

  test('that has no groups, default groups and organizations at all makes no noise', () => {
    expect(differencesOf(state(realm()), stated({ realm: 'x', clients: [] }))).toEqual([]);
  });

  test('that names an organization is silent about what is linked to it, and is filled in when it is made', () => {
    const file = stated({ realm: 'x', organizations: [{ name: 'initech' }, { name: 'globex' }, { name: 'Acme Corp', alias: 'acme' }] });
    expect(differencesOf(state(realm()), file)).toEqual([]);
    const made = operation(plan(state(realm('rest', (raw) => void (raw['organizations'] = []))), file), 'create organization:initech');
    expect(made.request.body).toEqual({ name: 'initech', alias: 'initech', enabled: true, domains: [] });
    expect(made.after).toEqual([{ id: 'organization:initech', value: { name: 'initech', enabled: true } }]);
  });

  test('that lists children of a group can have others removed', () => {
    const file = stated({ realm: 'x', groups: [{ name: 'platform', subGroups: [{ name: 'ops' }] }] });
    const found = compareStates(state(realm()), [file]).filter(({ id, onlyCompared }) => id.startsWith('group:%2Fplatform') && onlyCompared === undefined);
    expect(found.map(({ id, change }) => `${change} ${id}`)).toEqual(['live-only group:%2Fplatform%2Fa~%2Fb']);
  });
});

describe('a lost tree', () => {
  const whole = plan(state(realm('rest', without('platform'))), state(realm('full'), 'file:full.json'));

  test('comes back parents first, without ids, then roles and default entry', () => {
    const order = sequence(whole);
    for (const [earlier, later] of [['create group:%2Fplatform', 'create group:%2Fplatform%2Fops'], ['create group:%2Fplatform%2Fops', 'create group:%2Fplatform%2Fops%2Fnight'], ['create group:%2Fplatform%2Fops', 'add default-group:%2Fplatform%2Fops']]) {
      expect(order.indexOf(later ?? '')).toBeGreaterThan(order.indexOf(earlier ?? ''));
    }
    expect(operation(whole, 'create group:%2Fplatform%2Fops').request).toEqual({
      method: 'POST', path: ['groups', { $id: 'group:%2Fplatform' }, 'children'], body: { name: 'ops', description: 'On call', attributes: { pager: ['+49 1'] } },
    });
  });

  test('says who was in it, by name where the evidence knows people, and that it is not known where it does not', () => {
    expect(operation(whole, 'create group:%2Fplatform%2Fops%2Fnight').losses).toEqual(['Group /platform/ops/night comes back without its members: ann, bob.']);
    expect(operation(whole, 'create group:%2Fplatform').losses ?? []).toEqual([]);
    const blind = plan(state(realm('rest', without('platform'))), state(realm()));
    expect(operation(blind, 'create group:%2Fplatform').losses).toEqual(['Group /platform comes back without members; the evidence does not say who was in it.']);
  });

  test('one lost role pulls its group in, and the group its parents', () => {
    const only = plan(state(realm('rest', without('platform'))), state(realm()), { 'default-group:%2Fplatform%2Fops': 'restore' });
    expect(only.pulledIn.map(({ id }) => id).toSorted()).toEqual(['group:%2Fplatform', 'group:%2Fplatform%2Fops']);
  });
});

describe('a live-only tree', () => {
  const live = state(realm());
  const whole = plan(live, state(realm('rest', (raw) => {
    without('platform')(raw);
  })));

  test('goes lowest first, each role and default entry by itself, so that undo brings all of it back', () => {
    const order = sequence(whole).filter((id) => id.includes('platform'));
    expect(order.indexOf('delete group:%2Fplatform')).toBe(order.length - 1);
    expect(order.indexOf('delete group:%2Fplatform%2Fops%2Fnight')).toBeLessThan(order.indexOf('delete group:%2Fplatform%2Fops'));
    expect(order.filter((id) => id.startsWith('remove default-group:%2Fplatform')).length).toBe(1);
    const back = undoPlan(whole, sequence(whole), {}).map(({ id, request }) => `${request.method} ${id}`).filter((id) => id.includes('platform'));
    expect(back[0]).toBe('POST delete group:%2Fplatform');
    expect(back).toHaveLength(order.length);
  });

  test('says that the people in it lose their membership', () => {
    const { losses, inverseNote } = operation(whole, 'delete group:%2Fplatform');
    expect(losses).toEqual(['Whoever is a member of /platform now is not one any more.']);
    expect(inverseNote).toContain('without its members');
  });
});

test('a group that was renamed is not emptied: its old id lives on', () => {
  const live = state(realm('rest', (raw) => void (top(raw, 'sales').name = 'selling')));
  const whole = plan(live, state(realm()));
  const refused = Object.fromEntries(whole.refused.map(({ id, because }) => [id, because]));
  expect(refused['group:%2Fsales']).toBe('it was renamed or moved to /selling, with its members; name it back in the admin console, which keeps them');
  expect(refused['group:%2Fselling']).toContain('it is what /sales was renamed or moved to');
  expect(compareStates(live, [state(realm())]).find(({ id }) => id === 'group:%2Fsales')?.effect).toBe('group /sales was renamed or moved to /selling, with its members');
  expect(sequence(whole).filter((id) => id.includes('sel'))).toEqual([]);
});

test('a change sends what the server would clear, and attributes only where they were chosen', () => {
  const live = state(realm('rest', (raw) => Object.assign(top(raw, 'platform'), { description: 'new', attributes: { cost: ['18'], extra: ['1'] } })));
  const only = plan(live, state(realm()), { 'group:%2Fplatform': 'leave', 'group:%2Fplatform#description': 'restore' });
  expect(operation(only, 'update group:%2Fplatform').request.body).toEqual({ name: 'platform', description: 'Runs it' });
  const attribute = plan(live, state(realm()), { 'group:%2Fplatform': 'leave', 'group:%2Fplatform#attributes.cost': 'restore' });
  expect(operation(attribute, 'update group:%2Fplatform').request.body).toEqual({ name: 'platform', description: 'new', attributes: { cost: ['17'], extra: ['1'] } });
});

test('a secret among the attributes goes by reference', () => {
  const good = state(realm('rest', (raw) => void (top(raw, 'sales').attributes = { 'api-password': ['hunter2-x'], plain: ['p'] })));
  const whole = plan(state(realm('rest', without('sales'))), good);
  expect(operation(whole, 'create group:%2Fsales').request.body).toEqual({ name: 'sales', attributes: { 'api-password': [{ $secret: 'group:%2Fsales', field: 'attributes.api-password.0' }], plain: ['p'] } });
  expect(JSON.stringify(whole)).not.toContain('hunter2-x');
  expect(findSecret([good], 'group:%2Fsales', 'attributes.api-password.0')).toBe('hunter2-x');
});

test('looks ask for what the server would otherwise leave out', () => {
  expect(kindOf('group')?.look('group:%2Fplatform%2Fops').request.query).toEqual({ search: 'ops', exact: 'true', briefRepresentation: 'false', max: '-1' });
  expect(kindOf('group')?.look('group:%2Fops').request.query).toEqual({ search: 'ops', exact: 'true', briefRepresentation: 'false', populateHierarchy: 'false' });
  expect(kindOf('group')?.look('group:%2F spaces ').request.query).toEqual({ briefRepresentation: 'false', populateHierarchy: 'false' });
});

test('a group below another is looked for in the list of children, and inside its parent where the server has no such list', () => {
  const look = kindOf('group')?.look('group:%2Fplatform%2Fops');
  const parent = { method: 'GET', path: ['groups', { $id: 'group:%2Fplatform' }] };
  expect(look?.follow?.([[]])).toEqual([]);
  expect(look?.pick([{ id: 'x', name: 'ops' }], [])).toMatchObject({ serverId: 'x' });
  // 22.0.5 answers 405.
  expect(look?.follow?.([null])).toEqual([parent]);
  expect(look?.pick(null, [{ id: 'p', name: 'platform', subGroups: [{ id: 'y', name: 'ops' }] }])).toMatchObject({ serverId: 'y' });
  expect(look?.pick(null, [null])).toBeNull();
});
