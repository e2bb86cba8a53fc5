/**
 * What GitOps controllers do to objects, played over the real API server where a real one would cost minutes or has to be led into a corner. Each rule is of
 * verified-kube.md 4 or gitops.md 1; `test/harness/controllers.long.test.ts` and `story.real.test.ts` have the real ones.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '../../src/realm/json.ts';
import type { KubernetesCalls, KubernetesObject } from '../harness/kubernetes/client.ts';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>>; readonly ownerReferences?: readonly JsonObject[] };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: JsonObject;
}

/** What lies in git now; a test changes it. */
export interface Git {
  revision: string;
  objects: readonly Manifest[];
  /** Names of Jobs that a whole sync starts. */
  hooks?: readonly string[];
  /** What the controller says instead of applying. */
  broken?: string;
}

export interface Controller {
  /** From now on nothing is answered and nothing is done. */
  hold(): Promise<void>;
  go(): void;
  /** Ends it; throws what had gone wrong with it. */
  stop(): Promise<void>;
}

export interface Pace {
  /** Milliseconds between two looks. */
  readonly every?: number;
}

/** Where an object lies in the API. Every kind of these tests makes its plural with an s. */
export function pathOf({ apiVersion, kind, metadata: { namespace, name } }: { readonly apiVersion: string; readonly kind: string; readonly metadata: { readonly name: string; readonly namespace: string } }): string {
  return `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}/namespaces/${namespace}/${`${kind.toLowerCase()}s`.replace(/ys$/, 'ies')}/${name}`;
}

/** One look after the other until it is stopped. Conflicts, and a server that is away, are met again at the next look. */
function play(step: () => Promise<void>, { every = 100 }: Pace = {}): Controller {
  const stopping = new AbortController();
  let held = false;
  let broken: unknown;
  let turn: Promise<void> = Promise.resolve();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      if (!held) turn = step().catch((error: unknown) => {
        const { status = 503 } = error as { readonly status?: number };
        if (status !== 409 && status < 500) broken ??= error;
      });
      await turn;
      await delay(every, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    hold: () => {
      held = true;
      return turn;
    },
    go: () => { held = false; },
    stop: async () => {
      stopping.abort();
      await running;
      if (broken !== undefined) throw broken;
    },
  };
}

/** Objects of controllers are compared field by field; into others the server writes defaults. */
const isWhole = ({ apiVersion }: Manifest): boolean => /argoproj|toolkit/.test(apiVersion);
const contains = (live: unknown, wanted: unknown): boolean => {
  if (typeof wanted !== 'object' || wanted === null || typeof live !== 'object' || live === null) return isDeepStrictEqual(live, wanted);
  if (Array.isArray(wanted) && (!Array.isArray(live) || live.length !== wanted.length)) return false;
  return Object.entries(wanted).every(([key, value]) => contains((live as Record<string, unknown>)[key], value));
};
/** Flux applies on the server's side: a suspend that git does not state stays as it is. */
const statedOf = (live: KubernetesObject | null, { apiVersion, spec }: Manifest): JsonObject | undefined =>
  (apiVersion.includes('toolkit') && spec !== undefined && spec['suspend'] === undefined && live?.spec?.['suspend'] !== undefined ? { ...spec, suspend: live.spec['suspend'] as Json } : spec);
const isLike = (live: KubernetesObject | null, manifest: Manifest): boolean =>
  live !== null && (isWhole(manifest) ? isDeepStrictEqual(live.spec, statedOf(live, manifest)) : contains(live.spec, manifest.spec) && isDeepStrictEqual(live.data ?? {}, manifest.data ?? {}));

async function differing(admin: KubernetesCalls, objects: readonly Manifest[]): Promise<readonly Manifest[]> {
  const live = await Promise.all(objects.map((manifest) => admin.get(pathOf(manifest))));
  return objects.filter((manifest, index) => !isLike(live[index] ?? null, manifest));
}

