import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached } from '../cache.ts';
import { execute } from '../process.ts';
import { goModule, goVersion, SOURCES } from './go.ts';

/** The version of the API server; the go.mod beside its sources asks for the same. */
export const KUBERNETES_VERSION = '1.36.3';

/** 3.5 and later do not build from the module alone: it lacks the folder that they take the GitOps engine from. */
export const ARGO_VERSION = '3.2.0';

export const FLUX_VERSION = '1.9.5';

/** Without these stamps the server calls itself v0.0.0-master+$Format:%H$, which kubectl and Helm refuse to read. */
const STAMPS = Object.entries({
  gitVersion: `v${KUBERNETES_VERSION}`,
  gitMajor: KUBERNETES_VERSION.split('.')[0],
  gitMinor: KUBERNETES_VERSION.split('.')[1],
  gitCommit: 'tests',
  gitTreeState: 'clean',
}).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`).join(' ');

/** No paths of this machine, no symbols: half the size, and the same binary everywhere. */
const SMALL = ['-trimpath', '-buildvcs=false'] as const;

/** Gives the path of the program in `server/`: the real kube-apiserver with its etcd. Cold it takes 8 minutes of CPU time to build. */
export async function serverProgram(): Promise<string> {
  return builtOnce('kube-apiserver', `${KUBERNETES_VERSION}-${await fingerprint()}`, async (program) => {
    await execute('go', ['build', ...SMALL, '-ldflags', `-s -w ${STAMPS}`, '-o', program, '.'], { cwd: SOURCES });
  });
}

/** Gives the path of the one binary of Argo CD; ARGOCD_BINARY_NAME tells it which of its parts to be. Cold it takes 8 minutes of CPU time to build. */
export async function argocd(): Promise<string> {
  return builtOnce('argocd', ARGO_VERSION, async (program) => {
    await inCopy(await goModule('github.com/argoproj/argo-cd/v3', ARGO_VERSION), async (directory) => {
      // The user interface is embedded, and not part of the module.
      await mkdir(join(directory, 'ui/dist/app'), { recursive: true });
      await writeFile(join(directory, 'ui/dist/app/index.html'), '');
      // The only listener of the three that no flag moves off the network.
      await edit(join(directory, 'controller/appcontroller.go'), '"0.0.0.0:%d"', '"127.0.0.1:%d"');
      await execute('go', ['build', ...SMALL, '-ldflags', '-s -w', '-o', program, './cmd'], { cwd: directory });
    });
  });
}

/** Gives the path of the kustomize-controller of Flux. Cold it takes 6 minutes of CPU time to build. */
export async function kustomizeController(): Promise<string> {
  return builtOnce('kustomize-controller', FLUX_VERSION, async (program) => {
    const path = 'github.com/fluxcd/kustomize-controller';
    await inCopy(await goModule(path, FLUX_VERSION), async (directory) => {
      // Its API is a module of its own, which the sources expect in a folder that is not part of this one.
      await execute('go', ['mod', 'edit', `-dropreplace=${path}/api`], { cwd: directory });
      await execute('go', ['build', '-mod=mod', ...SMALL, '-ldflags', '-s -w', '-o', program, '.'], { cwd: directory });
    });
  });
}

/** Keeps the binary alone: what the compiler leaves in its own cache is twenty times as big. */
async function builtOnce(name: string, key: string, build: (program: string) => Promise<void>): Promise<string> {
  const directory = await cached(`${name}-${key}-${await goVersion()}`, async (directory) => {
    process.stderr.write(`Building ${name}, once; this takes some minutes.\n`);
    await build(join(directory, name));
  });
  return join(directory, name);
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256').update(STAMPS);
  for (const name of (await readdir(SOURCES)).sort()) hash.update(`\0${name}\0`).update(await readFile(join(SOURCES, name)));
  return hash.digest('hex').slice(0, 12);
}

async function inCopy(module: string, work: (directory: string) => Promise<void>): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), 'realm-rescue-go-'));
  try {
    const copy = join(place, 'module');
    await cp(module, copy, { recursive: true });
    await execute('chmod', ['-R', 'u+w', copy]);
    await work(copy);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}.`);
  await writeFile(file, text.replace(from, to));
}
