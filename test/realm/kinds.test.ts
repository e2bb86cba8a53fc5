import { expect, test } from 'vitest';
import { KINDS, kindTable } from '../../src/realm/kinds/index.ts';
import type { KindName } from '../../src/realm/model.ts';

/** The contract's list (design.md section 4). */
const CONTRACT: readonly KindName[] = [
  'realm-setting', 'realm-role', 'client-role', 'composite', 'client', 'client-setting', 'client-mapper', 'client-scope', 'client-scope-mapper', 'client-scope-link', 'realm-default-scope', 'scope-mapping',
  'group', 'group-role', 'default-group', 'service-account-role', 'identity-provider', 'identity-provider-mapper', 'flow', 'flow-binding', 'required-action', 'component', 'authorization', 'user-profile',
  'localization', 'client-policy', 'organization',
];

test('every kind of the contract is in the registry, once', () => {
  expect(KINDS.map((kind) => kind.name).toSorted()).toEqual(CONTRACT.toSorted());
});

test('the docs table has a row for every kind', () => {
  expect(kindTable().map((row) => row.kind).toSorted()).toEqual(CONTRACT.toSorted());
  for (const row of kindTable()) for (const cell of Object.values(row)) expect(cell).not.toBe('');
});
