import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../../realm/json.ts';
import { described, notFound, Refusal, unknownError } from '../refusal.ts';
import { created, done, ok, route, type Answer, type Request, type Route } from '../route.ts';
import { list as items, object, present, text } from '../state/json.ts';
import { defaultLdapMappers, filledInConfig } from '../state/ldap.ts';
import type { Fields } from '../state/model.ts';

const MASK = '**********';
/** The settings that Keycloak declares as secret and so masks. */
const SECRETS = new Set(['bindCredential', 'keyPassword', 'keystorePassword', 'secret']);

function find({ realm, params }: Request): Fields {
  const component = realm.components.find((row) => row['id'] === params['id']);
  if (component === undefined) throw notFound('Could not find component');
  return component;
}

/** As every read shows it. */
export function shownComponent(component: Fields): Fields {
  const config = Object.entries(object(component['config'])).map(([key, value]) => [key, SECRETS.has(key) ? [MASK] : value] as const);
  return { ...component, config: Object.fromEntries(config) };
}

const list = ({ realm, query }: Request): Answer =>
  ok(realm.components.filter((row) => ([['type', 'providerType'], ['name', 'name'], ['parent', 'parentId']] as const).every(([key, field]) => query.get(key) === null || query.get(key) === row[field])).map(shownComponent));

function create({ realm, body }: Request): Answer {
  const sent = object(body);
  const id = text(sent['id']) ?? randomUUID();
  if (realm.components.some((row) => row['id'] === id)) throw described(409, 'conflict', 'Duplicate resource error');
  if (id.length > 36) throw unknownError();
  if (text(sent['providerType']) === null) throw new Refusal(400, { error: 'Invalid provider type or no such provider' });
  const component: Fields = { parentId: realm.id, ...present(sent), id, config: filledInConfig(sent, filled(object(sent['config']))) };
  realm.components.push(component, ...defaultLdapMappers(component));
  return created(id);
}

/** Empty lists and texts are not stored. */
function filled(config: JsonObject): Fields {
  const entries = Object.entries(config).map(([key, value]) => [key, items(value).filter((item) => item !== null && item !== '')] as const);
  return Object.fromEntries(entries.filter(([, texts]) => texts.length > 0));
}

/** The config merges by key, an empty list takes a key out, and a masked value keeps the stored one. Without provider and type: 500. */
function update(request: Request): Answer {
  const component = find(request);
  const sent = object(request.body);
  if (text(sent['providerId']) === null || text(sent['providerType']) === null) throw unknownError();
  const config = Object.entries(object(sent['config'])).filter(([, value]) => JSON.stringify(value) !== `["${MASK}"]`);
  Object.assign(component, present(sent), { id: component['id'], parentId: component['parentId'], config: filled({ ...object(component['config']), ...Object.fromEntries(config) }) });
  return done;
}

/** Whatever lies below it goes too. */
function remove(request: Request): Answer {
  const gone = new Set<Json | undefined>([find(request)['id']]);
  for (let size = 0; size < gone.size;) {
    size = gone.size;
    for (const row of request.realm.components) if (gone.has(row['parentId'])) gone.add(row['id']);
  }
  request.realm.components = request.realm.components.filter((row) => !gone.has(row['id']));
  request.realm.keys = request.realm.keys.filter((key) => !gone.has(key.component));
  return done;
}

const EVENT = { event: 'COMPONENT' };

export const COMPONENT_ROUTES: readonly Route[] = [
  route('GET /components', 'view-realm', list),
  route('POST /components', 'manage-realm', create, EVENT),
  route('GET /components/{id}', 'view-realm', (request) => ok(shownComponent(find(request)))),
  route('PUT /components/{id}', 'manage-realm', update, EVENT),
  route('DELETE /components/{id}', 'manage-realm', remove, EVENT),
];