/** @param permitted  throws where nothing is to be written any more; asked once it is known that something would be */
async function apply(admin: KubernetesCalls, manifest: Manifest, fieldManager: string, permitted: () => Promise<void> = async () => undefined): Promise<'created' | 'configured' | 'unchanged'> {
  const path = pathOf(manifest);
  const live = await admin.get(path);
  if (live === null || !isLike(live, manifest)) await permitted();
  if (live === null) {
    await admin.create(path.slice(0, path.lastIndexOf('/')), manifest, { fieldManager });
    return 'created';
  }
  if (isLike(live, manifest)) return 'unchanged';
  const { spec, data } = manifest;
  if (isWhole(manifest)) await admin.replace(path, { ...live, spec: statedOf(live, manifest) }, { fieldManager });
  else await admin.merge(path, { ...(spec === undefined ? {} : { spec }), ...(data === undefined ? {} : { data: { ...Object.fromEntries(Object.keys(live.data ?? {}).map((key) => [key, null])), ...data } }) }, { fieldManager });
  return 'configured';
}

const clock = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
const named = ({ apiVersion, kind, metadata: { namespace, name } }: Manifest): JsonObject => {
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  return { group, version, kind, namespace, name };
};

interface Application extends KubernetesObject {
  readonly operation?: { readonly sync?: { readonly resources?: readonly JsonObject[] } };
  readonly spec: JsonObject & { readonly project: string; readonly syncPolicy?: { readonly automated?: { readonly enabled?: boolean; readonly selfHeal?: boolean } } };
  readonly status?: JsonObject & { readonly operationState?: { readonly phase: string; readonly message?: string; readonly startedAt: string; readonly syncResult?: { readonly revision: string } }; readonly sync?: { readonly status: string; readonly revision?: string }; readonly history?: readonly JsonObject[] };
}

const REFRESH = 'argocd.argoproj.io/refresh';

/**
 * The application controller of Argo CD for one Application (verified-kube.md 4.1). It compares all the time and syncs where automation is on; a revision
 * that was tried is not tried again, and what people write is only healed where selfHeal says so.
 */
export function playArgo(admin: KubernetesCalls, application: string, git: Git, pace?: Pace): Controller {
  return play(async () => {
    const app = await admin.get<Application>(application);
    let version = app?.metadata.resourceVersion;
    // Nobody is written over: what somebody else wrote meanwhile is met at the next look.
    const write = async ({ metadata, ...patch }: JsonObject): Promise<void> => {
      const written = await admin.merge(application, { metadata: { ...(metadata as JsonObject | undefined), resourceVersion: version }, ...patch }, { fieldManager: 'argocd-application-controller' });
      version = written.metadata.resourceVersion;
    };
    if (app === null || app.metadata.annotations?.['argocd.argoproj.io/skip-reconcile'] === 'true') return;
    const { spec: { project, syncPolicy }, status = {}, operation } = app;
    const open = await differing(admin, git.objects);
    const sync = { status: open.length === 0 ? 'Synced' : 'OutOfSync', revision: git.revision };
    const refresh = app.metadata.annotations?.[REFRESH] !== undefined;
    const resources = git.objects.map((manifest) => ({ ...named(manifest), status: open.includes(manifest) ? 'OutOfSync' : 'Synced' }));
    if (refresh || !isDeepStrictEqual([status.sync, status['resources']], [sync, resources])) {
      await write({ ...(refresh ? { metadata: { annotations: { [REFRESH]: null } } } : {}), status: { ...(refresh ? { reconciledAt: clock() } : {}), sync, resources } });
    }
    const { operationState: state } = status;
    const windows = (await admin.get<{ spec: { syncWindows?: readonly { kind: string; applications?: readonly string[] }[] } }>(`${application.replace(/\/applications\/.*$/, '')}/appprojects/${project}`))?.spec.syncWindows ?? [];
    const denied = windows.some(({ kind, applications }) => kind === 'deny' && applications?.some((name) => name === '*' || name === app.metadata.name) === true);
    if (operation !== undefined) {
      const ending = state?.phase === 'Terminating';
      const begun = { startedAt: state !== undefined && ['Running', 'Terminating'].includes(state.phase) ? state.startedAt : clock(), operation: operation as Json };
      // Neither goes on nor ends while a window denies it.
      if (denied) return void (ending || await write({ status: { operationState: { ...begun, phase: 'Running', message: 'Sync operation blocked by sync window' } } }));
      if (ending) return void await write({ operation: null, status: { operationState: { phase: 'Failed', message: 'Operation terminated', finishedAt: clock(), syncResult: { revision: git.revision } }, conditions: [{ type: 'SyncError', message: 'Failed last sync attempt: Operation terminated' }] } });
      if (git.broken !== undefined) return void (state?.message === git.broken || await write({ status: { operationState: { ...begun, phase: 'Running', message: git.broken } } }));
      const partial = operation.sync?.resources !== undefined;
      const results = [];
      for (const manifest of partial ? open : git.objects) {
        results.push({ ...named(manifest), status: 'Synced', message: `${manifest.kind.toLowerCase()}/${manifest.metadata.name} ${await apply(admin, manifest, 'argocd-controller')}` });
      }
      for (const name of partial ? [] : git.hooks ?? []) {
        const job = jobOf(name, app.metadata.namespace ?? '');
        await admin.create(pathOf(job).replace(/\/[^/]*$/, ''), { ...job, metadata: { namespace: job.metadata.namespace, generateName: `${name}-` } });
        results.push({ ...named(job), status: 'Synced', message: 'created', hookType: 'PostSync', hookPhase: 'Succeeded' });
      }
      return void await write({
        operation: null,
        status: {
          sync: { status: 'Synced', revision: git.revision }, conditions: null, resources: git.objects.map((manifest) => ({ ...named(manifest), status: 'Synced' })),
          operationState: { ...begun, phase: 'Succeeded', message: 'successfully synced (all tasks run)', finishedAt: clock(), syncResult: { revision: git.revision, resources: results } },
          ...(partial ? {} : { history: [...status.history ?? [], { id: status.history?.length ?? 0, revision: git.revision, deployStartedAt: begun.startedAt, deployedAt: clock() }] }),
        },
      });
    }
    const automated = syncPolicy?.automated;
    if (automated === undefined || automated.enabled === false || denied || open.length === 0) return;
    const tried = state?.syncResult?.revision === git.revision;
    if (tried && (state.phase !== 'Succeeded' || automated.selfHeal !== true)) return;
    const wanted = { initiatedBy: { automated: true }, sync: { revision: git.revision, ...(tried ? { resources: open.map((manifest) => ({ kind: manifest.kind, name: manifest.metadata.name })) } : {}) } };
    await write({ operation: wanted, status: { operationState: null } });
    await write({ status: { operationState: { phase: 'Running', message: 'waiting for completion', startedAt: clock(), operation: wanted } } });
  }, pace);
}

