/** What users who log in meanwhile notice of a capture. */
import { Pool } from 'undici';
import { LOGIN_CLIENT, passwordOf } from './realm.ts';
import type { Bench } from './server.ts';
import type { Row } from './table.ts';
import { child } from './tool.ts';
import type { Measured } from './capture.ts';

/** Tokens a second, and how many at the most. */
const RATE = 10;
const MOST = 600;

interface Load {
  readonly latencies: readonly number[];
  readonly failed: number;
}

export async function tokens(bench: Bench): Promise<Row[]> {
  const { name } = await bench.realm('L');
  const pool = new Pool(bench.url, { connections: 16 });
  const users = await logIn(pool, name);
  const work = { server: { url: bench.url, ...bench.admin }, realm: name };
  // The first capture warms the server: what is asked is what a capture does to others, not what a cold cache does.
  await child<Measured>('capture', work);
  const quiet = await issue(pool, name, users, new Promise((resolve) => { setTimeout(resolve, 10_000); }));
  const busy = await issue(pool, name, users, child<Measured>('capture', work));
  await pool.close();
  const note = (load: Load): string => `p50 ${at(load, 0.5).toFixed(0)} ms, p99 ${at(load, 0.99).toFixed(0)} ms of ${load.latencies.length} refreshed tokens, ${RATE} a second, ${load.failed} failed`;
  return [{ what: 'p99 of tokens during the capture of L', found: at(busy, 0.99), bound: 100, unit: 'ms', note: `${note(busy)}; without a capture ${note(quiet)}` }];
}

async function logIn(pool: Pool, realm: string): Promise<string[]> {
  const found: string[] = [];
  for (let index = 0; index < 10; index += 1) {
    const username = `user${String(index).padStart(4, '0')}`;
    const answer = await ask(pool, realm, { grant_type: 'password', username, password: passwordOf(username) });
    found.push(answer.refresh);
  }
  return found;
}

/** Refreshes the sessions in turn, at a fixed rate whatever the answers take, until the work is done or the bound reached. */
async function issue(pool: Pool, realm: string, users: string[], work: Promise<unknown>): Promise<Load> {
  const ended = new AbortController();
  const finished = work.finally(() => ended.abort());
  const running: Promise<number | null>[] = [];
  while (!ended.signal.aborted && running.length < MOST) {
    running.push(refreshed(pool, realm, users, running.length % users.length));
    await new Promise((resolve) => { setTimeout(resolve, 1000 / RATE); });
  }
  await finished;
  const latencies = await Promise.all(running);
  return { latencies: latencies.filter((latency) => latency !== null), failed: latencies.filter((latency) => latency === null).length };
}

/** How long it took in milliseconds; null when it was refused. */
async function refreshed(pool: Pool, realm: string, users: string[], user: number): Promise<number | null> {
  const started = performance.now();
  try {
    const { refresh } = await ask(pool, realm, { grant_type: 'refresh_token', refresh_token: users[user] ?? '' });
    users[user] = refresh;
    return performance.now() - started;
  } catch {
    return null;
  }
}

async function ask(pool: Pool, realm: string, form: Readonly<Record<string, string>>): Promise<{ readonly refresh: string }> {
  const body = new URLSearchParams({ client_id: LOGIN_CLIENT, ...form }).toString();
  const answer = await pool.request({ method: 'POST', path: `/realms/${realm}/protocol/openid-connect/token`, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });
  const said = await answer.body.json() as { readonly refresh_token?: string };
  if (answer.statusCode !== 200) throw new Error(`a token was refused with ${answer.statusCode}`);
  return { refresh: said.refresh_token ?? '' };
}

function at({ latencies }: Load, share: number): number {
  return latencies.toSorted((a, b) => a - b)[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
}
