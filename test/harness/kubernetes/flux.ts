import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { opened } from '../between.ts';
import type { RealKubernetes } from '../kubernetes.ts';
import { execute, freePort } from '../process.ts';
import { kustomizeController } from './build.ts';
import { healthy, openGroup } from './controller.ts';

export interface FluxOptions {
  /** A directory with a git repository. */
  readonly repository: string;
  /** Of the GitRepository; a Kustomization names it as its source. */
  readonly name?: string;
}

export interface RealFlux {
  /** Where the GitRepository is, and where Kustomizations are best put. */
  readonly namespace: string;
  readonly sourceRef: { readonly kind: 'GitRepository'; readonly name: string };
  readonly logFiles: readonly string[];
  /** Does what the source-controller would when it found a new commit: offers the committed files. Gives the revision, such as `main@sha1:…`. */
  publish(): Promise<string>;
  /** Ends everything; what is in Kubernetes stays. Logs are kept, and their paths printed, when `failed` is true. */
  stop(failed?: boolean): Promise<void>;
}

const NAMESPACE = 'flux-system';

/**
 * Starts the real kustomize-controller of Flux on a server with the CRD set `flux`, and a source for it that holds
 * nothing until `publish`. Throws when Go is missing, or the controller does not come up; the message names the log.
 */
export async function startFlux(kubernetes: RealKubernetes, options: FluxOptions): Promise<RealFlux> {
  const { repository, name = 'realm' } = options;
  const { admin } = kubernetes;
  const [program, health] = [await kustomizeController(), await freePort()];
  const source = `/apis/source.toolkit.fluxcd.io/v1/namespaces/${NAMESPACE}/gitrepositories/${name}`;
  await admin.apply(`/api/v1/namespaces/${NAMESPACE}`, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }, { fieldManager: 'installation' });
  await admin.apply(source, {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name },
    spec: { interval: '1h', url: 'https://git.invalid/realm.git', ref: { branch: 'main' } },
  }, { fieldManager: 'installation' });

  const archives = new Map<string, Buffer>();
  const server = await opened(createServer((request, response) => {
    const archive = archives.get(request.url ?? '');
    response.writeHead(archive === undefined ? 404 : 200).end(archive);
  }));
  const group = await openGroup(kubernetes.kubeconfig('admin'));
  async function stop(failed?: boolean): Promise<void> {
    await group.stop(failed);
    await server.close();
  }
  try {
    await group.run('kustomize-controller', program, ['--health-addr', `127.0.0.1:${health}`, '--metrics-addr', '0', '--watch-all-namespaces'], () => healthy(`http://127.0.0.1:${health}/readyz`), { RUNTIME_NAMESPACE: NAMESPACE });
  } catch (cause) {
    await stop(true);
    throw cause;
  }

  const git = async (...args: readonly string[]): Promise<string> => (await execute('git', ['-C', repository, ...args])).trim();
  return {
    namespace: NAMESPACE,
    sourceRef: { kind: 'GitRepository', name },
    logFiles: group.logFiles,
    stop,
    async publish() {
      const commit = await git('rev-parse', 'HEAD');
      const revision = `${await git('rev-parse', '--abbrev-ref', 'HEAD')}@sha1:${commit}`;
      const [path, file] = [`/${commit}.tar.gz`, join(group.directory, `${commit}.tar.gz`)];
      await git('archive', '--format=tar.gz', '-o', file, commit);
      const archive = await readFile(file);
      archives.set(path, archive);
      const [now, generation] = [new Date().toISOString(), (await admin.get(source))?.metadata.generation ?? 1];
      await admin.merge(`${source}/status`, {
        status: {
          observedGeneration: generation,
          artifact: { path: path.slice(1), url: server.url + path, revision, digest: `sha256:${createHash('sha256').update(archive).digest('hex')}`, size: archive.length, lastUpdateTime: now },
          conditions: [{ type: 'Ready', status: 'True', reason: 'Succeeded', message: `stored artifact for revision '${revision}'`, lastTransitionTime: now, observedGeneration: generation }],
        },
      }, { fieldManager: 'source-controller' });
      return revision;
    },
  };
}
