/** A realm in which every name and text that Keycloak lets a person choose is an attack on whoever shows it. */
import type { Json } from '../../src/realm/json.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { claimMapper, hardcodedMapper } from '../../src/sandbox/incident/mappers.ts';
import { list, text } from '../../src/sandbox/incident/read.ts';

/**
 * What a server or a file may say, by what it attacks. Keycloak 26.7.4 takes all of it as clientId, as name of a role, a
 * group or a mapper, as a description, an attribute (key and value) and a web origin; seen by asking it. It refuses
 * U+0000 everywhere but in localization texts (500), turns a lone surrogate into `?`, and holds names to 255 characters. `${X}` and `$(X)` are
 * not among them: in a file they stand for what a deployment fills in, and the tool does not restore them.
 */
export const ATTACKS = {
  controls: 'c\u001b[2J\u001b[31m\u001b]0;owned\u0007\u009b31m\u009d0;x\u009c\b\u0001\u007f\u0085.',
  lines: 'l\r\nSigned-off-by: eve <eve@example.com>\n# a comment\n---\n\n## heading\nRunbook-Session: 0000',
  unseen: 'u\u202egnp.\u2066\u200b\ufeff\u2028\u2029\u{e0041}\u3164\u034f\u200d.',
  paths: '../../../../tmp/hostile-escaped',
  markup: '<script>alert(1)</script></details> |a| `b` ``` ~~~ *c* [l](https://evil.example) <!channel> @here [skip ci] fixes #1',
  quoting: `- a: &b *c !!d # e %f {{g}} $HOME; rm \`id\` "h" 'i' \\ \\n \\u001b[2J <<'EOF'\\`,
  emoji: '👩‍👩‍👧‍👦 🇩🇪 ❤️ 1️⃣ 👍🏽 日本語のとても長い名前 עברית العربية e\u0301\u0302\u0303',
  dashes: '--confirm -x',
  long: 'x'.repeat(255),
} as const;
export type Attack = keyof typeof ATTACKS;

/** For what has no limit of 255 characters: values of attributes and mappers, and texts. One of each is as long as this; nine would cost time and show no more. */
const LONGER = `${Object.values(ATTACKS).join('')}${'y'.repeat(10_000)}`;
const longer = (kind: string): string => (kind === 'quoting' ? LONGER : Object.values(ATTACKS).join(''));
/** All that a scope may be called (RFC 6749 3.3), and Keycloak holds to that. */
const SCOPE = `<!channel>@here|\`id\`$HOME#'&*{{x}}../../..[l](https://evil.example);--`;
/** Keycloak 26.7.4 refuses reserved characters of URLs in these, and lets controls, line breaks and bidi marks through. */
const FLOW = 'f\u009b2J\u202egnp\u2066 \r\n- x\t%2f|a|`b` 👩‍👩‍👧‍👦';
/** User names may hold letters, marks and what cannot be seen; Keycloak makes them lower case. */
export const HOSTILE_USER = 'eve\u202egnp\u2066\u200b\ufeff';
/** The name of a realm is held to the rules of a flow's. */
export const hostileName = (start: string): string => `${start} \u009b2J\u0085\u202egnp\u2066\u200b\n- x\t%2f|a|\`b\`👩‍👩‍👧‍👦`;

const SERVICE = 'svc \u001b]0;owned\u0007\u202e\n# x |`y`';
const PAYLOAD = 'p\u001b[2J\u009b31m\u202e\u200b\r\nSigned-off-by: eve <e@e>\n```\n## h |';

