import { describe, expect, it } from 'vitest';
import { tokenWrites } from '../../src/keycloak/prove/attempts.ts';
import { serverInfoIn } from '../../src/keycloak/version.ts';
import { isAtLeast } from '../../src/realm/version.ts';
import type { Api } from '../../src/keycloak/api.ts';
import type { Client } from '../../src/keycloak/capture/clients.ts';

describe('server versions', () => {
  it.each([['26.7.4', true], ['26.1.0', true], ['27.0.0', true], ['26.0.8', false], ['24.0.5', false], ['999-SNAPSHOT', false], [null, false]] as const)('%s at least 26.1: %s', (version, wanted) => {
    expect(isAtLeast(version, 26, 1)).toBe(wanted);
  });
});

it('the page of the server tells its version to administrators only', () => {
  expect([{ systemInfo: { version: '26.7.4' } }, {}, null].map((page) => serverInfoIn(page).version)).toEqual(['26.7.4', null, null]);
});

describe('a client_credentials request that would write', () => {
  const server = (version: string | null) => ({ server: async () => ({ version }) }) as unknown as Api;
  const client = (over: Partial<Client>): Client => ({ id: 'c', clientId: 'worker', serviceAccountsEnabled: true, ...over });

  it('is told by the version, the mapper of the client and, where no version is told, its scope', async () => {
    expect(await tokenWrites(server('24.0.5'), client({}))).toBe(true);
    expect(await tokenWrites(server('26.0.8'), client({ defaultClientScopes: ['service_account'] }))).toBe(true);
    expect(await tokenWrites(server('24.0.5'), client({ protocolMappers: [{ name: 'Client ID' }] }))).toBe(false);
    expect(await tokenWrites(server('26.7.4'), client({}))).toBe(false);
    expect(await tokenWrites(server(null), client({}))).toBe(true);
    expect(await tokenWrites(server(null), client({ defaultClientScopes: ['service_account'] }))).toBe(false);
  });
});
