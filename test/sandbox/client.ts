import type { Json, JsonObject } from '../../src/realm/json.ts';
import type { Sandbox } from '../../src/sandbox/server/sandbox.ts';

export interface Reply {
  readonly status: number;
  readonly body: Json;
  readonly location: string | null;
}

/** A caller of the sandbox for tests: an administrator of one realm, and its token endpoint. */
export interface Caller {
  admin(method: string, path: string, body?: Json): Promise<Reply>;
  /** The id of what was made. */
  create(path: string, body: Json): Promise<string>;
  grant(form: Record<string, string>): Promise<Reply>;
}

/** A connection that is kept would be a dead one after the server on that port was started anew. */
const ONCE = { connection: 'close' };

async function reply(response: Response): Promise<Reply> {
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : (JSON.parse(text) as Json), location: response.headers.get('location') };
}

export async function token(url: string, realm: string, form: Record<string, string>): Promise<Reply> {
  return reply(await fetch(`${url}/realms/${realm}/protocol/openid-connect/token`, { method: 'POST', headers: ONCE, body: new URLSearchParams(form) }));
}

export async function callerOf(sandbox: Sandbox, realm: string): Promise<Caller> {
  const login = await token(sandbox.url, 'master', { grant_type: 'password', client_id: 'admin-cli', ...sandbox.admin });
  const bearer = String((login.body as JsonObject)['access_token']);
  const admin = async (method: string, path: string, body?: Json): Promise<Reply> =>
    reply(await fetch(`${sandbox.url}/admin/realms${path.startsWith('^') ? path.slice(1) : `/${realm}${path}`}`, {
      method, headers: { ...ONCE, authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }));
  return {
    admin,
    create: async (path, body) => {
      const made = await admin('POST', path, body);
      if (made.status !== 201) throw new Error(`${path} gave ${made.status} ${JSON.stringify(made.body)}`);
      return made.location?.split('/').at(-1) ?? '';
    },
    grant: (form) => token(sandbox.url, realm, form),
  };
}

export const payload = (jwt: unknown): JsonObject => JSON.parse(Buffer.from(String(jwt).split('.')[1] ?? '', 'base64url').toString()) as JsonObject;

/** A realm with a client `app` that has a group mapper, and a user `ann` in the group `platform`. */
export const SMALL_REALM: JsonObject = {
  realm: 'small', enabled: true, adminEventsEnabled: true, adminEventsDetailsEnabled: true, roles: { realm: [{ name: 'staff' }] }, groups: [{ name: 'platform', realmRoles: ['staff'] }],
  clients: [{
    id: 'c0ffee00-0000-4000-8000-000000000001', clientId: 'app', secret: 's-app', directAccessGrantsEnabled: true, serviceAccountsEnabled: true,
    protocolMappers: [{ id: 'c0ffee00-0000-4000-8000-000000000002', name: 'groups', protocol: 'openid-connect', protocolMapper: 'oidc-group-membership-mapper', config: { 'claim.name': 'groups', 'access.token.claim': 'true', 'id.token.claim': 'true' } }],
  }],
  users: [{ username: 'ann', enabled: true, groups: ['/platform'], credentials: [{ type: 'password', value: 'pw' }] }],
};
export const APP = 'c0ffee00-0000-4000-8000-000000000001';
export const GROUPS = 'c0ffee00-0000-4000-8000-000000000002';
export const APP_LOGIN = { client_id: 'app', client_secret: 's-app' };
export const ANN_LOGIN = { grant_type: 'password', username: 'ann', password: 'pw', ...APP_LOGIN };
