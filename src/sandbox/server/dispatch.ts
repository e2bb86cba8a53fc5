/** From a parsed call to an answer: which table, which realm, who may, and the admin event afterwards. */
import type { Json } from '../../realm/json.ts';
import { isAskable } from '../../realm/looks.ts';
import { recordAdminEvents } from './handlers/admin-events.ts';
import { authenticateAdmin } from './handlers/oidc/authenticate.ts';
import { OIDC_ROUTES } from './handlers/oidc/routes.ts';
import { createRealm, realmJson } from './handlers/realms.ts';
import { described, notFound, Refusal } from './refusal.ts';
import { match, ok, type Answer, type Method, type Request } from './route.ts';
import { ADMIN_ROUTES } from './routes.ts';
import { allows } from './permissions.ts';
import type { RealmRow, World } from './state/model.ts';
import { realmNamed } from './state/world.ts';

export interface Call {
  readonly method: string;
  /** As it stands in the request line, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Json;
  readonly form: URLSearchParams;
  readonly authorization: string | null;
  readonly now: number;
  readonly url: string;
}

/** Answers one call. Throws Refusal for everything that is not a success. */
export async function dispatch(world: World, call: Call): Promise<Answer> {
  if (call.path.includes('//')) throw described(400, 'missingNormalization', 'Request path not normalized');
  if ([...call.query.values()].some((value) => !isAskable(value))) throw new Refusal(400, { error: 'Blocking invalid query parameter value' });
  const [, realmsOrAdmin, second, third, ...rest] = call.path.split('/');
  if (realmsOrAdmin === 'realms' && second !== undefined) return oidc(world, call, decodeURIComponent(second), call.path.split('/').slice(3));
  if (realmsOrAdmin === 'admin' && second === 'serverinfo') return serverInfo(world, call);
  if (realmsOrAdmin === 'admin' && second === 'realms' && third === undefined) return realms(world, call);
  if (realmsOrAdmin === 'admin' && second === 'realms' && third !== undefined) return admin(world, call, decodeURIComponent(third), rest);
  throw unknownPath();
}

const unknownPath = (): Refusal => notFound('HTTP 404 Not Found');
const under = (parts: readonly string[]): string => (parts.length === 0 ? '' : `/${parts.join('/')}`);

function requestOf(world: World, call: Call, realm: RealmRow, path: string): Request {
  return { ...call, method: call.method as Method, path: decodeURIComponent(path.slice(1)), params: {}, world, realm, actor: null };
}

async function oidc(world: World, call: Call, name: string, parts: readonly string[]): Promise<Answer> {
  const realm = realmNamed(world, name);
  if (realm === undefined) throw notFound('Realm does not exist');
  const found = match(OIDC_ROUTES, call.method, under(parts));
  if (found === undefined) throw unknownPath();
  return found.route.handle({ ...requestOf(world, call, realm, under(parts)), params: found.params });
}

const master = (world: World): RealmRow => {
  const realm = realmNamed(world, 'master');
  if (realm === undefined) throw new Error('the sandbox has lost its master realm');
  return realm;
};

const forbidden = (): Refusal => new Refusal(403, { error: 'HTTP 403 Forbidden' });

/** Every administrator may ask, only a full one sees the version (facts, section 4). */
async function serverInfo(world: World, call: Call): Promise<Answer> {
  const request = requestOf(world, call, master(world), '/');
  const actor = await authenticateAdmin(request);
  const inOwnRealm = actor.admin ? actor : await authenticateAdmin({ ...request, realm: actor.realm });
  if (!allows(inOwnRealm, 'any')) throw forbidden();
  return ok(allows(inOwnRealm, 'realm-admin') ? { systemInfo: { version: world.version } } : {});
}

async function realms(world: World, call: Call): Promise<Answer> {
  const request = requestOf(world, call, master(world), '/');
  const actor = await authenticateAdmin(request);
  if (!actor.admin) throw forbidden();
  if (call.method === 'GET') return ok(world.realms.map(realmJson));
  if (call.method === 'POST') return createRealm({ ...request, actor });
  throw new Refusal(405, { error: 'HTTP 405 Method Not Allowed' });
}

async function admin(world: World, call: Call, name: string, parts: readonly string[]): Promise<Answer> {
  const path = under(parts);
  const realm = realmNamed(world, name);
  const asked = requestOf(world, call, realm ?? master(world), path);
  const actor = await authenticateAdmin(asked);
  if (realm === undefined) throw notFound('Realm not found.');
  const found = match(ADMIN_ROUTES, call.method, path);
  if (found === undefined) throw unknownPath();
  if (!allows(actor, found.route.needs)) {
    if (found.route.weak !== undefined && allows(actor, found.route.weak)) return ok([]);
    throw forbidden();
  }
  const request: Request = { ...asked, params: found.params, actor };
  // Whether events are kept is asked before and after: the write that switches them off is itself written down.
  const before = realm.fields['adminEventsEnabled'];
  const answer = await found.route.handle(request);
  if (found.route.event !== undefined) recordAdminEvents(before === true ? { ...request, realm: { ...realm, fields: { ...realm.fields, adminEventsEnabled: true } } } : request, found.route.event, answer);
  return answer;
}
