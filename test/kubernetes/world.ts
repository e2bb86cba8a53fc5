/** The world of the story: a git repository, a cluster that a real controller keeps like it, a Keycloak whose pod imports a realm when it starts. */
import { mkdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { realmConfigMap } from '../../src/sandbox/incident/files.ts';
import { createRealm } from '../../src/sandbox/incident/stage.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { KEYCLOAK_VERSION, type RealKeycloak } from '../harness/keycloak.ts';
import type { RealKubernetes } from '../harness/kubernetes.ts';
import { sessionPlace } from '../harness/tool.ts';
import { execute } from '../harness/process.ts';

/** The manifest in git. The checksum is what a chart puts there, so that a new realm file restarts the pods. */
const workload = (namespace: string, checksum: string): string => `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: keycloak
  namespace: ${namespace}
spec:
  serviceName: keycloak
  replicas: 1
  selector: {matchLabels: {app: keycloak}}
  template:
    metadata:
      labels: {app: keycloak}
      annotations: {checksum/realm: "${checksum}"}
    spec:
      initContainers:
        - name: import
          image: quay.io/keycloak/keycloak:${KEYCLOAK_VERSION}
          args: ["import", "--file=/realms/realm.json"]   # before the server starts
          volumeMounts:
            - {name: realms, mountPath: /realms}
      containers:
        - name: keycloak
          image: quay.io/keycloak/keycloak:${KEYCLOAK_VERSION}
          args: ["start"]
      volumes:
        - {name: realms, configMap: {name: keycloak-realm}}
`;

interface Container {
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

interface Workload {
  readonly metadata: { readonly generation?: number };
  readonly spec: { readonly template: { readonly spec: { readonly initContainers?: readonly Container[] } } };
  readonly status?: { readonly observedGeneration?: number };
}

export interface World {
  readonly repository: string;
  readonly namespace: string;
  /** The realm as it was before the incident. */
  readonly good: RealmRepresentation;
  commit(realm: RealmRepresentation, message: string): Promise<void>;
  /** Logs of the imports that pod starts have run, in order. */
  readonly imports: readonly string[];
  /** Waits until the pods of the workload are those of its template and have run this many imports. */
  rolledOut(imported: number): Promise<void>;
  git(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/**
 * A repository with a realm in a ConfigMap and a StatefulSet that imports it, and what a kubelet does for that StatefulSet: when its template
 * changes, the init container runs with its arguments as they stand in the cluster, and the server starts anew.
 */
export async function openWorld({ kubernetes, keycloak, realm }: { readonly kubernetes: RealKubernetes; readonly keycloak: RealKeycloak; readonly realm: string }): Promise<World> {
  const namespace = await kubernetes.namespace('iam');
  const calls = keycloak.calls(realm);
  await createRealm(calls);
  const exported = join(sessionPlace(), 'exported.json');
  await keycloak.export(realm, exported);
  const good = JSON.parse(readFileSync(exported, 'utf8')) as RealmRepresentation;
  const repository = sessionPlace();
  const git = (...args: readonly string[]): Promise<string> => execute('git', ['-C', repository, ...args]);
  await git('init', '-q', '--initial-branch=main');
  for (const [key, value] of [['user.name', 'Kim'], ['user.email', 'kim@example.com']] as const) await git('config', key, value);
  mkdirSync(join(repository, 'deploy'));
  const imports: string[] = [];
  const stopping = new AbortController();
  let commits = 0;

  const start = async (pod: Workload): Promise<void> => {
    const map = await kubernetes.admin.get(`/api/v1/namespaces/${namespace}/configmaps/keycloak-realm`);
    const mounted = await mkdtemp(join(sessionPlace(), 'realms-'));
    await mkdir(mounted, { recursive: true });
    await writeFile(join(mounted, 'realm.json'), map?.data?.['realm.json'] ?? '', { mode: 0o600 });
    await keycloak.halt();
    for (const { args = [], env = [] } of pod.spec.template.spec.initContainers ?? []) {
      imports.push(await keycloak.command(args.map((word) => word.replace('/realms', mounted)), Object.fromEntries(env.map(({ name, value }) => [name, value ?? '']))));
    }
    await keycloak.start();
    await rm(mounted, { recursive: true });
  };
  const path = `/apis/apps/v1/namespaces/${namespace}/statefulsets/keycloak`;
  const kubelet = async (): Promise<void> => {
    for (; !stopping.signal.aborted; await delay(200)) {
      const pod = await kubernetes.admin.get<Workload>(path);
      const generation = pod?.metadata.generation;
      if (!pod || generation === undefined || pod.status?.observedGeneration === generation) continue;
      // The pod of the first template is the server that runs already.
      if (pod.status?.observedGeneration !== undefined) await start(pod);
      await kubernetes.admin.merge(`${path}/status`, { status: { observedGeneration: generation, replicas: 1, updatedReplicas: 1, readyReplicas: 1 } });
    }
  };
  const running = kubelet();

  return {
    repository, namespace, good, imports,
    commit: async (content, message) => {
      commits += 1;
      await writeFile(join(repository, 'deploy/realm.yaml'), realmConfigMap(content).replace('namespace: identity', `namespace: ${namespace}`));
      await writeFile(join(repository, 'deploy/keycloak.yaml'), workload(namespace, String(commits)));
      await git('add', '.');
      await git('commit', '-qm', message);
    },
    rolledOut: async (imported) => {
      for (;; await delay(200)) {
        const pod = await kubernetes.admin.get<Workload>(path);
        if (imports.length >= imported && pod && pod.status?.observedGeneration === pod.metadata.generation) return;
      }
    },
    git,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

