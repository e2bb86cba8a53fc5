/** The yardstick: the same requests with nothing around them. */
import { Pool } from 'undici';
import { atOnce } from './at-once.ts';

/** One request as it was sent, without its token. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
  readonly type: string | null;
}

export interface Bare {
  /** Sends them, so many at a time, and reads each answer to its end. Gives the wall time in milliseconds. */
  send(requests: readonly Sent[], width: number): Promise<number>;
  /** A token of the administrator, good for about a minute. */
  token(): Promise<string>;
  close(): Promise<void>;
}

const FORM = 'application/x-www-form-urlencoded';

export function openBare(url: string, admin: { readonly username: string; readonly password: string }): Bare {
  const pool = new Pool(url, { connections: 8, headersTimeout: 120_000, bodyTimeout: 120_000 });
  const token = async (): Promise<string> => {
    const body = new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...admin }).toString();
    const answer = await pool.request({ method: 'POST', path: '/realms/master/protocol/openid-connect/token', headers: { 'content-type': FORM }, body });
    return (await answer.body.json() as { access_token: string }).access_token;
  };
  return {
    token,
    send: async (requests, width) => {
      let bearer = token();
      let renewed = performance.now();
      await bearer;
      const started = performance.now();
      await atOnce(width, requests, async ({ method, path, body, type }) => {
        // Tokens of the realm master live for a minute, as the tool's do.
        if (performance.now() - renewed > 40_000) {
          renewed = performance.now();
          bearer = token();
        }
        const answer = await pool.request({ method: method as 'GET', path, body, headers: { authorization: `Bearer ${await bearer}`, accept: 'application/json', ...(type === null ? {} : { 'content-type': type }) } });
        await answer.body.text();
        if (answer.statusCode >= 500 || answer.statusCode === 401) throw new Error(`${method} ${path} answers ${answer.statusCode}`);
      });
      return performance.now() - started;
    },
    close: () => pool.close(),
  };
}
