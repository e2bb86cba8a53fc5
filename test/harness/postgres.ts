import { chown, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, freePort, start } from './process.ts';

/** A throw-away PostgreSQL cluster on loopback with one empty database. */
export interface Postgres {
  readonly jdbcUrl: string;
  readonly user: string;
  /** Ends the server and deletes the cluster. */
  stop(): Promise<void>;
}

const USER = 'keycloak';

/** Where Debian puts the programs of each major version; other systems have them on the PATH. */
const INSTALLED = '/usr/lib/postgresql';

/** Makes and starts a cluster, in about two seconds. Throws one line that says what to install when there is none. */
export async function startPostgres(): Promise<Postgres> {
  const programs = await programDirectory();
  const runAs = await unprivileged();
  const directory = await mkdtemp(join(tmpdir(), 'realm-rescue-postgres-'));
  if (runAs.uid !== undefined && runAs.gid !== undefined) await chown(directory, runAs.uid, runAs.gid);
  const options = { cwd: directory, env: { PATH: process.env['PATH'], LC_ALL: 'C' }, ...runAs };
  const data = join(directory, 'data');
  await execute(join(programs, 'initdb'), ['-D', data, '-U', USER, '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync'], options);

  const port = await freePort();
  // Nothing here has to outlive a power cut.
  const settings = ['listen_addresses=127.0.0.1', 'fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];
  const log = join(directory, 'log');
  const server = start(join(programs, 'postgres'), ['-D', data, '-p', String(port), '-k', directory, ...settings.flatMap((setting) => ['-c', setting])], { ...options, log });
  const target = ['-h', '127.0.0.1', '-p', String(port), '-U', USER];
  async function stop(): Promise<void> {
    await server.stop('SIGINT');
    await rm(directory, { recursive: true, force: true });
  }
  try {
    await server.until(() => execute(join(programs, 'pg_isready'), target).then(() => true), 30_000);
    await execute(join(programs, 'createdb'), [...target, 'keycloak']);
  } catch (cause) {
    await server.stop('SIGINT');
    throw cause;
  }
  return { jdbcUrl: `jdbc:postgresql://127.0.0.1:${port}/keycloak`, user: USER, stop };
}

async function programDirectory(): Promise<string> {
  const versions = await readdir(INSTALLED).catch((): string[] => []);
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(INSTALLED, version, 'bin'));
  for (const directory of [...newestFirst, ...(process.env['PATH'] ?? '').split(':')]) {
    if (directory !== '' && await stat(join(directory, 'initdb')).then(() => true, () => false)) return directory;
  }
  throw new Error('The tests on a real Keycloak need PostgreSQL: install it (on Debian: apt-get install postgresql).');
}

/** PostgreSQL refuses to run as root; the package brings a user of its own. */
async function unprivileged(): Promise<{ readonly uid?: number; readonly gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all(['-u', '-g'].map((flag) => execute('id', [flag, name]))).catch(() => undefined);
    const [uid, gid] = (ids ?? []).map(Number);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error('PostgreSQL does not run as root and there is no user postgres or nobody to run it as.');
}
