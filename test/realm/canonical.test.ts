import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, fingerprint } from '../../src/realm/canonical.ts';
import { before, git, state } from './incident.ts';

test('key order does not matter, list order does', () => {
  expect(canonicalJson({ b: 1, a: [2, { d: null, c: undefined }] })).toBe('{"a":[2,{"d":null}],"b":1}');
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
});

test('canonical text reads back as the same value', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
  }));
});

test('the fingerprint ignores ids, order and how the server stored a mapper', () => {
  const whole = before();
  const shuffled = before();
  shuffled.clients?.reverse();
  for (const client of shuffled.clients ?? []) {
    client.id = `new-${client.clientId ?? ''}`;
    for (const mapper of client.protocolMappers ?? []) {
      if (mapper.protocolMapper !== 'oidc-group-membership-mapper') continue;
      // What issuing a token puts into the server's cache.
      mapper.config = { ...mapper.config, multivalued: 'true', 'introspection.token.claim': 'true' };
    }
  }
  expect(fingerprint(state(shuffled))).toBe(fingerprint(state(whole)));
  expect(fingerprint(state(whole))).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test('the fingerprint sees one changed claim', () => {
  const changed = before();
  const mapper = changed.clients?.find((client) => client.clientId === 'auth-service')?.protocolMappers?.[0];
  if (mapper) mapper.config = { ...mapper.config, 'access.token.claim': 'false' };
  expect(fingerprint(state(changed))).not.toBe(fingerprint(state(before())));
  expect(fingerprint(state(git()))).not.toBe(fingerprint(state(before())));
});
