import { expect, test } from 'vitest';
import { allows, type Actor } from '../../src/sandbox/server/permissions.ts';
import { done, match, route } from '../../src/sandbox/server/route.ts';
import { ADMIN_ROUTES } from '../../src/sandbox/server/routes.ts';

const routes = [route('GET /users/profile', 'any', () => done), route('GET /users/{user}', 'any', () => done), route('GET /group-by-path/{path+}', 'any', () => done), route('GET ', 'any', () => done)];

test.each([
  ['/users/profile', '/users/profile', {}],
  ['/users/a%20b', '/users/{user}', { user: 'a b' }],
  ['/group-by-path/a/b%2Fc', '/group-by-path/{path+}', { path: 'a/b/c' }],
  ['', '', {}],
])('%s goes to %s', (path, pattern, params) => expect(match(routes, 'GET', path)).toMatchObject({ route: { pattern }, params }));

test.each(['/users', '/users/a/b', '/nothing'])('%s goes nowhere', (path) => expect(match(routes, 'GET', path)).toBeUndefined());

test('no line of the table is hidden by an earlier one', () => {
  const hidden = ADMIN_ROUTES.filter((line, index) => {
    const path = line.pattern.replaceAll(/\{\w+\+?\}/g, 'x');
    return match(ADMIN_ROUTES.slice(0, index), line.method, path) !== undefined;
  });
  expect(hidden.map((line) => `${line.method} ${line.pattern}`)).toEqual([]);
});

const actor = (...roles: string[]): Actor => ({ admin: false, roles: new Set(roles) }) as unknown as Actor;

test.each([
  ['a|b', ['b'], true], ['a|b', ['c'], false], ['a+b', ['a'], false], ['a+b', ['a', 'b'], true], ['any', [], false], ['any', ['x'], true],
] as const)('%s for %j is %s', (needs, roles, expected) => expect(allows(actor(...roles), needs)).toBe(expected));
