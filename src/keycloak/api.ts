/** The Admin API of one realm: addresses, tokens, and what its refusals mean. */
import { RescueError } from '../realm/errors.ts';
import type { Json } from '../realm/json.ts';
import { address, encodePath, type Query } from './address.ts';
import { openHttp, type Call, type Http, type Reply } from './http.ts';
import { listOfPeople, openPeople, SILENCE } from './people.ts';
import type { Target } from './target.ts';
import { serverWords } from './text.ts';
import { openTokens, type Tokens } from './token.ts';
import { serverInfoIn, type ServerInfo } from './version.ts';

export type Path = readonly string[];

export interface Api {
  readonly realm: string;
  /** The realm of the login; other writers may have logged in there too. */
  readonly authRealm: string;
  readonly http: Http;
  readonly tokens: Tokens;
  /** `/admin/realms/{realm}/...` as it is sent, without the base address. */
  path(parts: Path): string;
  /** GET below the realm, whatever its status. */
  get(parts: Path, query?: Query): Promise<Reply>;
  /** GET below the realm: the body, null for 404, and for 405, which says that this release has no such read. Throws RescueError `missing-role` for 403, `server-error` for any other refusal. */
  read(parts: Path, query?: Query): Promise<Json>;
  /** A write below the realm, sent once, whatever its status; a GET too, where it makes what is missing. */
  send(method: Call['method'], parts: Path, json?: Json, query?: Query): Promise<Reply>;
  /** A POST below the realm that only reads. */
  ask(parts: Path, query?: Query, json?: Json): Promise<Reply>;
  /** GET of any resource of the server, by its parts below the base address. */
  getFromServer(parts: Path, query?: Query): Promise<Reply>;
  /** What the server says about itself, asked for once. */
  server(): Promise<ServerInfo>;
  /** A form for an endpoint of the realm's OpenID Connect protocol (token, introspection). */
  postForm(endpoint: Path, form: Readonly<Record<string, string>>, authorization?: string): Promise<Reply>;
}

export function openApi(target: Target): Api {
  const http = openHttp(target);
  const tokens = openTokens(http, target);
  const people = openPeople();
  const root = ['admin', 'realms', target.realm];

  const authorised = async (call: Omit<Call, 'authorization'>): Promise<Reply> => {
    const token = await tokens.access();
    const reply = await http.call({ ...call, authorization: `Bearer ${token}` });
    // 401 comes before the request is looked at: even a write has not happened.
    return reply.status === 401 ? http.call({ ...call, authorization: `Bearer ${await tokens.renew(token)}` }) : reply;
  };

  const read = (parts: Path, query?: Query): Promise<Reply> => {
    const call = { method: 'GET', url: address(http.base, parts, query) } as const;
    const [, , realm = '', ...below] = parts;
    const list = listOfPeople(below);
    return list === undefined ? authorised(call) : people.ask(`${list} ${realm}`, () => authorised({ ...call, silence: SILENCE }));
  };
  const get = (parts: Path, query?: Query) => read([...root, ...parts], query);

  let info: Promise<ServerInfo> | undefined;
  const readInfo = async (): Promise<ServerInfo> => {
    try {
      return serverInfoIn((await read(['admin', 'serverinfo'])).body);
    } catch (error) {
      info = undefined;
      throw error;
    }
  };

  return {
    realm: target.realm,
    authRealm: target.authRealm,
    http,
    tokens,
    path: (parts) => encodePath([...root, ...parts]),
    get,
    read: async (parts, query) => {
      const reply = await get(parts, query);
      if (reply.status === 404 || reply.status === 405) return null;
      if (reply.status >= 400) throw refusal(reply, `GET ${encodePath([...root, ...parts])}`);
      return reply.body;
    },
    send: (method, parts, json, query) => authorised({ method, url: address(http.base, [...root, ...parts], query), ...(method === 'GET' ? { makes: true } : {}), ...(json === undefined ? {} : { json }) }),
    ask: (parts, query, json) => authorised({ method: 'POST', url: address(http.base, [...root, ...parts], query), harmless: true, ...(json === undefined ? {} : { json }) }),
    getFromServer: read,
    server: () => (info ??= readInfo()),
    postForm: (endpoint, form, authorization) => http.call({
      method: 'POST',
      url: address(http.base, ['realms', target.realm, 'protocol', 'openid-connect', ...endpoint]),
      form,
      harmless: true,
      ...(authorization === undefined ? {} : { authorization }),
    }),
  };
}

/** What a refused read means for a person. */
export function refusal(reply: Reply, what: string): RescueError {
  const words = serverWords(reply.body);
  const said = words && `: ${words}`;
  if (reply.status === 401) return new RescueError('refused-login', `The server does not accept the login for ${what}${said}.`, ['Log in again; the account may have been disabled or its session ended.']);
  if (reply.status === 403) return new RescueError('missing-role', `These credentials may not do ${what}${said}.`, ['Run realm-rescue doctor to see which role of realm-management is missing.']);
  return new RescueError('server-error', `The server answers ${what} with ${reply.status}${said}.`, ['Look into the log of the server, then try again.']);
}