const jobOf = (name: string, namespace: string): Manifest => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'import', image: 'keycloak-config-cli' }] } } } });

/** The ApplicationSet controller for one child: its spec is that of the template within 0.4 s, and annotations of others go (gitops.md 1.3). @param ignores  `ignoreApplicationDifferences` has /spec/syncPolicy */
export function playApplicationSet(admin: KubernetesCalls, child: string, template: JsonObject, { ignores = false, ...pace }: Pace & { readonly ignores?: boolean } = {}): Controller {
  return play(async () => {
    const live = await admin.get(child);
    if (live === null) return;
    const spec: JsonObject = ignores ? { ...template, ...(live.spec?.['syncPolicy'] === undefined ? {} : { syncPolicy: live.spec['syncPolicy'] }) } : template;
    const annotations = Object.fromEntries(Object.entries(live.metadata.annotations ?? {}).filter(([name]) => name === REFRESH || name.includes('argocd.argoproj.io/tracking')));
    if (isDeepStrictEqual(live.spec, spec) && isDeepStrictEqual(live.metadata.annotations ?? {}, annotations)) return;
    await admin.replace(child, { ...live, metadata: { ...live.metadata, annotations }, spec }, { fieldManager: 'argocd-applicationset-controller' });
  }, { every: 300, ...pace });
}

const REQUESTED = 'reconcile.fluxcd.io/requestedAt';

interface Reconciled extends KubernetesObject {
  readonly spec: JsonObject & { readonly suspend?: boolean; readonly sourceRef?: { readonly name: string } };
  readonly status?: JsonObject & { readonly lastHandledReconcileAt?: string; readonly lastAppliedRevision?: string; readonly history?: readonly (JsonObject & { readonly digest: string; readonly version?: number; readonly totalReconciliations?: number })[] };
}

const ready = (broken: string | undefined): JsonObject => ({ conditions: [{ type: 'Ready', status: broken === undefined ? 'True' : 'False', reason: 'Reconciled', message: broken ?? 'Applied', lastTransitionTime: clock() }] });
const digestOf = (value: unknown): string => `sha256:${createHash('sha256').update(JSON.stringify(value)).digest('hex')}`;

