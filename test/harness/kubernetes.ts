import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory } from './cache.ts';
import { AUDIT_POLICY, parseAudit, type AuditEvent } from './kubernetes/audit.ts';
import { serverProgram } from './kubernetes/build.ts';
import { openCalls, type KubernetesCalls } from './kubernetes/client.ts';
import { install, type CrdSet } from './kubernetes/crds.ts';
import { openRights, type Rights } from './kubernetes/rights.ts';
import { startServer, type Server } from './kubernetes/server.ts';
import { freePort } from './process.ts';

/**
 * Who has a kubeconfig. `admin` logs in with a client certificate and may do everything; `oncall` and `nobody` have
 * tokens and may do nothing until `oncall` is granted something. The others cannot log in: 401.
 */
export const KUBERNETES_USERS = ['admin', 'oncall', 'nobody', 'expired-cert', 'expired-token', 'wrong-token'] as const;
export type KubernetesUser = typeof KUBERNETES_USERS[number];

export interface KubernetesOptions {
  readonly crds?: readonly CrdSet[];
  /** More flags of kube-apiserver, such as `--etcd-compaction-interval=5s`. Paths in them are absolute. */
  readonly args?: readonly string[];
}

export interface RealKubernetes extends Rights {
  /** https, on the loopback, with a certificate that only the kubeconfigs vouch for. */
  readonly url: string;
  /** Where the server keeps everything; it goes with `stop`. */
  readonly directory: string;
  readonly logFile: string;
  /** Calls as administrator. */
  readonly admin: KubernetesCalls;
  /** Calls as somebody else; they are closed with `stop`. */
  as(user: KubernetesUser): Promise<KubernetesCalls>;
  /** The path of the kubeconfig of a user. It has no namespace, and holds its certificates and tokens itself. */
  kubeconfig(user: KubernetesUser): string;
  /** Makes a namespace that nobody has used before and gives its name. Nothing would ever finish deleting one. */
  namespace(prefix?: string): Promise<string>;
  /** From now on connections are accepted and nothing answers. */
  pause(): void;
  resume(): void;
  /** Kills the server: connections break, new ones are refused. Data, users and port stay for `start`. */
  halt(): Promise<void>;
  start(): Promise<void>;
  /** Every request so far with user, program, URI, status and body, in order of completion; all but those of the server itself. An answer may be quicker than its line here: poll. */
  auditLog(): Promise<readonly AuditEvent[]>;
  /** Ends everything and deletes it. The log is kept, and its path printed, when `failed` is true. */
  stop(failed?: boolean): Promise<void>;
}

/**
 * Starts a Kubernetes of its own: the real API server with its etcd and nothing else, so no controller, scheduler or
 * kubelet. About 3 s once it is built. Workloads get no pods and no status, and a deleted namespace stays forever.
 * Throws when Go is missing, or the server does not come up; the message names the log.
 */
export async function startKubernetes(options: KubernetesOptions = {}): Promise<RealKubernetes> {
  const [program, port] = [await serverProgram(), await freePort()];
  const directory = await mkdtemp(join(tmpdir(), 'realm-rescue-kubernetes-'));
  const logFile = await newLog(`kubernetes-${process.pid}-${port}.log`);
  const [policy, audit] = [join(directory, 'audit-policy.json'), join(directory, 'audit.log')];
  await writeFile(policy, JSON.stringify(AUDIT_POLICY));
  const args = [`--audit-policy-file=${policy}`, `--audit-log-path=${audit}`, ...options.args ?? []];
  const kubeconfig = (user: KubernetesUser): string => join(directory, `${user}.kubeconfig`);
  const opened: KubernetesCalls[] = [];
  let server: Server | undefined;

  async function start(): Promise<void> {
    server ??= await startServer(program, { directory, port, args, log: logFile });
  }
  async function halt(): Promise<void> {
    await server?.kill();
    server = undefined;
  }
  async function as(user: KubernetesUser): Promise<KubernetesCalls> {
    const calls = await openCalls(kubeconfig(user));
    opened.push(calls);
    return calls;
  }
  async function stop(failed = false): Promise<void> {
    await Promise.all(opened.map((calls) => calls.close()));
    await halt();
    await rm(directory, { recursive: true, force: true });
    if (failed) process.stderr.write(`Log of Kubernetes at port ${port}: ${logFile}\n`);
    else await rm(logFile, { force: true });
  }

  try {
    await start();
    const admin = await as('admin');
    await install(admin, options.crds ?? []);
    return {
      url: `https://127.0.0.1:${port}`,
      directory, logFile, admin, as, kubeconfig, halt, start, stop,
      ...openRights(admin, await as('oncall')),
      async namespace(prefix = 'test') {
        const { metadata: { name } } = await admin.create('/api/v1/namespaces', { metadata: { generateName: `${prefix}-` } });
        return name;
      },
      pause: () => server?.pause(),
      resume: () => server?.resume(),
      auditLog: async () => parseAudit(await readFile(audit, 'utf8')),
    };
  } catch (cause) {
    await stop(true);
    throw cause;
  }
}

async function newLog(name: string): Promise<string> {
  const directory = join(cacheDirectory(), 'logs');
  await mkdir(directory, { recursive: true });
  return join(directory, name);
}
