import { randomUUID } from 'node:crypto';
import { notFound } from '../refusal.ts';
import { created, done, ok, route, type Answer, type Request, type Route } from '../route.ts';
import { object, present, text } from '../state/json.ts';
import type { Fields } from '../state/model.ts';

function find({ realm, params }: Request): Fields {
  const component = realm.components.find((row) => row['id'] === params['id']);
  if (component === undefined) throw notFound('Could not find component');
  return component;
}

const list = ({ realm, query }: Request): Answer =>
  ok(realm.components.filter((row) => ([['type', 'providerType'], ['name', 'name'], ['parent', 'parentId']] as const).every(([key, field]) => query.get(key) === null || query.get(key) === row[field])));

function create({ realm, body }: Request): Answer {
  const sent = object(body);
  const id = text(sent['id']) ?? randomUUID();
  realm.components.push({ parentId: realm.id, ...present(sent), id, config: object(sent['config']) });
  return created(id);
}

/** The config merges by key; a masked value keeps the stored one. */
function update(request: Request): Answer {
  const component = find(request);
  const sent = object(request.body);
  const config = Object.entries(object(sent['config'])).filter(([, value]) => JSON.stringify(value) !== '["**********"]');
  Object.assign(component, present(sent), { id: component['id'], config: { ...object(component['config']), ...Object.fromEntries(config) } });
  return done;
}

function remove(request: Request): Answer {
  const component = find(request);
  request.realm.components = request.realm.components.filter((row) => row !== component);
  request.realm.keys = request.realm.keys.filter((key) => key.component !== component['id']);
  return done;
}

const EVENT = { event: 'COMPONENT' };

export const COMPONENT_ROUTES: readonly Route[] = [
  route('GET /components', 'view-realm', list),
  route('POST /components', 'manage-realm', create, EVENT),
  route('GET /components/{id}', 'view-realm', (request) => ok(find(request))),
  route('PUT /components/{id}', 'manage-realm', update, EVENT),
  route('DELETE /components/{id}', 'manage-realm', remove, EVENT),
];
