import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { execute } from '../process.ts';

/** The sources of the server. */
export const SOURCES = fileURLToPath(new URL('server', import.meta.url));

/** Gives the version of the Go compiler, such as `go1.26.8`. Throws one line that says what to install when there is none that is new enough. */
export async function goVersion(): Promise<string> {
  // Beside the sources, because Go itself compares its version with the one that their go.mod asks for.
  const version = await execute('go', ['env', 'GOVERSION'], { cwd: SOURCES }).catch((cause: unknown) => {
    throw new Error('The tests on a real Kubernetes need Go 1.26 or newer to build it: install it (on Debian: apt-get install golang).', { cause });
  });
  return version.trim();
}

/**
 * Gives the directory of a module in Go's own cache, where nothing can be written; it is downloaded first when it is not
 * there. Throws with the answer of the module proxy when that does not give it.
 */
export async function goModule(path: string, version: string): Promise<string> {
  await goVersion();
  const printed = await execute('go', ['mod', 'download', '-json', `${path}@v${version}`], { cwd: tmpdir() });
  const directory = /^\t"Dir": (".*"),?$/m.exec(printed)?.[1];
  if (directory === undefined) throw new Error(`Go does not say where it has ${path} ${version}: ${printed}`);
  return String(JSON.parse(directory));
}
