/**
 * Ports that load their adapters when they are first used. The first frame has to stand before a network is touched,
 * and undici, yaml and their like cost more than everything that it shows (npm run bench).
 */
import type { ClusterEvidence } from '../evidence/cluster.ts';
import type { Api } from '../keycloak/api.ts';
import type { Target } from '../keycloak/target.ts';
import type { Snapshot } from '../realm/snapshot.ts';
import type { Attendance } from '../kubernetes/attendance.ts';
import { stayFrugal } from './frugal.ts';
import type { ClusterTarget } from '../kubernetes/target.ts';
import type { OpenedCluster } from '../kubernetes/cluster.ts';
import type { EvidenceReader, Exporter, Keycloak } from '../runner/ports.ts';
import { clusterTarget } from './cluster-target.ts';
import type { Invocation } from './table.ts';

export function lazyKeycloak(target: Target): Keycloak {
  let api: Api | undefined;
  let loaded: Keycloak | undefined;
  const connection = async (): Promise<Api> => {
    const { openApi } = await import('../keycloak/api.ts');
    api ??= openApi(target);
    return api;
  };
  const load = async (): Promise<Keycloak> => {
    const [{ openKeycloak }, opened] = [await import('../keycloak/keycloak.ts'), await connection()];
    stayFrugal();
    loaded ??= openKeycloak(target, opened);
    return loaded;
  };
  return {
    realm: target.realm,
    // A server takes about a tenth of a second for a password; everything else is loaded meanwhile. What fails here fails for `connect`, too.
    begin: () => connection().then(({ tokens }) => tokens.begin(), () => undefined),
    connect: async () => (await load()).connect(),
    capture: async (request) => (await load()).capture(request),
    facts: async () => (await load()).facts(),
    clearCaches: async () => (await load()).clearCaches(),
    send: async (request, references) => (await load()).send(request, references),
    look: async (look, references) => (await load()).look(look, references),
    // Nothing is described before the run has connected.
    describe: (request, references) => loaded?.describe(request, references) ?? '',
    prove: async (request) => (await load()).prove(request),
    before: async (request) => (await (await load()).before?.(request)) ?? [],
    close: async () => (api && (await load()).close()),
  };
}

/**
 * @param cwd  the directory that relative paths are meant from
 * @param read what has been read already, by spec: each is handed out once, and kept by whoever asked for it
 * @param cluster  for what specs name in one
 */
export function lazyEvidence(cwd: string, target: Target, read: Map<string, Snapshot> = new Map(), cluster?: ClusterEvidence): EvidenceReader {
  const load = async () => (await import('./live.ts')).evidenceWithRealms(cwd, target, cluster);
  const handOut = (spec: string): Snapshot | undefined => {
    const known = read.get(spec);
    read.delete(spec);
    return known;
  };
  return { read: async (spec, realm) => handOut(spec) ?? (await load()).read(spec, realm), find: async (request) => (await load()).find(request) };
}

/** Opens the cluster that flags and environment name for as long as something is read from it. A spec that lies in one names it well enough. */
export function lazyClusterEvidence(invocation: Pick<Invocation, 'flags' | 'environment'>, attendance?: Attendance): ClusterEvidence {
  return {
    read: async (spec) => {
      const [{ openCluster }, { clusterEvidence }] = await Promise.all([import('../kubernetes/api.ts'), import('../kubernetes/evidence.ts')]);
      const api = openCluster(clusterTarget(invocation, attendance));
      try {
        return await clusterEvidence(api).read(spec);
      } finally {
        await api.close();
      }
    },
  };
}

/** The cluster, with the library that opens kubeconfigs: half a second that only those pay who name one (verified-kube.md 3.6). */
export function lazyCluster(target: ClusterTarget): OpenedCluster {
  let opened: Promise<OpenedCluster> | undefined;
  const load = (): Promise<OpenedCluster> => {
    opened ??= import('../kubernetes/cluster.ts').then(({ openClusterPort }) => openClusterPort(target));
    // A kubeconfig can be mended, and is opened anew then.
    opened.catch(() => { opened = undefined; });
    return opened;
  };
  return {
    place: target.context ?? 'the current context',
    remember: async (...args) => (await load()).remember(...args),
    look: async (...args) => (await load()).look(...args),
    candidates: async (...args) => (await load()).candidates(...args),
    preparePause: async (...args) => (await load()).preparePause(...args),
    prepareResume: async (sent) => (await load()).prepareResume(sent),
    prepareTerminate: async (object) => (await load()).prepareTerminate(object),
    ended: async (object) => (await load()).ended(object),
    prepareSync: async (object) => (await load()).prepareSync(object),
    prepareSafe: async (risk) => (await load()).prepareSafe(risk),
    prepareRestart: async (object) => (await load()).prepareRestart(object),
    rolledOut: async (...args) => (await load()).rolledOut(...args),
    send: async (...args) => (await load()).send(...args),
    happened: async (patch) => (await load()).happened(patch),
    settle: async () => (await load()).settle(),
    check: async (pauses) => (await load()).check(pauses),
    glance: async (...args) => (await load()).glance(...args),
    before: async (...args) => (await load()).before(...args),
    watch: async (...args) => (await load()).watch(...args),
    frozen: async (object) => (await load()).frozen(object),
    logIn: async () => (await load()).logIn(),
    close: async () => (await opened?.catch(() => undefined))?.close(),
  };
}

export function lazyExporter(): Exporter {
  return { export: async (request) => (await import('../gitops/exporter.ts')).createExporter({ now: Date.now }).export(request) };
}
