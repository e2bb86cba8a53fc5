import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { sightOfComponent, sightOfStep } from '../../src/realm/descriptions.ts';
import { settingDescriptions } from '../../src/keycloak/descriptions.ts';
import { must } from '../../src/sandbox/incident/calls.ts';
import { list, object, text } from '../../src/sandbox/incident/read.ts';
import { makeFlow } from '../harness/rich/flows.ts';
import { startCountingProxy, type CountingProxy } from '../harness/proxy.ts';
import { assertNoSecrets } from '../harness/secrets.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { runTool, sessionPlace } from '../harness/tool.ts';
import { password } from '../recover/staging.ts';

/** What nobody declares, what is declared secret under a name that does not say so, and what is declared secret. */
const STEP = { plain: 'step-plain-lab-value', 'api.key': 'step-api-lab-value' };
const LDAP = { plain: ['ldap-plain-lab-value'], twice: ['ldap-first-lab-value', 'ldap-second-lab-value'], bindCredential: ['ldap-bind-lab-value'] };
const MAPPER = { plain: ['mapper-plain-lab-value'] };
const SECRETS = [...Object.values(STEP), ...Object.values(LDAP).flat(), ...MAPPER.plain];

describe('settings that no provider declares, on a real Keycloak', () => {
  const realm = 'undeclared-kinds';
  const calls = sharedCalls(realm);
  const place = sessionPlace();
  const sessions = join(place, 'sessions');
  let proxy: CountingProxy;
  let file: string;

  const where = (): string[] => ['--url', proxy.url, '--realm', realm, '--username', sharedKeycloak().username, '--evidence', `file:${file}`];
  const components = async (): Promise<readonly JsonObject[]> => list(await must(calls, 'GET', '/components')).map((each) => object(each) ?? {});
  const restored = ['--lost', 'restore', '--changed', 'restore', '--live-only', 'restore'];

  beforeAll(async () => {
    proxy = await startCountingProxy(sharedKeycloak().url);
    await calls.call('DELETE', `/admin/realms/${realm}`);
    await must(calls, 'POST', '/admin/realms', { realm, enabled: true });
    await makeFlow(calls, 'guarded', '', [{ step: 'identity-provider-redirector', requirement: 'DISABLED', priority: 10, config: ['gate', { defaultProvider: 'corp', ...STEP }] }]);
    await must(calls, 'POST', '/components', {
      id: 'undeclared-people', name: 'people', providerId: 'ldap', providerType: 'org.keycloak.storage.UserStorageProvider',
      config: { enabled: ['false'], vendor: ['other'], connectionUrl: ['ldap://127.0.0.1:1'], usersDn: ['ou=x'], usernameLDAPAttribute: ['uid'], rdnLDAPAttribute: ['uid'], uuidLDAPAttribute: ['entryUUID'], userObjectClasses: ['inetOrgPerson'], authType: ['simple'], bindDn: ['cn=reader'], editMode: ['READ_ONLY'], ...LDAP },
    });
    await must(calls, 'POST', '/components', { name: 'tag', parentId: 'undeclared-people', providerId: 'hardcoded-attribute-mapper', providerType: 'org.keycloak.storage.ldap.mappers.LDAPStorageMapper', config: { 'user.model.attribute': ['tag'], 'attribute.value': ['shown'], ...MAPPER } });
    file = join(place, 'full.json');
    writeFileSync(file, JSON.stringify(inClear(object(await must(calls, 'POST', '/partial-export?exportClients=true&exportGroupsAndRoles=true')) ?? {})), { mode: 0o600 });
  });
  afterAll(async () => {
    await proxy.close();
    await calls.call('DELETE', `/admin/realms/${realm}`);
  });

  it('are masked in steps of flows and left out of components by this server, as the comparison takes for granted', async () => {
    const row = object(list(await must(calls, 'GET', '/authentication/flows/guarded/executions'))[0] ?? null) ?? {};
    expect(object(await must(calls, 'GET', `/authentication/config/${text(row, 'authenticationConfig')}`))?.['config']).toEqual({ defaultProvider: 'corp', plain: '**********', 'api.key': '**********' });
    const people = (await components()).find(({ id }) => id === 'undeclared-people');
    expect(object(people?.['config'] ?? null)).toMatchObject({ bindCredential: ['**********'] });
    expect(JSON.stringify(await components())).not.toMatch(/"plain"|"twice"/);
  });

  it('are what this tool holds for secrets without a server too: it knows what Keycloak itself declares', async () => {
    const described = settingDescriptions(await must(calls, 'GET', '/admin/serverinfo'));
    expect(described?.steps.secret).toEqual(['api.key', 'secret.key']);
    for (const key of described?.steps.open ?? []) expect([key, sightOfStep(undefined, key)]).toEqual([key, sightOfStep(described, key)]);
    for (const type of ['storage.UserStorageProvider', 'storage.ldap.mappers.LDAPStorageMapper', 'services.clientregistration.policy.ClientRegistrationPolicy', 'keys.KeyProvider'].map((name) => `org.keycloak.${name}`)) {
      for (const names of Object.values(described?.components[type] ?? {})) for (const key of [...names.open, ...names.secret]) expect([type, key, sightOfComponent(undefined, type, key)]).toEqual([type, key, sightOfComponent(names, type, key)]);
    }
  });

  it('are no differences from a full export, which has them in clear', async () => {
    const run = await runTool(['compare', ...where(), '--json'], { env: password() });
    expect((JSON.parse(run.stdout) as { differences: { kind: string }[] }).differences.filter(({ kind }) => kind === 'flow' || kind === 'component')).toEqual([]);
    expect(run.exit, run.stderr).toBe(0);
  });

  it('come back with a lost flow and a lost provider, and stand in nothing that others read', async () => {
    await must(calls, 'DELETE', '/components/undeclared-people');
    const flow = list(await must(calls, 'GET', '/authentication/flows')).map((each) => object(each) ?? {}).find(({ alias }) => alias === 'guarded');
    await must(calls, 'DELETE', `/authentication/flows/${text(flow ?? {}, 'id')}`);
    const outputs = [
      await runTool(['compare', ...where(), '--json'], { env: password() }), await runTool(['plan', ...where(), ...restored], { env: password() }), await runTool(['plan', ...where(), ...restored, '--json'], { env: password() }),
    ];
    proxy.clear();
    const run = await runTool(['recover', ...where(), ...restored, '--confirm', realm, '--session-dir', sessions, '--json'], { env: password() });
    expect(run.exit, run.stderr + run.stdout.slice(-1200)).toBe(0);
    const records = readdirSync(sessions, { recursive: true, encoding: 'utf8' }).filter((name) => /(journal\.jsonl|transcript\.\w+)$/.test(name)).map((name) => readFileSync(join(sessions, name), 'utf8'));
    expect(records.length).toBeGreaterThan(1);
    for (const output of [...outputs, run].flatMap(({ stdout, stderr }) => [stdout, stderr])) assertNoSecrets(output, SECRETS);
    for (const record of records) assertNoSecrets(record, SECRETS);
    const sent = (path: string) => proxy.writes.filter((write) => write.path.endsWith(path)).map(({ body }) => (JSON.parse(body) as { config?: unknown }).config);
    expect(sent('/config')).toEqual([{ defaultProvider: 'corp', ...STEP }]);
    expect(sent('/components')).toEqual([expect.objectContaining(LDAP), expect.objectContaining(MAPPER)]);
  });

  it('stay as they are where a provider is changed in something else', async () => {
    const people = (await components()).find(({ id }) => id === 'undeclared-people') ?? {};
    const { providerId, providerType } = people;
    await must(calls, 'PUT', '/components/undeclared-people', { providerId: providerId ?? '', providerType: providerType ?? '', config: { bindDn: ['cn=somebody-else'] } });
    proxy.clear();
    const run = await runTool(['recover', ...where(), ...restored, '--confirm', realm, '--session-dir', join(place, 'changed'), '--json'], { env: password() });
    expect(run.exit, run.stderr + run.stdout.slice(-1200)).toBe(0);
    expect(proxy.writes.map(({ body }) => (JSON.parse(body) as { config: unknown }).config)).toEqual([{ bindDn: ['cn=reader'] }]);
  });
});

/** A partial export as `kc.sh export` would have it: there stands in clear what this realm was given. */
function inClear(exported: JsonObject): JsonObject {
  const filled = (value: JsonObject): JsonObject => {
    if (value['alias'] === 'gate') return { ...value, config: { ...object(value['config'] ?? null), ...STEP } };
    if (value['name'] === 'people') return { ...value, config: { ...object(value['config'] ?? null), ...LDAP } };
    return value['name'] === 'tag' ? { ...value, config: { ...object(value['config'] ?? null), ...MAPPER } } : value;
  };
  return JSON.parse(JSON.stringify(exported), (_key, value: unknown) => (value !== null && typeof value === 'object' && !Array.isArray(value) ? filled(value as JsonObject) : value)) as JsonObject;
}
