import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { openAdminCalls, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { cacheDirectory } from './cache.ts';
import { javaHome } from './java.ts';
import { distribution, type Database } from './maven.ts';
import { startPostgres } from './postgres.ts';
import { execute, freePort, start, type Daemon } from './process.ts';
import { releaseOf } from './releases.ts';

/** The version that the suite is about. */
export const KEYCLOAK_VERSION = '26.7.4';

export interface KeycloakOptions {
  readonly version?: string;
  /** H2 is quicker; only PostgreSQL can be imported into while the server runs. */
  readonly database?: Database;
  /** More arguments for `kc.sh start`. */
  readonly args?: readonly string[];
  /** More environment for it, such as JAVA_OPTS_APPEND. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a start is given beyond what the node always needs. */
export interface Launch {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface RealKeycloak {
  readonly url: string;
  readonly version: string;
  readonly admin: { readonly username: string; readonly password: string };
  /** Calls to one realm as administrator. */
  calls(realm: string): AdminCalls;
  /** Ends the node; database and port stay, so that `start` gives the same server again. */
  halt(): Promise<void>;
  /** @param more  more arguments and environment, for this start only; where it fails nothing runs any more */
  start(more?: Launch): Promise<void>;
  restart(more?: Launch): Promise<void>;
  /** `kc.sh export` of one realm with users into a file. With H2 the node must be halted. */
  export(realm: string, file: string): Promise<string>;
  /** `kc.sh import` of a file, overwriting unless told otherwise. With H2 the node must be halted. Gives the log. */
  import(file: string, options?: { readonly override?: boolean }): Promise<string>;
  /** Another command of `kc.sh`, with arguments and environment as given and the store of this node; throws when it fails. Gives the log. */
  command(words: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
  /** Where `start --import-realm` looks for files; it need not be there. */
  readonly importDirectory: string;
  readonly logFile: string;
  /** Ends everything and deletes it. The log is kept, and its path printed, when `failed` is true. */
  stop(failed?: boolean): Promise<void>;
}

const ADMIN = { username: 'admin', password: 'admin' } as const;

/** Export and import end before the second compiler would pay: half the time. */
const QUICK = '-XX:TieredStopAtLevel=1';

/** How long a start may take on a busy two-core machine, in milliseconds. */
const START_LIMIT = 240_000;

/**
 * Starts a Keycloak of its own: own database, own data directory, free loopback port. About 12 s once the
 * distribution is in the cache. Throws when Java, Maven or PostgreSQL is missing, or the server does not come up;
 * the message names the log.
 */
export async function startKeycloak(options: KeycloakOptions = {}): Promise<RealKeycloak> {
  const version = options.version ?? KEYCLOAK_VERSION;
  const database = options.database ?? 'h2';
  const [built, java, port] = [await distribution(version, database), await javaHome(releaseOf(version).java), await freePort()];
  const postgres = database === 'postgres' ? await startPostgres() : undefined;
  const home = await instance(built);
  const logFile = await newLog(port);
  const script = join(home, 'bin/kc.sh');
  const url = `http://127.0.0.1:${port}`;
  const env = { ...process.env, JAVA_HOME: java, ...bootstrapAdmin(version) };
  const store = postgres === undefined ? [] : [`--db-url=${postgres.jdbcUrl}`, `--db-username=${postgres.user}`];
  const listen = ['--http-enabled=true', '--http-host=127.0.0.1', `--http-port=${port}`, '--hostname-strict=false', ...(releaseOf(version).cache === 'start' ? ['--cache=local'] : [])];
  let node: Daemon | undefined;

  const keycloak: RealKeycloak = {
    url,
    version,
    admin: ADMIN,
    logFile,
    calls: (realm) => openAdminCalls({ url, ...ADMIN, realm }),
    importDirectory: join(home, 'data/import'),
    async start(more = {}) {
      const [args, own] = [[...options.args ?? [], ...more.args ?? []], { ...options.env, ...more.env }];
      node ??= start(script, ['start', '--optimized', ...listen, ...store, ...args], { env: { ...env, ...own }, log: logFile });
      try {
        await node.until(() => answers(url), START_LIMIT);
      } catch (cause) {
        await keycloak.halt();
        throw cause;
      }
    },
    async halt() {
      await node?.stop();
      node = undefined;
    },
    async restart(more) {
      await keycloak.halt();
      await keycloak.start(more);
    },
    export: (realm, file) => keycloak.command(['export', '--realm', realm, '--file', file]),
    import: (file, how) => keycloak.command(['import', '--file', file, `--override=${how?.override ?? true}`]),
    command: (words, own = {}) => execute(script, [...words, '--optimized', ...store], { env: { ...env, ...own, JAVA_OPTS_APPEND: `${QUICK} ${own['JAVA_OPTS_APPEND'] ?? ''}`.trim() } }),
    async stop(failed = false) {
      await keycloak.halt();
      await postgres?.stop();
      await rm(home, { recursive: true, force: true });
      if (failed) process.stderr.write(`Log of Keycloak at ${url}: ${logFile}\n`);
      else await rm(logFile, { force: true });
    },
  };
  try {
    await keycloak.start();
  } catch (cause) {
    await keycloak.stop(true);
    throw cause;
  }
  return keycloak;
}

/**
 * A home of its own that shares the big parts: kc.sh takes the directory above itself for its home, and `data` lies
 * there. The script is copied because it follows links to itself.
 */
async function instance(built: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'realm-rescue-keycloak-'));
  await mkdir(join(home, 'bin'));
  await copyFile(join(built, 'bin/kc.sh'), join(home, 'bin/kc.sh'));
  for (const part of ['lib', 'providers', 'themes', 'conf', 'version.txt']) await symlink(join(built, part), join(home, part));
  return home;
}

async function newLog(port: number): Promise<string> {
  const directory = join(cacheDirectory(), 'logs');
  await mkdir(directory, { recursive: true });
  return join(directory, `keycloak-${process.pid}-${port}.log`);
}

/** Keycloak 26 renamed the variables of the first administrator. */
function bootstrapAdmin(version: string): Record<string, string> {
  return Number(version.split('.')[0]) >= 26
    ? { KC_BOOTSTRAP_ADMIN_USERNAME: ADMIN.username, KC_BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password }
    : { KEYCLOAK_ADMIN: ADMIN.username, KEYCLOAK_ADMIN_PASSWORD: ADMIN.password };
}

/** Ready means that an administrator can log in: 26.7 listens before that and answers 503. */
async function answers(url: string): Promise<boolean> {
  const body = new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...ADMIN }).toString();
  const response = await request(`${url}/realms/master/protocol/openid-connect/token`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });
  await response.body.dump();
  return response.statusCode === 200;
}
