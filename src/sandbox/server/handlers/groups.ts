import { errorMessage, notFound } from '../refusal.ts';
import { created, done, ok, route, type Answer, type Request, type Route } from '../route.ts';
import { buildGroup } from '../state/build.ts';
import { groupAt, groupOf } from '../state/find.ts';
import { listMap, object, page, text } from '../state/json.ts';
import type { Fields, GroupRow, RealmRow } from '../state/model.ts';
import { groupJson, userJson } from '../state/represent.ts';

const childrenOf = (realm: RealmRow, parent: string | null): GroupRow[] => realm.groups.filter((group) => group.parent === parent).sort((a, b) => (a.name < b.name ? -1 : 1));

/** Top groups without their children; a search gives the way down to each hit, or the hits alone. What is searched for is trimmed. */
function list({ realm, query }: Request): Answer {
  const detail = query.get('briefRepresentation') === 'false' ? 'full' : 'brief';
  const search = query.get('search')?.trim() ?? null;
  const hit = (group: GroupRow): boolean => search !== null && fits(group, search, query);
  const tree = (group: GroupRow): Fields | null => {
    const below = childrenOf(realm, group.id).map(tree).filter((child) => child !== null);
    return below.length > 0 || hit(group) ? { ...groupJson(realm, group, detail), subGroups: below } : null;
  };
  if (search !== null && query.get('populateHierarchy') === 'false') return ok(page(realm.groups.filter(hit), query).map((group) => groupJson(realm, group, detail)));
  const tops = childrenOf(realm, null);
  const rows = search === null ? tops.map((group) => groupJson(realm, group, detail)) : tops.map(tree).filter((group) => group !== null);
  return ok(page(rows, query));
}

function fits(group: GroupRow, search: string, query: URLSearchParams): boolean {
  return query.get('exact') === 'true' ? group.name === search : group.name.toLowerCase().includes(search.toLowerCase());
}

/** Ten at a time where nothing is said, and with attributes and roles unless they are declined. */
function children(request: Request): Answer {
  const { realm, query } = request;
  const search = query.get('search');
  const rows = childrenOf(realm, groupOf(request).id).filter((group) => search === null || fits(group, search, query));
  return ok(page(rows, query, 10).map((group) => groupJson(realm, group, query.get('briefRepresentation') === 'true' ? 'brief' : 'full')));
}

/** An id in the body means "move that group here", so ids cannot be restored; role names and children are ignored. */
function create(request: Request, parent: string | null): { readonly group: GroupRow; readonly moved: boolean } {
  const { realm } = request;
  const body = object(request.body);
  const name = text(body['name']) ?? '';
  if (name === '') throw errorMessage(400, 'Group name is missing');
  const known = realm.groups.find((group) => group.id === body['id']);
  if (body['id'] !== undefined && known === undefined) throw notFound('Could not find child by id');
  if (known === undefined || known.parent !== parent) refuseTwin(realm, parent, name);
  if (known !== undefined) {
    known.parent = parent;
    return { group: known, moved: true };
  }
  const group = buildGroup(parent, body);
  realm.groups.push(group);
  return { group, moved: false };
}

function refuseTwin(realm: RealmRow, parent: string | null, name: string, self?: GroupRow): void {
  if (!realm.groups.some((group) => group !== self && group.parent === parent && group.name === name)) return;
  throw errorMessage(409, parent === null && self === undefined ? `Top level group named '${name}' already exists.` : `Sibling group named '${name}' already exists.`);
}

const createTop = (request: Request): Answer => {
  const { group, moved } = create(request, null);
  return { ...(moved ? done : created(group.id)), events: [{ representation: { ...object(request.body), id: group.id } }] };
};

function createChild(request: Request): Answer {
  const { group, moved } = create(request, groupOf(request).id);
  const { subGroupCount: _count, ...body } = groupJson(request.realm, group, 'full');
  return { ...(moved ? done : { status: 201, body }), events: [{ representation: { ...object(request.body), id: group.id } }] };
}

/** A description that is left out is cleared; attributes that are left out stay. */
function update(request: Request): Answer {
  const group = groupOf(request);
  const body = object(request.body);
  const name = text(body['name']) ?? '';
  if (name === '') throw errorMessage(400, 'Group name is missing');
  if (body['id'] !== undefined && body['id'] !== group.id) throw errorMessage(400, 'Invalid group id');
  refuseTwin(request.realm, group.parent, name, group);
  group.name = name;
  group.description = text(body['description']);
  if (body['attributes'] !== undefined && body['attributes'] !== null) group.attributes = { ...listMap(body['attributes']) };
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
  route('GET /groups/{group}/children', 'view-users', children),
  route('POST /groups/{group}/children', 'manage-users', createChild, GROUP),
  route('GET /groups/{group}/members', 'view-users', members),
  route('GET /group-by-path/{path+}', 'view-users|query-groups', byPath),
  route('GET /default-groups', 'view-realm', listDefaults),
  route('PUT /default-groups/{group}', 'manage-realm', (request) => setDefault(request, true), GROUP),
  route('DELETE /default-groups/{group}', 'manage-realm', (request) => setDefault(request, false), GROUP),
];
