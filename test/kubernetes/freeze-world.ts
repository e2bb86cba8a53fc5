/** A namespace with what a freeze is about, the tool beside it, and what is left of both afterwards. */
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import type { KubernetesObject } from '../harness/kubernetes/client.ts';
import type { KubernetesUser, RealKubernetes } from '../harness/kubernetes.ts';
import { runTool, sessionPlace, type ToolRun } from '../harness/tool.ts';
import { pathOf, playApplicationSet, type Controller, type Manifest } from './scripted-controller.ts';

/** Waits until an expectation holds; `expect.poll` knows no tests beside each other. */
export const eventually = <T>(expectation: () => Promise<T>, timeout = 20_000): Promise<T> => vi.waitFor(expectation, { timeout, interval: 50 });

/** A policy in which every part could get lost. */
export const POLICY: JsonObject = { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions: ['CreateNamespace=true', 'ServerSideApply=true'], retry: { limit: 5, backoff: { duration: '5s', factor: 2, maxDuration: '3m' } } };
export const off = (policy: JsonObject = POLICY): JsonObject => ({ ...policy, automated: { ...(policy['automated'] as JsonObject), enabled: false } });

export const REALM = '{"realm":"primary"}';
/** The revision of git that is applied before anything happens. */
export const V1 = '4f1d2c7a9b8e6d5c4f3a2b1c0d9e8f7a6b5c4d3e';
/** The annotation that a pause leaves. */
export const FROZEN = 'realm-rescue/frozen';

type Metadata = Partial<Manifest['metadata']>;

export interface Event {
  readonly type: string;
  readonly [name: string]: unknown;
}

export interface How {
  readonly user?: KubernetesUser;
  readonly sessions?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of that of the user. */
  readonly kubeconfig?: string;
}

export interface Place {
  readonly namespace: string;
  readonly sessions: string;
  /** `configmap:NAMESPACE/keycloak-realm`. */
  readonly from: string;
  readonly map: (metadata?: Metadata, text?: string) => Manifest;
  /** A ConfigMap that says which application applies it. */
  readonly tracked: (application?: string, text?: string) => Manifest;
  readonly application: (name?: string, syncPolicy?: JsonObject, metadata?: Metadata) => Manifest;
  readonly kustomization: (name?: string, metadata?: Metadata, spec?: JsonObject) => Manifest;
  readonly helmRelease: (name?: string, metadata?: Metadata, spec?: JsonObject) => Manifest;
  readonly project: (windows?: readonly JsonObject[]) => Manifest;
  /** Makes objects, with their status where one is given beside them. */
  create(...manifests: readonly (Manifest & { readonly status?: JsonObject })[]): Promise<void>;
  get(manifest: Pick<Manifest, 'apiVersion' | 'kind' | 'metadata'>): Promise<KubernetesObject>;
  /** spec.syncPolicy of an application; undefined: it has none. */
  policy(name?: string): Promise<unknown>;
  /** The tool with the kubeconfig of a user and the session directory of this place. */
  tool(args: readonly string[], how?: How): Promise<ToolRun>;
  /** The same, standing still once a journal line that fits is on disk, while something happens. */
  held(args: readonly string[], at: RegExp, meanwhile: () => Promise<unknown>, how?: How): Promise<ToolRun>;
  /** Ids of records. */
  records(): readonly string[];
  events(id?: string): readonly Event[];
  /** What `sessions` says is frozen, by record. */
  frozen(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Everything that is in the session directory, as one text. */
  disk(): string;
}

/** @param named  the namespace, where it has to have a certain name */
export async function openPlace(kubernetes: RealKubernetes, named?: string): Promise<Place> {
  const { admin } = kubernetes;
  const namespace = named ?? await kubernetes.namespace('iam');
  if (named !== undefined) await admin.create('/api/v1/namespaces', { metadata: { name: named } });
  const sessions = sessionPlace();
  const called = (name: string, metadata: Metadata) => ({ ...metadata, name, namespace });
  const map = (metadata: Metadata = {}, text = REALM): Manifest => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: called('keycloak-realm', metadata), data: { 'realm.json': text } });
  const application = (name = 'keycloak', syncPolicy = POLICY, metadata: Metadata = {}): Manifest => ({
    apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: called(name, metadata),
    spec: { project: 'default', source: { repoURL: 'https://git.example.com/platform.git', path: 'keycloak', targetRevision: 'main' }, destination: { server: 'https://kubernetes.default.svc', namespace }, syncPolicy },
  });
  const tool: Place['tool'] = (args, { user = 'admin', sessions: directory = sessions, env = {}, kubeconfig = kubernetes.kubeconfig(user) } = {}) => runTool([...args, '--session-dir', directory, ...(args[0] === 'sessions' ? [] : ['--kubeconfig', kubeconfig])], { env });
  const records = (): readonly string[] => (existsSync(sessions) ? readdirSync(sessions).filter((name) => name !== 'locks') : []);

  return {
    namespace, sessions, map, application, tool, records,
    from: `configmap:${namespace}/keycloak-realm`,
    tracked: (name = 'keycloak', text = REALM) => map({ annotations: { 'argocd.argoproj.io/tracking-id': `${namespace}_${name}:/ConfigMap:${namespace}/keycloak-realm` } }, text),
    kustomization: (name = 'keycloak', metadata = {}, spec = {}) => ({ apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: called(name, metadata), spec: { interval: '10m', path: './keycloak', prune: true, sourceRef: { kind: 'GitRepository', name: 'platform' }, force: false, ...spec } }),
    helmRelease: (name = 'keycloak', metadata = {}, spec = {}) => ({ apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', metadata: called(name, metadata), spec: { interval: '10m', chart: { spec: { chart: 'keycloak', version: '24.x' } }, ...spec } }),
    project: (syncWindows) => ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: called('default', {}), spec: { destinations: [{ server: '*', namespace: '*' }], sourceRepos: ['*'], ...(syncWindows === undefined ? {} : { syncWindows }) } }),
    create: async (...manifests) => {
      for (const manifest of manifests) {
        const path = pathOf(manifest);
        await admin.create(path.slice(0, path.lastIndexOf('/')), manifest);
        // An Application has its status beside its spec; the others have a door of their own for it.
        if (manifest.status !== undefined && !manifest.apiVersion.startsWith('argoproj')) await admin.merge(`${path}/status`, { status: manifest.status });
      }
    },
    get: async (manifest) => {
      const found = await admin.get(pathOf(manifest));
      if (found === null) throw new Error(`there is no ${manifest.kind} ${manifest.metadata.name}`);
      return found;
    },
    policy: async (name = 'keycloak') => (await admin.get(pathOf(application(name))))?.spec?.['syncPolicy'],
    held: async (args, at, meanwhile, how = {}) => {
      const file = join(sessionPlace(), 'held');
      const running = tool(args, { ...how, env: { ...how.env, NODE_OPTIONS: `--import=${new URL('../harness/hold-at.mjs', import.meta.url).href}`, REALM_RESCUE_TEST_HOLD_AT: at.source, REALM_RESCUE_TEST_HOLD_FILE: file } });
      const early = running.then(({ exit, stderr }): never => { throw new Error(`it ended before it stood still: ${exit} ${stderr}`); });
      while (!existsSync(file)) await Promise.race([delay(10), early]);
      early.catch(() => undefined);
      try {
        await meanwhile();
      } finally {
        rmSync(file);
      }
      return running;
    },
    events: (id = records()[0] ?? '') => readFileSync(join(sessions, id, 'journal.jsonl'), 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { event: Event }).event),
    frozen: async () => {
      const { stdout } = await tool(['sessions', '--json']);
      const { sessions: listed } = JSON.parse(stdout) as { sessions: readonly { id: string; frozen: readonly string[] }[] };
      return Object.fromEntries(listed.map(({ id, frozen }) => [id, frozen]));
    },
    disk: () => (existsSync(sessions) ? readdirSync(sessions, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')).join('\n') : ''),
  };
}