/** As it has to be. Roles, groups and clients carry the attacks in every field that a person fills in. */
export function hostileRealm(realm: string, user: boolean): RealmRepresentation {
  const attacks = Object.entries(ATTACKS);
  const roles = attacks.map(([kind, attack]) => ({ name: attack, description: attack, attributes: { [attack]: [attack], [`of ${kind}`]: [attack] } }));
  const inner = attacks.map(([, attack]) => ({ name: attack, description: attack }));
  return {
    realm, enabled: true, displayName: ATTACKS.controls, displayNameHtml: ATTACKS.markup, sslRequired: 'external', adminEventsEnabled: true, adminEventsDetailsEnabled: true,
    internationalizationEnabled: true, supportedLocales: ['en'], defaultLocale: 'en',
    components: { 'org.keycloak.userprofile.UserProfileProvider': [{ providerId: 'declarative-user-profile', subComponents: {}, config: { 'kc.user.profile.config': [JSON.stringify({ attributes: [{ name: 'username', permissions: { view: ['admin'], edit: ['admin'] } }, { name: 'email', permissions: { view: ['admin'], edit: ['admin'] } }], unmanagedAttributePolicy: 'ENABLED' })] } }] } as unknown as Record<string, Json>,
    localizationTexts: { en: Object.fromEntries(attacks.map(([kind, attack]) => [`${kind} ${attack}`, attack + longer(kind)])) },
    roles: { realm: [...roles, { name: 'all', composite: true, composites: { realm: attacks.map(([, attack]) => attack) } }], client: { [SERVICE]: inner } },
    clientScopes: [{ name: SCOPE, protocol: 'openid-connect', description: ATTACKS.lines, attributes: { 'consent.screen.text': ATTACKS.unseen, 'include.in.token.scope': 'true' }, protocolMappers: [hardcodedMapper(ATTACKS.markup, 'scoped', PAYLOAD)] }],
    clients: [
      ...attacks.map(([kind, attack], index) => ({
        clientId: attack, name: attack, description: attack, enabled: true, protocol: 'openid-connect', publicClient: true, standardFlowEnabled: true, directAccessGrantsEnabled: false, fullScopeAllowed: true,
        redirectUris: [`https://${index}.example.com/\u202egnp\u2066\u200b/../👩‍👩‍👧‍👦/*`], webOrigins: [attack], attributes: { [attack]: attack, [`of ${kind}`]: longer(kind) },
        protocolMappers: [hardcodedMapper(attack, 'hard', longer(kind)), claimMapper(`attribute ${attack}`.slice(0, 255), 'oidc-usermodel-attribute-mapper', `of.${index}`, { 'user.attribute': attack, 'userinfo.token.claim': 'true' })],
        defaultClientScopes: [SCOPE], optionalClientScopes: [],
      })),
      {
        clientId: SERVICE, name: ATTACKS.lines, secret: 'lab-secret-of-hostile', enabled: true, protocol: 'openid-connect', publicClient: false, serviceAccountsEnabled: true, standardFlowEnabled: false, directAccessGrantsEnabled: true, fullScopeAllowed: true,
        redirectUris: [], webOrigins: [], attributes: {}, protocolMappers: [hardcodedMapper(ATTACKS.lines, 'said', PAYLOAD), hardcodedMapper(ATTACKS.controls, `named\u001b[2J\u202e\n## ${'claim'}`, 'x')],
        defaultClientScopes: [SCOPE], optionalClientScopes: [],
      },
    ],
    groups: attacks.map(([, attack]) => ({ name: attack, attributes: { [attack]: [attack, 'second'] }, realmRoles: [attack], subGroups: [{ name: attack, attributes: {}, subGroups: [] }] })),
    users: [
      { username: `service-account-${SERVICE}`, enabled: true, serviceAccountClientId: SERVICE, realmRoles: [ATTACKS.controls, ATTACKS.lines], clientRoles: { [SERVICE]: [ATTACKS.paths] } },
      ...(user ? [{ username: HOSTILE_USER, enabled: true, email: 'eve@example.com', attributes: Object.fromEntries(attacks.map(([, attack]) => [attack, [attack]])), credentials: [{ type: 'password', value: 'eve-password' }] }] : []),
    ],
  } as RealmRepresentation;
}

