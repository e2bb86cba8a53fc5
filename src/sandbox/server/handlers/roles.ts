import { errorMessage, notFound } from '../refusal.ts';
import { created, done, ok, route, type Answer, type Request, type Route } from '../route.ts';
import { buildRole } from '../state/build.ts';
import { clientOf, roleById, roleNamed, roleOf } from '../state/find.ts';
import { compositeIds } from '../state/import.ts';
import { object, objects, page, text } from '../state/json.ts';
import type { RoleRow } from '../state/model.ts';
import { groupJson, roleJson, userJson } from '../state/represent.ts';
import { dropRoles } from './clients.ts';

const ownerId = (request: Request): string | null => (request.params['client'] === undefined ? null : clientOf(request).id);

function list(request: Request): Answer {
  const owner = ownerId(request);
  const search = request.query.get('search') ?? '';
  const rows = request.realm.roles.filter((role) => role.client === owner && role.name.includes(search)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return ok(page(rows, request.query).map((role) => roleJson(request.realm, role, request.query.get('briefRepresentation') === 'false')));
}

/** The id of the body is ignored; members are taken over only when the body also says `composite: true`. */
function create(request: Request): Answer {
  const { realm } = request;
  const body = object(request.body);
  const role = buildRole(ownerId(request), body);
  if (roleNamed(realm, role.client, role.name) !== undefined) throw errorMessage(409, `Role with name ${role.name} already exists`);
  if (body['composite'] === true) role.composites = compositeIds(realm, object(body['composites']));
  realm.roles.push(role);
  return { ...created(role.name), events: [{ representation: { ...body, id: role.id } }] };
}

/** The description is always overwritten, attributes only when they are there. */
function change(role: RoleRow, request: Request): Answer {
  const body = object(request.body);
  role.name = text(body['name']) ?? role.name;
  role.description = text(body['description']);
  if (body['attributes'] !== undefined) role.attributes = { ...object(body['attributes']) };
  return done;
}

function remove(role: RoleRow, request: Request): Answer {
  dropRoles(request.realm, new Set([role.id]));
  return done;
}

/** Members by id; the whole list is refused when one of them does not exist. */
function members(request: Request): string[] {
  return objects(request.body).map((sent) => {
    const role = request.realm.roles.find((row) => row.id === sent['id']);
    if (role === undefined) throw notFound('Could not find composite role');
    return role.id;
  });
}

function addMembers(role: RoleRow, request: Request): Answer {
  role.composites = [...new Set([...role.composites, ...members(request)])];
  return { ...done, events: [{ operation: 'CREATE', type: eventType(role) }] };
}

function removeMembers(role: RoleRow, request: Request): Answer {
  const gone = members(request);
  role.composites = role.composites.filter((id) => !gone.includes(id));
  return { ...done, events: [{ type: eventType(role) }] };
}

function listMembers(role: RoleRow, request: Request, fits: (member: RoleRow) => boolean = () => true): Answer {
  return ok(request.realm.roles.filter((member) => role.composites.includes(member.id) && fits(member)).map((member) => roleJson(request.realm, member)));
}

const eventType = (role: RoleRow): string => (role.client === null ? 'REALM_ROLE' : 'CLIENT_ROLE');

const holders = (role: RoleRow, request: Request): Answer => ok(page(request.realm.users.filter((user) => user.roles.includes(role.id)), request.query).map((user) => userJson(user, 'list')));

const groupHolders = (role: RoleRow, request: Request): Answer =>
  ok(page(request.realm.groups.filter((group) => group.roles.includes(role.id)), request.query).map((group) => groupJson(request.realm, group, 'member')));

type With = (role: RoleRow, request: Request) => Answer;
const byName = (handle: With) => (request: Request): Answer => handle(roleOf(request), request);
const byId = (handle: With) => (request: Request): Answer => handle(roleById(request.realm, request.params['id'] ?? ''), request);

function family(base: string, read: string, write: string, type: string): Route[] {
  const event = { event: type };
  return [
    route(`GET ${base}`, read, list),
    route(`POST ${base}`, write, create, event),
    route(`GET ${base}/{role}`, read, byName((role, request) => ok(roleJson(request.realm, role, true)))),
    route(`PUT ${base}/{role}`, write, byName(change), event),
    route(`DELETE ${base}/{role}`, write, byName(remove), event),
    route(`GET ${base}/{role}/users`, read, byName(holders)),
    route(`GET ${base}/{role}/groups`, `${read}+view-users`, byName(groupHolders)),
    ...memberRoutes(`${base}/{role}`, read, write, type, byName),
  ];
}

function memberRoutes(base: string, read: string, write: string, type: string, find: (handle: With) => (request: Request) => Answer): Route[] {
  const event = { event: type };
  return [
    route(`GET ${base}/composites`, read, find((role, request) => listMembers(role, request))),
    route(`POST ${base}/composites`, write, find(addMembers), event),
    route(`DELETE ${base}/composites`, write, find(removeMembers), event),
    route(`GET ${base}/composites/realm`, read, find((role, request) => listMembers(role, request, (member) => member.client === null))),
    route(`GET ${base}/composites/clients/{owner}`, read, find((role, request) => listMembers(role, request, (member) => member.client === request.params['owner']))),
  ];
}

export const ROLE_ROUTES: readonly Route[] = [
  ...family('/roles', 'view-realm', 'manage-realm', 'REALM_ROLE'),
  ...family('/clients/{client}/roles', 'view-clients', 'manage-clients', 'CLIENT_ROLE'),
  route('GET /roles-by-id/{id}', 'view-realm|view-clients', byId((role, request) => ok(roleJson(request.realm, role, true)))),
  route('PUT /roles-by-id/{id}', 'manage-realm|manage-clients', byId((role, request) => ({ ...change(role, request), events: [{ type: eventType(role) }] })), { event: 'REALM_ROLE' }),
  route('DELETE /roles-by-id/{id}', 'manage-realm|manage-clients', byId((role, request) => ({ ...remove(role, request), events: [{ type: eventType(role) }] })), { event: 'REALM_ROLE' }),
  ...memberRoutes('/roles-by-id/{id}', 'view-realm|view-clients', 'manage-realm|manage-clients', 'REALM_ROLE', byId),
];