/** What both controllers of Flux do: a request is answered also while the object is suspended, and nothing else is done then (verified-kube.md 4.2). */
function playFlux(admin: KubernetesCalls, path: string, reconcile: (object: Reconciled, permitted: () => Promise<void>) => Promise<JsonObject | null>, pace?: Pace): Controller {
  // Whoever pauses it pauses what it applies behind it: a pause that is seen there is not written over by a look that is older.
  const permitted = async (): Promise<void> => {
    if ((await admin.get(path))?.spec?.['suspend'] === true) throw Object.assign(new Error('suspended meanwhile'), { status: 409 });
  };
  return play(async () => {
    const object = await admin.get<Reconciled>(path);
    if (object === null) return;
    const wish = object.metadata.annotations?.[REQUESTED];
    const answer = wish === undefined || wish === object.status?.lastHandledReconcileAt ? {} : { lastHandledReconcileAt: wish };
    const done = object.spec.suspend === true ? null : await reconcile(object, permitted);
    if (done === null && Object.keys(answer).length === 0) return;
    await admin.merge(`${path}/status`, { status: { ...done, ...answer } }, { fieldManager: 'flux' });
  }, pace);
}

/** kustomize-controller, and what source-controller says of git. It applies at a new revision, at a request, and over what others wrote. */
export function playKustomization(admin: KubernetesCalls, path: string, git: Git, pace?: Pace): Controller {
  return playFlux(admin, path, async ({ metadata, status = {} }, permitted) => {
    const wish = metadata.annotations?.[REQUESTED];
    const due = (wish !== undefined && wish !== status.lastHandledReconcileAt) || status.lastAppliedRevision !== git.revision || (await differing(admin, git.objects)).length > 0;
    if (!due) return null;
    if (git.broken !== undefined) return { ...ready(git.broken), lastAttemptedRevision: git.revision };
    for (const manifest of git.objects) await apply(admin, manifest, 'kustomize-controller', permitted);
    const entry = { digest: digestOf(git.objects), firstReconciled: clock(), lastReconciled: clock(), lastReconciledDuration: '80ms', lastReconciledStatus: 'ReconciliationSucceeded' };
    const total = status.history?.find(({ digest }) => digest === entry.digest)?.totalReconciliations ?? 0;
    return {
      ...ready(undefined), lastAppliedRevision: git.revision, lastAttemptedRevision: git.revision, history: [{ ...entry, totalReconciliations: total + 1 }],
      inventory: { entries: git.objects.map(({ apiVersion, kind, metadata: { namespace, name } }) => ({ id: `${namespace}_${name}_${apiVersion.includes('/') ? apiVersion.split('/')[0] ?? '' : ''}_${kind}`, v: apiVersion.split('/').at(-1) ?? '' })) },
    };
  }, pace);
}

/** What source-controller does when it finds a commit. */
export async function publish(admin: KubernetesCalls, repository: string, git: Git): Promise<void> {
  await admin.merge(`${repository}/status`, { status: { artifact: { path: 'x.tar.gz', url: 'http://source/x.tar.gz', revision: git.revision, digest: digestOf(git.revision), lastUpdateTime: clock() } } }, { fieldManager: 'source-controller' });
}

/**
 * helm-controller: a chart or values that are new make a new version of the release; without them a reconciliation changes nothing. `revision` is the version of the chart.
 * @param rendered  what the chart makes of the values; the objects of git where left out
 */
export function playHelmRelease(admin: KubernetesCalls, path: string, git: Git, { rendered = () => git.objects, ...pace }: Pace & { readonly rendered?: (values: unknown) => readonly Manifest[] } = {}): Controller {
  return playFlux(admin, path, async ({ metadata: { name, namespace = '' }, spec, status = {} }, permitted) => {
    const objects = rendered(spec['values']);
    const digest = digestOf(objects);
    const [newest] = status.history ?? [];
    if (newest?.digest === digest && status['lastAttemptedRevision'] === git.revision) return null;
    if (git.broken !== undefined) return { ...ready(git.broken), lastAttemptedRevision: git.revision };
    for (const manifest of objects) await apply(admin, manifest, 'helm-controller', permitted);
    return { ...ready(undefined), lastAttemptedRevision: git.revision, history: [{ name, namespace, chartName: 'keycloak', chartVersion: git.revision, digest, status: 'deployed', version: (newest?.version ?? 0) + 1 }, ...status.history ?? []] };
  }, pace);
}