/** Takes away by REST whatever a stale file would not have had. */
export async function loseHostile(calls: AdminCalls): Promise<void> {
  for (const client of await clientsOf(calls)) {
    const at = `/clients/${text(client, 'id')}`;
    if (text(client, 'clientId') === ATTACKS.unseen) {
      await must(calls, 'DELETE', at);
      continue;
    }
    for (const mapper of list(await must(calls, 'GET', `${at}/protocol-mappers/models`))) await must(calls, 'DELETE', `${at}/protocol-mappers/models/${text(mapper, 'id')}`);
    if (text(client, 'clientId') === SERVICE) for (const role of list(await must(calls, 'GET', `${at}/roles`))) await must(calls, 'DELETE', `/roles-by-id/${text(role, 'id')}`);
    if (text(client, 'clientId') === ATTACKS.quoting) await must(calls, 'PUT', at, { clientId: ATTACKS.quoting, name: 'changed', redirectUris: [], webOrigins: [], attributes: { [ATTACKS.quoting]: '' } });
  }
  for (const scope of list(await must(calls, 'GET', '/client-scopes')).filter((one) => text(one, 'name') === SCOPE)) {
    for (const client of await clientsOf(calls)) await calls.call('DELETE', `/clients/${text(client, 'id')}/default-client-scopes/${text(scope, 'id')}`);
    await must(calls, 'DELETE', `/client-scopes/${text(scope, 'id')}`);
  }
  const attacks: readonly string[] = Object.values(ATTACKS);
  for (const role of list(await must(calls, 'GET', '/roles'))) if (attacks.includes(text(role, 'name') ?? '')) await must(calls, 'DELETE', `/roles-by-id/${text(role, 'id')}`);
  for (const group of list(await must(calls, 'GET', '/groups'))) await must(calls, 'DELETE', `/groups/${text(group, 'id')}`);
  await calls.call('DELETE', '/localization/en');
}

async function clientsOf(calls: AdminCalls): Promise<readonly Json[]> {
  const own = new Set<string>([...Object.values(ATTACKS), SERVICE]);
  return list(await must(calls, 'GET', '/clients?max=-1')).filter((client) => own.has(text(client, 'clientId') ?? ''));
}

/** Flows cannot come with the realm, because a file with flows has to have all of them. */
export async function addHostileFlow(calls: AdminCalls): Promise<void> {
  await must(calls, 'POST', '/authentication/flows', { alias: FLOW, description: ATTACKS.lines, providerId: 'basic-flow', topLevel: true, builtIn: false });
}

export async function loseHostileFlow(calls: AdminCalls): Promise<void> {
  const flow = list(await must(calls, 'GET', '/authentication/flows')).find((one) => text(one, 'alias') === FLOW);
  await must(calls, 'DELETE', `/authentication/flows/${text(flow ?? null, 'id')}`);
}

/** What the independent reading leaves out: texts, and which flows there are. */
export async function readTexts(calls: AdminCalls): Promise<Json> {
  const flows = list(await must(calls, 'GET', '/authentication/flows')).map((flow) => [text(flow, 'alias') ?? '', text(flow, 'description') ?? '']).sort();
  return { texts: await must(calls, 'GET', '/localization/en'), flows };
}

/** The realm file as a stale commit has it: without what `loseHostile` takes away. */
export function staleHostile(realm: string): RealmRepresentation {
  const good = hostileRealm(realm, false);
  const attacks: readonly string[] = Object.values(ATTACKS);
  return {
    ...good, localizationTexts: { en: {} }, groups: [], clientScopes: [],
    roles: { realm: (good.roles?.realm ?? []).filter((role) => !attacks.includes(role.name ?? '')).map((role) => ({ ...role, composites: { realm: [] } })), client: { [SERVICE]: [] } },
    clients: (good.clients ?? []).filter((client) => client.clientId !== ATTACKS.unseen).map((client) => ({
      ...client, protocolMappers: [], defaultClientScopes: [], ...(client.clientId === ATTACKS.quoting ? { name: 'changed', redirectUris: [], webOrigins: [], attributes: { 'of quoting': LONGER } } : {}),
    })),
    users: [{ username: `service-account-${SERVICE}`, enabled: true, serviceAccountClientId: SERVICE }],
  };
}
