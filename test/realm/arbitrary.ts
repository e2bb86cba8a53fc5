/** Small realms with awkward names, in which everything may refer to everything. */
import fc from 'fast-check';
import type { RealmRepresentation } from '../../src/realm/representation.ts';

const CLIENTS = ['auth', 'gateway', 'https://app.example.com/x', '*', 'client-scope:odd', 'constructor'];
const SCOPES = ['orders:read', 'a/b', 'profile'];
const ROLES = ['reader', 'a/b', '%2F'];

const subset = (of: readonly string[]) => fc.subarray([...of]);
const config = fc.oneof(
  fc.record({ provider: fc.constant('oidc-audience-mapper'), config: fc.record({ 'included.client.audience': fc.constantFrom(...CLIENTS), 'access.token.claim': fc.constantFrom('true', 'false') }) }),
  fc.record({ provider: fc.constant('oidc-group-membership-mapper'), config: fc.record({ 'claim.name': fc.constantFrom('groups', 'g'), 'id.token.claim': fc.constantFrom('true', 'false') }, { requiredKeys: ['claim.name'] }) }),
  fc.record({ provider: fc.constant('oidc-hardcoded-claim-mapper'), config: fc.record({ 'claim.name': fc.constant('zone'), 'claim.value': fc.string({ maxLength: 3 }), constructor: fc.constant('x'), 'access.token.claim': fc.constant('true') }, { requiredKeys: ['claim.name'] }) }),
);
const mappers = fc.uniqueArray(fc.tuple(fc.constantFrom('m1', 'm/2', 'groups'), config, fc.uuid()), { selector: ([name]) => name, maxLength: 3 })
  .map((list) => list.map(([name, { provider, config: settings }, id]) => ({ id, name, protocol: 'openid-connect', protocolMapper: provider, config: settings as Record<string, string> })));

const role = (name: string) => fc.record({
  name: fc.constant(name), description: fc.constantFrom('', 'one', 'two'), composite: fc.constant(false), attributes: fc.dictionary(fc.constantFrom('k', 'constructor'), fc.array(fc.constantFrom('1', '2'), { maxLength: 2 }), { maxKeys: 2 }),
});
const roles = subset(ROLES).chain((names) => fc.tuple(...names.map(role)));

const client = (clientId: string) => fc.record({
  id: fc.uuid(), clientId: fc.constant(clientId), protocolMappers: mappers, links: fc.array(fc.tuple(fc.constantFrom(...SCOPES), fc.boolean()), { maxLength: 3 }),
  fullScopeAllowed: fc.boolean(), secret: fc.constantFrom('**********', 'top-secret-1', 'top-secret-2'), serviceAccountsEnabled: fc.constant(true),
  redirectUris: subset(['https://a/*', 'https://b/*']), attributes: fc.dictionary(fc.constantFrom('x', 'client.use.lightweight.access.token.enabled'), fc.constantFrom('true', 'false'), { maxKeys: 2 }),
}).map(({ links, ...rest }) => {
  const types = new Map(links);
  const of = (wanted: boolean) => [...types].filter(([, byDefault]) => byDefault === wanted).map(([scope]) => scope);
  return { ...rest, defaultClientScopes: of(true), optionalClientScopes: of(false) };
});

const scope = (name: string) => fc.record({ id: fc.uuid(), name: fc.constant(name), protocol: fc.constant('openid-connect'), protocolMappers: mappers, attributes: fc.constantFrom({}, { 'include.in.token.scope': 'false' }) });

/** Every reference points to something that exists, as in a real realm; the names do not make it easy. */
export const realm: fc.Arbitrary<RealmRepresentation> = fc.record({
  clients: subset(CLIENTS).chain((names) => fc.tuple(...names.map(client))),
  clientScopes: subset(SCOPES).chain((names) => fc.tuple(...names.map(scope))),
  realmRoles: roles,
  clientRoles: fc.array(fc.tuple(fc.constantFrom(...CLIENTS), roles), { maxLength: 3 }),
  grants: fc.array(fc.tuple(fc.constantFrom('account', 'mapping', 'composite', 'group'), fc.nat(), fc.nat()), { maxLength: 6 }),
}).map(({ clients, clientScopes, realmRoles, clientRoles, grants }) => {
  const scopes = new Set(clientScopes.map(({ name }) => name));
  for (const one of clients) {
    one.defaultClientScopes = one.defaultClientScopes.filter((name) => scopes.has(name));
    one.optionalClientScopes = one.optionalClientScopes.filter((name) => scopes.has(name));
  }
  const names = clients.map(({ clientId }) => clientId);
  const byClient = new Map(names.map((name) => [name, clientRoles.find(([of]) => of === name)?.[1] ?? []]));
  const refs = [...realmRoles.map(({ name }) => ({ of: null as string | null, name })), ...[...byClient].flatMap(([of, list]) => list.map(({ name }) => ({ of, name })))];
  const accounts = new Map(names.map((name) => [name, { realmRoles: [] as string[], clientRoles: {} as Record<string, string[]> }]));
  const group = { id: 'g-1', name: 'staff', path: '/staff', realmRoles: [] as string[], clientRoles: {} as Record<string, string[]> };
  const scopeMappings: { client: string; roles: string[] }[] = [];
  for (const [kind, a, b] of grants) {
    const ref = refs[a % Math.max(1, refs.length)];
    const holder = names[b % Math.max(1, names.length)];
    if (ref === undefined || holder === undefined) continue;
    const target = kind === 'group' ? group : accounts.get(holder);
    if (kind === 'mapping') {
      if (ref.of === null && !scopeMappings.some((row) => row.client === holder && row.roles[0] === ref.name)) scopeMappings.push({ client: holder, roles: [ref.name] });
    } else if (kind === 'composite') {
      const owner = realmRoles[b % Math.max(1, realmRoles.length)];
      if (owner !== undefined && ref.of !== null) Object.assign(owner, { composite: true, composites: { client: { [ref.of]: [ref.name] } } });
    } else if (target !== undefined) {
      const list = ref.of === null ? target.realmRoles : (target.clientRoles[ref.of] = Object.hasOwn(target.clientRoles, ref.of) ? (target.clientRoles[ref.of] ?? []) : []);
      if (!list.includes(ref.name)) list.push(ref.name);
    }
  }
  return {
    realm: 'primary', clients, clientScopes, roles: { realm: realmRoles, client: Object.fromEntries(byClient) }, scopeMappings, clientScopeMappings: {},
    users: [...accounts].map(([serviceAccountClientId, mapped]) => ({ serviceAccountClientId, ...mapped })), groups: [group],
    defaultDefaultClientScopes: [...scopes].slice(0, 1), defaultOptionalClientScopes: [...scopes].slice(1),
  } as unknown as RealmRepresentation;
});
