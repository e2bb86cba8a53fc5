import { readdir, readFile, realpath } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Release } from './releases.ts';

/** Where Linux distributions put Java. */
const INSTALLED = '/usr/lib/jvm';

/**
 * Gives the JAVA_HOME of a JDK that a release of Keycloak runs on: $JAVA_HOME, then the installed ones, then `java` on the PATH.
 * Throws one line that says what to install: a suite that needs a real server fails without one, it never skips.
 */
export async function javaHome({ oldest, newest }: Release['java']): Promise<string> {
  const homes = [process.env['JAVA_HOME'] ?? '', ...await installed(), ...await onPath()];
  for (const home of homes) {
    const version = home === '' ? 0 : await majorVersion(home);
    if (version >= oldest && version <= newest) return home;
  }
  const wanted = Number.isFinite(newest) ? `Java ${oldest} to ${newest}` : `Java ${oldest} or newer`;
  throw new Error(`The tests on this Keycloak need ${wanted}: install one (on Debian: apt-get install openjdk-${oldest}-jdk-headless) or set JAVA_HOME.`);
}

async function installed(): Promise<string[]> {
  const names = await readdir(INSTALLED).catch((): string[] => []);
  return names.sort().reverse().map((name) => join(INSTALLED, name));
}

async function onPath(): Promise<string[]> {
  const found = await Promise.all((process.env['PATH'] ?? '').split(delimiter).map((directory) => realpath(join(directory, 'java')).catch(() => '')));
  return found.filter((path) => path !== '').map((path) => dirname(dirname(path)));
}

/** Every JDK states its version in a file, which is quicker to read than a JVM is to start. 0 where there is none. */
async function majorVersion(home: string): Promise<number> {
  const release = await readFile(join(home, 'release'), 'utf8').catch(() => '');
  return Number(/^JAVA_VERSION="(\d+)/m.exec(release)?.[1] ?? 0);
}
