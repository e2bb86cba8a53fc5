import { describe, expect, test } from 'vitest';
import { RescueError } from '../../src/realm/errors.ts';
import type { Json } from '../../src/realm/json.ts';
import { refusal, type Api } from '../../src/keycloak/api.ts';
import { readServiceAccounts, serviceAccountOf } from '../../src/keycloak/capture/accounts.ts';
import type { Client } from '../../src/keycloak/capture/clients.ts';
import { openReading } from '../../src/keycloak/capture/reading.ts';
import { isSilence, listOfPeople, openPeople } from '../../src/keycloak/people.ts';

const lost = (): Promise<never> => Promise.reject(new RescueError('unreachable', 'The connection was lost while reading.'));

describe('lists of people', () => {
  test('are told from everything else by their paths', () => {
    expect([['users'], ['roles', 'a', 'users'], ['groups', 'x', 'members'], ['users', 'x'], ['users', 'count'], ['clients', 'users', 'roles'], []].map(listOfPeople)).toEqual(['search', 'holders', 'holders', undefined, undefined, undefined, undefined]);
  });

  test('are asked for one at a time until one was answered, and not at all after one that was not', async () => {
    const people = openPeople();
    let asked = 0;
    const list = (answer: () => Promise<number>) => people.ask('search primary', () => { asked += 1; return answer(); }).catch((error: unknown) => isSilence(error));
    expect(await Promise.all([list(lost), list(lost), list(lost)])).toEqual([true, true, true]);
    expect(await list(() => Promise.resolve(1))).toBe(true);
    expect(asked).toBe(1);
    // Another realm, or another sort of list, is another matter.
    expect(await people.ask('holders primary', () => Promise.resolve(2))).toBe(2);
  });

  test('that the server refuses were answered', async () => {
    const people = openPeople();
    const refused = new RescueError('missing-role', 'no');
    await expect(people.ask('search primary', () => Promise.reject(refused))).rejects.toBe(refused);
    expect(await people.ask('search primary', () => Promise.resolve(1))).toBe(1);
  });
});

describe('service accounts where searches for users fail', () => {
  const clients = ['worker', 'ghost'].map((clientId) => ({ id: `${clientId}-id`, clientId, serviceAccountsEnabled: true }) as Client);
  const account = { id: 'w', username: 'service-account-worker', serviceAccountClientId: 'worker' };

  /** A server that answers searches with 400, as 26.0.8 does beside an unreachable directory. */
  function failing(exported: Json, status = 200): { readonly api: Api; readonly asked: string[] } {
    const asked: string[] = [];
    const reply = (body: Json, code = 200) => Promise.resolve({ status: code, body, milliseconds: 0 });
    const api = {
      realm: 'primary',
      read: (parts: readonly string[]) => {
        asked.push(parts.join('/'));
        if (parts.join('/') === 'users') return Promise.reject(refusal({ status: 400, body: null, milliseconds: 0 }, 'GET users'));
        return Promise.resolve(parts.at(-1) === 'role-mappings' ? { realmMappings: [{ name: 'picker' }] } : []);
      },
      ask: () => reply(exported, status),
    } as unknown as Api;
    return { api, asked };
  }

  test('are read from a partial export, after one search', async () => {
    const { api, asked } = failing({ users: [account, { id: 'x', username: 'service-account-ghost' }] });
    const reading = openReading(api, () => undefined);
    expect(await readServiceAccounts(reading, clients, true)).toMatchObject([{ id: 'w', serviceAccountClientId: 'worker', realmRoles: ['picker'] }]);
    expect(asked.filter((path) => path === 'users')).toHaveLength(1);
    expect(reading.notes).toEqual(['The server fails on searches for users. The service accounts were read from a partial export instead.', 'The client ghost has service accounts switched on but no service-account user.']);
    expect(await serviceAccountOf(api, 'worker')).toMatchObject({ id: 'w' });
  });

  test('are not said to be absent where there is no export either', async () => {
    const reading = openReading(failing(null, 403).api, () => undefined);
    expect(await readServiceAccounts(reading, clients, true)).toBeUndefined();
    expect(reading.notes).toEqual(['The service accounts and their roles could not be read: the server fails (500) on them.']);
  });
});
