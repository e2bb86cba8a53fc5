import { describe, expect, test } from 'vitest';
import { mapperValue } from '../../src/realm/normal/mapper.ts';
import { mapper } from './incident.ts';

const same = (provider: string, a: Record<string, string>, b: Record<string, string>): void => {
  expect(mapperValue(mapper('m', provider, a))).toEqual(mapperValue(mapper('m', provider, b)));
};
const differ = (provider: string, a: Record<string, string>, b: Record<string, string>): void => {
  expect(mapperValue(mapper('m', provider, a))).not.toEqual(mapperValue(mapper('m', provider, b)));
};
const AUDIENCE = 'oidc-audience-mapper';
const GROUPS = 'oidc-group-membership-mapper';
const ATTRIBUTE = 'oidc-usermodel-attribute-mapper';

describe('stored differently, same effect (each seen on 26.7.4)', () => {
  test('POST /clients stores userinfo.token.claim on an audience mapper, POST .../models does not', () => same(AUDIENCE, { 'id.token.claim': 'false' }, { 'id.token.claim': 'false', 'userinfo.token.claim': 'false' }));
  test('userinfo follows the id token', () => same(GROUPS, { 'id.token.claim': 'true' }, { 'id.token.claim': 'true', 'userinfo.token.claim': 'true' }));
  test('introspection follows the access token', () => same(GROUPS, { 'access.token.claim': 'true' }, { 'access.token.claim': 'true', 'introspection.token.claim': 'true' }));
  test('multivalued on a group mapper is a trace of an issued token', () => same(GROUPS, {}, { multivalued: 'true' }));
  test('a missing flag is false', () => same(GROUPS, { 'full.path': 'false', 'lightweight.claim': 'false' }, {}));
  test('empty texts are not stored', () => same(ATTRIBUTE, { 'user.attribute': 'x', 'claim.name': '' }, { 'user.attribute': 'x' }));
  test('an audience-resolve mapper is in the access token by itself', () => same('oidc-audience-resolve-mapper', {}, { 'access.token.claim': 'true', 'introspection.token.claim': 'true' }));
});

describe('really different', () => {
  test('userinfo switched off', () => differ(GROUPS, { 'id.token.claim': 'true' }, { 'id.token.claim': 'true', 'userinfo.token.claim': 'false' }));
  test('multivalued elsewhere', () => differ(ATTRIBUTE, {}, { multivalued: 'true' }));
  test('full paths', () => differ(GROUPS, { 'full.path': 'true' }, {}));
  test('lightweight', () => differ(ATTRIBUTE, { 'lightweight.claim': 'true' }, {}));
});

test('a secret in a configuration is only a fingerprint', () => {
  const value = JSON.stringify(mapperValue(mapper('m', 'custom', { 'client.secret': 'hush', url: 'https://x' })));
  expect(value).not.toContain('hush');
  expect(value).toMatch(/"client\.secret":"sha256:[0-9a-f]{12}"/);
});
