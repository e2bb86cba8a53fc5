/** What each protocol mapper provider does to a token. One entry per provider; an unknown one does nothing. */
import type { Json } from '../../../realm/json.ts';
import { groupPath } from '../state/find.ts';
import { list, text } from '../state/json.ts';
import type { ClientRow, Fields, MapperRow, RealmRow, RoleRow, UserRow } from '../state/model.ts';
import { setClaim, typed } from './claims.ts';

/** What mappers look at and change. */
export interface Making {
  readonly realm: RealmRow;
  readonly client: ClientRow;
  readonly user: UserRow;
  /** Notes of the user session: the service account's client, where there is one. */
  readonly notes: Readonly<Record<string, string>>;
  /** Roles that the token may show; the hardcoded role mapper adds to them. */
  roles: RoleRow[];
  readonly claims: Fields;
  readonly audience: Set<string>;
}

type Apply = (mapper: MapperRow, making: Making) => void;

const USER_FIELDS = new Set(['email', 'firstName', 'lastName', 'emailVerified', 'enabled']);

/** Attributes and the fields that Keycloak also offers as attributes. */
function userValues(user: UserRow, name: string): readonly string[] {
  if (name === 'username') return [user.username];
  if (name === 'id') return [user.id];
  const field = USER_FIELDS.has(name) ? user.fields[name] : undefined;
  if (field !== undefined) return [String(field)];
  return user.attributes[name] ?? [];
}

function userClaim(mapper: MapperRow, making: Making): void {
  const values = userValues(making.user, mapper.config['user.attribute'] ?? '').map((value) => typed(value, mapper.config['jsonType.label']));
  const value: Json | undefined = mapper.config['multivalued'] === 'true' ? (values.length === 0 ? undefined : values) : values[0];
  if (value !== undefined) setClaim(making.claims, mapper.config['claim.name'] ?? '', value);
}

function roleClaim(mapper: MapperRow, making: Making, roles: readonly RoleRow[], owner: string, prefix: string | undefined): void {
  if (roles.length === 0) return;
  const path = (mapper.config['claim.name'] ?? '').replaceAll('${client_id}', owner.replaceAll('.', '\\.'));
  setClaim(making.claims, path, roles.map((role) => (prefix ?? '') + role.name));
}

function clientRoles(mapper: MapperRow, making: Making): void {
  const only = mapper.config['usermodel.clientRoleMapping.clientId'];
  for (const client of making.realm.clients) {
    if (only !== undefined && only !== '' && only !== client.clientId) continue;
    roleClaim(mapper, making, making.roles.filter((role) => role.client === client.id), client.clientId, mapper.config['usermodel.clientRoleMapping.rolePrefix']);
  }
}

function groups(mapper: MapperRow, making: Making): void {
  const rows = making.realm.groups.filter((group) => making.user.groups.includes(group.id));
  if (rows.length > 0) setClaim(making.claims, mapper.config['claim.name'] ?? '', rows.map((group) => (mapper.config['full.path'] === 'true' ? groupPath(making.realm, group) : group.name)));
}

function fullName(_mapper: MapperRow, making: Making): void {
  const name = ['firstName', 'lastName'].map((field) => text(making.user.fields[field])).filter((part) => part !== null).join(' ');
  if (name !== '') making.claims['name'] = name;
}

function allowedOrigins(_mapper: MapperRow, making: Making): void {
  const redirects = list(making.client.fields['redirectUris']).map((uri) => /^(https?:\/\/[^/*]+)/.exec(String(uri))?.[1]).filter((uri) => uri !== undefined);
  const origins = list(making.client.fields['webOrigins']).flatMap((item) => (item === '+' ? redirects : [String(item)]));
  if (origins.length > 0) making.claims['allowed-origins'] = [...new Set(origins)];
}

function hardcodedRole(mapper: MapperRow, making: Making): void {
  const [owner, name] = splitRole(mapper.config['role'] ?? '');
  const client = owner === null ? null : (making.realm.clients.find((candidate) => candidate.clientId === owner)?.id ?? '');
  const role = making.realm.roles.find((candidate) => candidate.client === client && candidate.name === name);
  if (role !== undefined && !making.roles.includes(role)) making.roles = [...making.roles, role];
}

/** `client.role` or `role`. */
function splitRole(value: string): [string | null, string] {
  const dot = value.lastIndexOf('.');
  return dot < 0 ? [null, value] : [value.slice(0, dot), value.slice(dot + 1)];
}

function note(mapper: MapperRow, making: Making): void {
  const value = making.notes[mapper.config['user.session.note'] ?? ''];
  if (value !== undefined) setClaim(making.claims, mapper.config['claim.name'] ?? '', typed(value, mapper.config['jsonType.label']));
}

function audienceResolve(_mapper: MapperRow, making: Making): void {
  for (const client of making.realm.clients) {
    if (client.id !== making.client.id && making.roles.some((role) => role.client === client.id)) making.audience.add(client.clientId);
  }
}

export const APPLY: Readonly<Record<string, Apply>> = {
  'oidc-group-membership-mapper': groups,
  'oidc-usermodel-attribute-mapper': userClaim,
  'oidc-usermodel-property-mapper': userClaim,
  'oidc-usermodel-realm-role-mapper': (mapper, making) => roleClaim(mapper, making, making.roles.filter((role) => role.client === null), '', mapper.config['usermodel.realmRoleMapping.rolePrefix']),
  'oidc-usermodel-client-role-mapper': clientRoles,
  'oidc-audience-mapper': (mapper, making) => {
    const audience = mapper.config['included.client.audience'] ?? mapper.config['included.custom.audience'];
    if (audience !== undefined && audience !== '') making.audience.add(audience);
  },
  'oidc-audience-resolve-mapper': audienceResolve,
  'oidc-hardcoded-claim-mapper': (mapper, making) => setClaim(making.claims, mapper.config['claim.name'] ?? '', typed(mapper.config['claim.value'] ?? '', mapper.config['jsonType.label'])),
  'oidc-hardcoded-role-mapper': hardcodedRole,
  'oidc-full-name-mapper': fullName,
  'oidc-sub-mapper': (_mapper, making) => void (making.claims['sub'] = making.user.id),
  'oidc-acr-mapper': (_mapper, making) => void (making.claims['acr'] = '1'),
  'oidc-allowed-origins-mapper': allowedOrigins,
  'oidc-usersessionmodel-note-mapper': note,
};

/** Mappers that change what others see run first (Keycloak: ProtocolMapper.getPriority). */
export const PRIORITY: Readonly<Record<string, number>> = { 'oidc-hardcoded-role-mapper': 10, 'oidc-audience-resolve-mapper': 30, 'oidc-usermodel-realm-role-mapper': 40, 'oidc-usermodel-client-role-mapper': 40 };
