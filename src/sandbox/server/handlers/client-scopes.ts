import { errorMessage } from '../refusal.ts';
import { created, done, ok, route, type Answer, type Request, type Route } from '../route.ts';
import { buildScope } from '../state/build.ts';
import { clientOf, scopeOf } from '../state/find.ts';
import { object, text } from '../state/json.ts';
import type { ScopeRow } from '../state/model.ts';
import { scopeJson } from '../state/represent.ts';
import { mergeAttributes } from './clients.ts';

function create({ realm, body }: Request): Answer {
  const scope = buildScope(object(body));
  if (!/^[^\s"\\]+$/.test(scope.name)) throw errorMessage(400, `Unexpected name "${scope.name}" for ClientScope`);
  if (realm.scopes.some((row) => row.name === scope.name || row.id === scope.id)) throw errorMessage(409, `Client Scope ${scope.name} already exists`);
  realm.scopes.push(scope);
  return created(scope.id);
}

/** Mappers in the body are ignored, with 204 all the same (facts, section 3). */
function update(request: Request): Answer {
  const scope = scopeOf(request);
  const body = object(request.body);
  scope.name = text(body['name']) ?? scope.name;
  scope.description = text(body['description']) ?? scope.description;
  scope.protocol = text(body['protocol']) ?? scope.protocol;
  scope.attributes = mergeAttributes(scope.attributes, object(body['attributes']));
  return done;
}

/** A scope that goes takes its links along, to clients and to the realm's defaults. */
function remove(request: Request): Answer {
  const { realm } = request;
  const scope = scopeOf(request);
  const others = (ids: string[]): string[] => ids.filter((id) => id !== scope.id);
  for (const client of realm.clients) {
    client.defaults = others(client.defaults);
    client.optionals = others(client.optionals);
  }
  realm.defaultScopes = others(realm.defaultScopes);
  realm.optionalScopes = others(realm.optionalScopes);
  realm.scopes = realm.scopes.filter((row) => row !== scope);
  return done;
}

type Pair = { readonly mine: string[]; readonly other: string[] };

/** The two lists that a link may stand in; the one that the path names first. */
function linkPair(request: Request): Pair {
  const isDefault = request.path.includes('default-client-scopes');
  const [defaults, optionals] = request.params['client'] === undefined ? realmLists(request) : clientLists(request);
  return isDefault ? { mine: defaults, other: optionals } : { mine: optionals, other: defaults };
}

const clientLists = (request: Request): [string[], string[]] => {
  const client = clientOf(request);
  return [client.defaults, client.optionals];
};
const realmLists = ({ realm }: Request): [string[], string[]] => [realm.defaultScopes, realm.optionalScopes];

/** 204 and no change when the scope is linked already, in either role; the admin event is written nevertheless. */
function link(request: Request): Answer {
  const { mine, other } = linkPair(request);
  const scope = scopeOf(request, 'Client scope not found');
  if (!mine.includes(scope.id) && !other.includes(scope.id)) mine.push(scope.id);
  return { ...done, events: [{ operation: 'CREATE' }] };
}

/** Takes the link away from whichever role it is in, whatever role the path names. */
function unlink(request: Request): Answer {
  const { mine, other } = linkPair(request);
  const scope = scopeOf(request, 'Client scope not found');
  for (const list of [mine, other]) if (list.includes(scope.id)) list.splice(list.indexOf(scope.id), 1);
  return done;
}

function linked(request: Request, row: (scope: ScopeRow) => Record<string, string>): Answer {
  const { mine } = linkPair(request);
  return ok(request.realm.scopes.filter((scope) => mine.includes(scope.id)).map(row));
}

const listLinks = (request: Request): Answer => linked({ ...request, realm: { ...request.realm, scopes: request.realm.scopes.filter((scope) => scope.protocol === clientOf(request).fields['protocol']) } }, ({ id, name }) => ({ id, name }));
const listDefaults = (request: Request): Answer => linked(request, ({ id, name, protocol }) => ({ id, name, protocol }));

const LINK = { event: 'CLIENT_SCOPE_CLIENT_MAPPING' };
const SCOPE = { event: 'CLIENT_SCOPE' };

export const CLIENT_SCOPE_ROUTES: readonly Route[] = [
  route('GET /client-scopes', 'view-clients', ({ realm }) => ok(realm.scopes.map((scope) => scopeJson(realm, scope))), { weak: 'query-clients' }),
  route('POST /client-scopes', 'manage-clients', create, SCOPE),
  route('GET /client-scopes/{scope}', 'view-clients', (request) => ok(scopeJson(request.realm, scopeOf(request)))),
  route('PUT /client-scopes/{scope}', 'manage-clients', update, SCOPE),
  route('DELETE /client-scopes/{scope}', 'manage-clients', remove, SCOPE),
  ...['default', 'optional'].flatMap((kind) => [
    route(`GET /clients/{client}/${kind}-client-scopes`, 'view-clients', listLinks),
    route(`PUT /clients/{client}/${kind}-client-scopes/{scope}`, 'manage-clients', link, LINK),
    route(`DELETE /clients/{client}/${kind}-client-scopes/{scope}`, 'manage-clients', unlink, LINK),
    route(`GET /default-${kind}-client-scopes`, 'view-clients', listDefaults),
    route(`PUT /default-${kind}-client-scopes/{scope}`, 'manage-clients', link, SCOPE),
    route(`DELETE /default-${kind}-client-scopes/{scope}`, 'manage-clients', unlink, SCOPE),
  ]),
];
