/** Role mappings of users and groups, and scope mappings of clients and client scopes: one resource in four places. */
import { notFound } from '../refusal.ts';
import { done, ok, route, type Answer, type Request, type Route } from '../route.ts';
import { clientOf, groupOf, ownerOf, scopeOf, userOf } from '../state/find.ts';
import { objects } from '../state/json.ts';
import type { RoleRow } from '../state/model.ts';
import { mappingsJson, roleJson } from '../state/represent.ts';
import { ancestry, expand } from '../state/roles.ts';

type Holder = { readonly id: string; roles: string[] };

interface Place {
  readonly base: string;
  readonly holder: (request: Request) => Holder;
  /** Role mappings want id and name to fit; scope mappings ask for the id only (facts, section 3). */
  readonly byName: boolean;
  readonly events: { readonly realm: string; readonly client: string };
  readonly read: string;
  readonly write: string;
}

const ROLES = { realm: 'REALM_ROLE_MAPPING', client: 'CLIENT_ROLE_MAPPING' };
const SCOPES = { realm: 'REALM_SCOPE_MAPPING', client: 'CLIENT_SCOPE_MAPPING' };

const PLACES: readonly Place[] = [
  { base: '/users/{user}/role-mappings', holder: userOf, byName: true, events: ROLES, read: 'view-users', write: 'manage-users' },
  { base: '/groups/{group}/role-mappings', holder: groupOf, byName: true, events: ROLES, read: 'view-users', write: 'manage-users' },
  { base: '/clients/{client}/scope-mappings', holder: clientOf, byName: false, events: SCOPES, read: 'view-clients', write: 'manage-clients' },
  { base: '/client-scopes/{scope}/scope-mappings', holder: scopeOf, byName: false, events: SCOPES, read: 'view-clients', write: 'manage-clients' },
];

/** The client that owns the roles; null where the path says `realm`. */
const owner = (request: Request): string | null => (request.params['owner'] === undefined ? null : ownerOf(request).id);

/** All roles of the body, or a refusal before any of them is mapped. */
function named(place: Place, request: Request): string[] {
  const client = owner(request);
  return objects(request.body).map((sent) => {
    const role = request.realm.roles.find((row) => row.id === sent['id'] && row.client === client && (!place.byName || row.name === sent['name']));
    if (role === undefined) throw notFound('Role not found');
    return role.id;
  });
}

const add = (place: Place) => (request: Request): Answer => {
  const holder = place.holder(request);
  holder.roles = [...new Set([...holder.roles, ...named(place, request)])];
  return { ...done, events: [{ operation: 'CREATE' }] };
};

const remove = (place: Place) => (request: Request): Answer => {
  const holder = place.holder(request);
  const gone = named(place, request);
  holder.roles = holder.roles.filter((id) => !gone.includes(id));
  return done;
};

type Choose = (holder: Holder, request: Request) => (role: RoleRow) => boolean;

const list = (place: Place, choose: Choose) => (request: Request): Answer => {
  const fits = choose(place.holder(request), request);
  const client = owner(request);
  return ok(request.realm.roles.filter((role) => role.client === client && fits(role)).map((role) => roleJson(request.realm, role)));
};

const direct: Choose = (holder) => (role) => holder.roles.includes(role.id);
const available: Choose = (holder) => (role) => !holder.roles.includes(role.id);

/** With the members of composites, and for a user or group with what the groups above give. */
const composite: Choose = (holder, { realm }) => {
  const groups = 'groups' in holder ? (holder.groups as string[]).flatMap((id) => ancestry(realm, id)) : ancestry(realm, holder.id);
  const roles = [...holder.roles, ...realm.groups.filter((group) => groups.includes(group.id)).flatMap((group) => group.roles)];
  const ids = new Set(expand(realm, roles).map((role) => role.id));
  return (role) => ids.has(role.id);
};

function routesOf(place: Place, tail: string, event: string, write: string): Route[] {
  const base = `${place.base}/${tail}`;
  return [
    route(`GET ${base}`, place.read, list(place, direct)),
    route(`GET ${base}/available`, place.read, list(place, available)),
    route(`GET ${base}/composite`, place.read, list(place, composite)),
    route(`POST ${base}`, write, add(place), { event }),
    route(`DELETE ${base}`, write, remove(place), { event }),
  ];
}

export const MAPPING_ROUTES: readonly Route[] = PLACES.flatMap((place) => [
  route(`GET ${place.base}`, place.read, (request) => ok(mappingsJson(request.realm, place.holder(request).roles))),
  // A realm role in a scope mapping takes both rights (facts, section 4).
  ...routesOf(place, 'realm', place.events.realm, place.byName ? place.write : `${place.write}+manage-realm`),
  ...routesOf(place, 'clients/{owner}', place.events.client, place.write),
]);
