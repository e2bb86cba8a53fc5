import { errorMessage, notFound } from '../refusal.ts';
import { created, done, ok, route, type Answer, type Request, type Route } from '../route.ts';
import { buildGroup } from '../state/build.ts';
import { groupAt, groupOf } from '../state/find.ts';
import { object, page, text } from '../state/json.ts';
import type { Fields, GroupRow, RealmRow } from '../state/model.ts';
import { groupJson, userJson } from '../state/represent.ts';

const childrenOf = (realm: RealmRow, parent: string | null): GroupRow[] => realm.groups.filter((group) => group.parent === parent).sort((a, b) => (a.name < b.name ? -1 : 1));

/** Top groups without their children; a search gives the way down to each hit. */
function list({ realm, query }: Request): Answer {
  const detail = query.get('briefRepresentation') === 'false' ? 'full' : 'brief';
  const search = query.get('search');
  const tree = (group: GroupRow): Fields | null => {
    const below = childrenOf(realm, group.id).map(tree).filter((child) => child !== null);
    return below.length > 0 || (search !== null && group.name.includes(search)) ? { ...groupJson(realm, group, detail), subGroups: below } : null;
  };
  const tops = childrenOf(realm, null);
  const rows = search === null ? tops.map((group) => groupJson(realm, group, detail)) : tops.map(tree).filter((group) => group !== null);
  return ok(page(rows, query));
}

/** An id in the body means "move that group here", so ids cannot be restored; role names and children are ignored. */
function create(request: Request, parent: string | null): GroupRow {
  const { realm } = request;
  const body = object(request.body);
  const name = text(body['name']) ?? '';
  if (body['id'] !== undefined && !realm.groups.some((group) => group.id === body['id'])) throw notFound('Could not find child by id');
  if (realm.groups.some((group) => group.parent === parent && group.name === name)) {
    throw errorMessage(409, parent === null ? `Top level group named '${name}' already exists.` : `Sibling group named '${name}' already exists.`);
  }
  const group = buildGroup(parent, body);
  realm.groups.push(group);
  return group;
}

const createTop = (request: Request): Answer => {
  const group = create(request, null);
  return { ...created(group.id), events: [{ representation: { ...object(request.body), id: group.id } }] };
};

function createChild(request: Request): Answer {
  const group = create(request, groupOf(request).id);
  const { subGroupCount: _count, ...body } = groupJson(request.realm, group, 'full');
  return { status: 201, body, events: [{ representation: { ...object(request.body), id: group.id } }] };
}

function update(request: Request): Answer {
  const group = groupOf(request);
  const body = object(request.body);
  group.name = text(body['name']) ?? group.name;
  group.description = text(body['description']) ?? group.description;
  if (body['attributes'] !== undefined) group.attributes = { ...object(body['attributes']) };
  return done;
}

function remove(request: Request): Answer {
  const { realm } = request;
  const gone = new Set<string>();
  const collect = (id: string): void => {
    gone.add(id);
    for (const child of childrenOf(realm, id)) collect(child.id);
  };
  collect(groupOf(request).id);
  realm.groups = realm.groups.filter((group) => !gone.has(group.id));
  for (const user of realm.users) user.groups = user.groups.filter((id) => !gone.has(id));
  realm.defaultGroups = realm.defaultGroups.filter((id) => !gone.has(id));
  return done;
}

function byPath({ realm, params }: Request): Answer {
  const group = groupAt(realm, params['path'] ?? '');
  if (group === undefined) throw notFound('Group path does not exist');
  return ok(groupJson(realm, group, 'full', false));
}

function members(request: Request): Answer {
  const group = groupOf(request);
  return ok(page(request.realm.users.filter((user) => user.groups.includes(group.id)), request.query, 100).map((user) => userJson(user, 'bare')));
}

function setDefault(request: Request, wanted: boolean): Answer {
  const { realm } = request;
  const { id } = groupOf(request, 'Group not found');
  realm.defaultGroups = [...realm.defaultGroups.filter((group) => group !== id), ...(wanted ? [id] : [])];
  return { ...done, events: [{ operation: wanted ? 'CREATE' : 'DELETE' }] };
}

const listDefaults = ({ realm }: Request): Answer =>
  ok(realm.groups.filter((group) => realm.defaultGroups.includes(group.id)).map((group) => groupJson(realm, group, 'member')));

const GROUP = { event: 'GROUP' };

export const GROUP_ROUTES: readonly Route[] = [
  route('GET /groups', 'view-users', list, { weak: 'query-groups' }),
  route('POST /groups', 'manage-users', createTop, GROUP),
  route('GET /groups/count', 'view-users|query-groups', ({ realm, query }) => ok({ count: query.get('top') === 'true' ? childrenOf(realm, null).length : realm.groups.length })),
  route('GET /groups/{group}', 'view-users', (request) => ok(groupJson(request.realm, groupOf(request), 'full'))),
  route('PUT /groups/{group}', 'manage-users', update, GROUP),
  route('DELETE /groups/{group}', 'manage-users', remove, GROUP),
  route('GET /groups/{group}/children', 'view-users', (request) => ok(page(childrenOf(request.realm, groupOf(request).id), request.query).map((group) => groupJson(request.realm, group, 'full')))),
  route('POST /groups/{group}/children', 'manage-users', createChild, GROUP),
  route('GET /groups/{group}/members', 'view-users', members),
  route('GET /group-by-path/{path+}', 'view-users|query-groups', byPath),
  route('GET /default-groups', 'view-realm', listDefaults),
  route('PUT /default-groups/{group}', 'manage-realm', (request) => setDefault(request, true), GROUP),
  route('DELETE /default-groups/{group}', 'manage-realm', (request) => setDefault(request, false), GROUP),
];