/** One application that applies the ConfigMap, and has done nothing yet. */
export async function usual(kubernetes: RealKubernetes, policy: JsonObject = POLICY): Promise<Place> {
  const place = await openPlace(kubernetes);
  await place.create(place.tracked(), place.application('keycloak', policy));
  return place;
}

const applicationSet = (place: Place, spec: JsonObject = {}): Manifest => ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', metadata: { name: 'platform', namespace: place.namespace }, spec });

/** An application that the ApplicationSet of a place has made. */
export async function childOf(place: Place, name = 'keycloak'): Promise<Manifest> {
  const { metadata: { uid } } = await place.get(applicationSet(place));
  return place.application(name, POLICY, { ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'platform', uid }] });
}

/** The same with an ApplicationSet that has made the application, and the project that it belongs to. */
export async function generated(kubernetes: RealKubernetes, spec: JsonObject = {}, windows?: readonly JsonObject[]): Promise<Place> {
  const place = await openPlace(kubernetes);
  await place.create(applicationSet(place, spec), place.project(windows), place.tracked());
  await place.create(await childOf(place));
  return place;
}

/** The controller that keeps that application as the ApplicationSet has it. */
export const playSet = ({ admin }: RealKubernetes, place: Place, how: { readonly ignores?: boolean } = {}): Controller => playApplicationSet(admin, pathOf(place.application()), place.application().spec ?? {}, how);

/** What says of an application that another one applies it. */
export const trackedBy = (place: Place, parent: string, name: string): Metadata => ({ annotations: { 'argocd.argoproj.io/tracking-id': `${place.namespace}_${parent}:argoproj.io/Application:${place.namespace}/${name}` } });

/** Runs controllers beside something, and ends them whatever becomes of it. */
export async function beside<T>(controllers: readonly Controller[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    for (const controller of controllers) await controller.stop();
  }
}

export const confirmed = (place: Place, ...more: readonly string[]): readonly string[] => ['freeze', '--from', place.from, '--confirm', 'keycloak', ...more];
/** By record, or by what `--from` names; the sync is not watched. */
export const thawed = (what: string, ...more: readonly string[]): readonly string[] => ['thaw', ...(what.includes(':') ? ['--from', what] : [what]), '--confirm', 'keycloak', '--no-watch', ...more];

/** Kills the tool with SIGKILL once that many lines are in its journal. */
export const killAt = (line: number): How => ({ env: { NODE_OPTIONS: `--import=${new URL('../harness/kill-at.mjs', import.meta.url).href}`, REALM_RESCUE_TEST_KILL_AT: String(line) } });

export function isDone(run: ToolRun): void {
  expect(run, run.stderr).toMatchObject({ exit: 0, signal: null });
}

export const specOf = async (place: Place, manifest: Manifest): Promise<JsonObject | undefined> => (await place.get(manifest)).spec;
export const markOf = async (place: Place, manifest: Manifest): Promise<string | undefined> => (await place.get(manifest)).metadata.annotations?.[FROZEN];
export const versionOf = async (place: Place, manifest: Manifest): Promise<string> => (await place.get(manifest)).metadata.resourceVersion;

/** Ids of the patches that were sent, in their order. */
export const sent = ({ events }: { events(): readonly { readonly type: string; readonly id?: unknown }[] }): readonly unknown[] => events().flatMap(({ type, id }) => (type === 'patch.sent' ? [id] : []));
