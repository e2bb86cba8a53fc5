import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { RealKubernetes } from '../kubernetes.ts';
import { execute, freePort } from '../process.ts';
import { argocd } from './build.ts';
import { healthy, openGroup } from './controller.ts';

export interface ArgoOptions {
  /** A directory with a git repository, which is read where it lies. */
  readonly repository: string;
  /** Runs the ApplicationSet controller as well, for which the server needs the CRD set `applicationset` or `applicationset-full`. */
  readonly applicationSets?: boolean;
}

export interface RealArgo {
  /** Where Applications and AppProjects are looked for. There is a project `default` that allows everything. */
  readonly namespace: string;
  /** What an Application calls the repository. */
  readonly repoUrl: string;
  /** What an Application calls the cluster. */
  readonly server: string;
  readonly logFiles: readonly string[];
  /** Asks for a comparison with the newest commit and waits until it is done. Throws when nobody takes the request up, as for a paused controller. */
  refresh(application: string): Promise<void>;
  /** Ends everything; what is in Kubernetes stays. Logs are kept, and their paths printed, when `failed` is true. */
  stop(failed?: boolean): Promise<void>;
}

const NAMESPACE = 'argocd';
const REFRESH_LIMIT = 60_000;

/**
 * Starts the real Argo CD, without its own API server and user interface, on a server with the CRD set `argo`. It compares
 * every 10 s and heals after 2 s. Throws when Go or redis-server is missing, or a part does not come up; the message names the log.
 */
export async function startArgo(kubernetes: RealKubernetes, options: ArgoOptions): Promise<RealArgo> {
  await execute('redis-server', ['--version']).catch((cause: unknown) => {
    throw new Error('The tests on a real Argo CD need Redis: install it (on Debian: apt-get install redis-server).', { cause });
  });
  const program = await argocd();
  await settings(kubernetes);
  const [redis, repo, repoMetrics, controller, sets, hook] = await Promise.all([freePort(), freePort(), freePort(), freePort(), freePort(), freePort()]);
  const group = await openGroup(kubernetes.kubeconfig('admin'));
  const folders = { TLS_DATA_PATH: 'tls', SSH_DATA_PATH: 'ssh', GPG_DATA_PATH: 'keys', GNUPGHOME: 'gpg', PLUGINSOCKFILEPATH: 'plugins' };
  const env = {
    // Otherwise it takes the service account of its pod for https://kubernetes.default.svc, and there is no pod.
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    ARGOCD_GPG_ENABLED: 'false',
    // It takes its share of the clusters by the number at the end of the name of its pod.
    ARGOCD_CONTROLLER_REPLICAS: '1',
    HOSTNAME: 'tests-0',
    ...Object.fromEntries(Object.entries(folders).map(([name, folder]) => [`ARGOCD_${name}`, join(group.directory, folder)])),
  };
  const part = (name: string, health: string, args: readonly string[]): Promise<void> =>
    group.run(name, program, args, () => healthy(`http://127.0.0.1:${health}`), { ...env, ARGOCD_BINARY_NAME: name });

  try {
    for (const folder of Object.values(folders)) await mkdir(join(group.directory, folder), { recursive: true });
    await group.run('redis-server', 'redis-server', ['--port', String(redis), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], () => listens(redis));
    const toRedis = ['--redis', `127.0.0.1:${redis}`];
    await part('argocd-repo-server', `${repoMetrics}/healthz`, ['--address', '127.0.0.1', '--port', String(repo), '--metrics-address', '127.0.0.1', '--metrics-port', String(repoMetrics), '--disable-tls', ...toRedis]);
    const toRepo = ['--repo-server-plaintext', '--namespace', NAMESPACE];
    await part('argocd-application-controller', `${controller}/healthz`, ['--repo-server', `127.0.0.1:${repo}`, ...toRepo, ...toRedis, '--metrics-port', String(controller), '--app-resync', '10', '--app-resync-jitter', '0', '--self-heal-timeout-seconds', '2']);
    if (options.applicationSets === true) {
      // This one has no health check; it gives its metrics once it runs.
      await part('argocd-applicationset-controller', `${sets}/metrics`, ['--argocd-repo-server', `127.0.0.1:${repo}`, ...toRepo, '--enable-progressive-syncs', '--metrics-addr', `127.0.0.1:${sets}`, '--probe-addr', '0', '--webhook-addr', `127.0.0.1:${hook}`]);
    }
  } catch (cause) {
    await group.stop(true);
    throw cause;
  }

  return {
    namespace: NAMESPACE,
    repoUrl: pathToFileURL(options.repository).href,
    server: 'https://kubernetes.default.svc',
    logFiles: group.logFiles,
    async refresh(application) {
      const [path, mark] = [`/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/applications/${application}`, 'argocd.argoproj.io/refresh'];
      await kubernetes.admin.merge(path, { metadata: { annotations: { [mark]: 'normal' } } });
      const end = Date.now() + REFRESH_LIMIT;
      while ((await kubernetes.admin.get(path))?.metadata.annotations?.[mark] !== undefined) {
        if (Date.now() > end) throw new Error(`Argo CD did not refresh ${application} within ${REFRESH_LIMIT / 1000} s.`);
        await delay(50);
      }
    },
    stop: (failed) => group.stop(failed),
  };
}

/** What an installation brings: its settings, a secret, and the project that everything belongs to by default. */
async function settings({ admin }: RealKubernetes): Promise<void> {
  const apply = (path: string, body: object): Promise<unknown> => admin.apply(path, body, { fieldManager: 'installation', force: true });
  const named = (name: string): object => ({ metadata: { name, labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'argocd' } } });
  const core = `/api/v1/namespaces/${NAMESPACE}`;
  await apply(core, { apiVersion: 'v1', kind: 'Namespace', ...named(NAMESPACE) });
  await apply(`${core}/configmaps/argocd-cm`, { apiVersion: 'v1', kind: 'ConfigMap', ...named('argocd-cm'), data: { 'timeout.reconciliation': '10s', 'timeout.reconciliation.jitter': '0s' } });
  await apply(`${core}/secrets/argocd-secret`, { apiVersion: 'v1', kind: 'Secret', ...named('argocd-secret'), stringData: { 'server.secretkey': 'of-no-use-outside-the-tests' } });
  await apply(`/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/appprojects/default`, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    ...named('default'),
    spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }], clusterResourceWhitelist: [{ group: '*', kind: '*' }] },
  });
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}
