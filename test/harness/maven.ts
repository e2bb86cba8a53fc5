import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from './cache.ts';
import { javaHome } from './java.ts';
import { execute } from './process.ts';
import { releaseOf } from './releases.ts';

/** Databases that a server can be built for: H2 in its own data directory, or PostgreSQL. */
export type Database = 'h2' | 'postgres';

/**
 * Gives the directory of a Keycloak distribution that is built for a database, from the cache or from Maven Central.
 * The first time costs a download of 176 MB and a build of half a minute. Throws when Java or Maven is missing.
 */
export async function distribution(version: string, database: Database): Promise<string> {
  const release = releaseOf(version);
  const java = await javaHome(release.java);
  const plain = await cached(`keycloak-${version}`, (directory) => unpack(version, java, directory));
  return cached(`keycloak-${version}-${database}`, async (directory) => {
    await cp(plain, directory, { recursive: true });
    // A local cache: one node needs no cluster, and an import does not tell other nodes anyway.
    const vendor = database === 'h2' ? 'dev-file' : 'postgres';
    await execute(join(directory, 'bin/kc.sh'), ['build', `--db=${vendor}`, ...(release.cache === 'build' ? ['--cache=local'] : [])], { env: { ...process.env, JAVA_HOME: java } });
    // The build starts a server once, which leaves a data directory: every instance has its own.
    await rm(join(directory, 'data'), { recursive: true, force: true });
  });
}

async function unpack(version: string, java: string, directory: string): Promise<void> {
  const artifact = `org.keycloak:keycloak-quarkus-dist:${version}:tar.gz`;
  const env = { ...process.env, JAVA_HOME: java };
  await execute('mvn', ['--version'], { env }).catch((cause: unknown) => {
    throw new Error('The tests on a real Keycloak need Maven to download it: install it (on Debian: apt-get install maven).', { cause });
  });
  await execute('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${directory}`], { env, cwd: directory });
  const archive = join(directory, `keycloak-quarkus-dist-${version}.tar.gz`);
  await execute('tar', ['-xzf', archive, '--strip-components=1', '-C', directory]);
  await rm(archive);
}
