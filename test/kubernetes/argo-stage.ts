import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import type { KubernetesObject } from '../harness/kubernetes/client.ts';
import { startArgo, type RealArgo } from '../harness/kubernetes/argo.ts';
import { startKubernetes, type RealKubernetes } from '../harness/kubernetes.ts';
import { sessionPlace } from '../harness/tool.ts';
import { useServer } from '../harness/use.ts';
import { commit, configMap, openRepository, openStage, type Stage } from './stage.ts';

export const GROUP = '/apis/argoproj.io/v1alpha1/namespaces/argocd';
export const AUTOMATED = { automated: { prune: true, selfHeal: true } };
export const OFF = { automated: { prune: true, selfHeal: true, enabled: false } };

interface SyncedResource {
  readonly kind: string;
  readonly name: string;
  readonly message?: string;
}

interface Application extends Omit<KubernetesObject, 'spec' | 'status'> {
  readonly spec: { readonly syncPolicy?: JsonObject };
  readonly operation?: JsonObject;
  readonly status?: {
    readonly sync?: { readonly status: string; readonly revision: string };
    readonly history?: readonly JsonObject[];
    readonly operationState?: { readonly phase: string; readonly message?: string; readonly startedAt: string; readonly operation: { readonly initiatedBy?: { readonly username?: string } }; readonly syncResult?: { readonly revision: string; readonly resources?: readonly SyncedResource[] } };
  };
}

/** An application with a repository of its own. */
export interface ArgoStage extends Stage {
  /** The spec of an application that applies the folder `deploy`. */
  readonly spec: JsonObject;
  /** Commits the ConfigMap with this text, and other files; null: without that file. Gives the revision. */
  commit(text: string, others?: Readonly<Record<string, object | null>>): Promise<string>;
  /** Makes the application and waits until it is at rest. */
  create(syncPolicy?: JsonObject): Promise<void>;
  /** Has an ApplicationSet make it. */
  generate(more?: object): Promise<unknown>;
  /** Waits until it has synced and sees that itself: before, it syncs a second time at once. */
  rests(): Promise<void>;
  app(name?: string): Promise<Application>;
  set(patch: object, name?: string): Promise<unknown>;
  /** Waits until the ConfigMap has this text. */
  lands(text: string): Promise<void>;
  /** Has Argo CD compare, and shows that it has applied nothing: the text is still this one, at another commit. */
  untouched(text: string, revision: string): Promise<void>;
}

async function openArgoStage(kubernetes: RealKubernetes, argo: RealArgo, name: string, project = 'default'): Promise<ArgoStage> {
  const [stage, repository] = [await openStage(kubernetes, 'argo', name), await openRepository()];
  const { namespace, text: textNow } = stage;
  const spec = { project, source: { repoURL: pathToFileURL(repository).href, path: 'deploy', targetRevision: 'main' }, destination: { server: argo.server, namespace }, syncPolicy: AUTOMATED };
  const app = async (which = name): Promise<Application> => (await kubernetes.admin.get<Application>(`${GROUP}/applications/${which}`)) ?? expect.fail(`there is no application ${which}`);
  const rests = (): Promise<void> => expect.poll(async () => {
    const { operation, status } = (await kubernetes.admin.get<Application>(`${GROUP}/applications/${name}`)) ?? {};
    return { operation, phase: status?.operationState?.phase, sync: status?.sync?.status };
  }, { timeout: 60_000, interval: 50 }).toEqual({ operation: undefined, phase: 'Succeeded', sync: 'Synced' });
  return {
    ...stage, spec, app, rests,
    commit: (text, others = {}) => commit(repository, text.slice(0, 40), { 'deploy/realm.json': configMap(namespace, 'realm', { 'realm.json': text }), ...others }),
    create: async (syncPolicy = AUTOMATED) => {
      await kubernetes.admin.create(`${GROUP}/applications`, { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name }, spec: { ...spec, syncPolicy } });
      await rests();
    },
    generate: (more = {}) => kubernetes.admin.create(`${GROUP}/applicationsets`, {
      apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', metadata: { name: `${name}-set` },
      spec: { generators: [{ list: { elements: [{ name }] } }], template: { metadata: { name: '{{name}}', labels: { wave: 'one' } }, spec }, ...more },
    }),
    set: (patch, which = name) => kubernetes.admin.merge(`${GROUP}/applications/${which}`, patch),
    lands: (text) => expect.poll(textNow, { timeout: 60_000, interval: 50 }).toBe(text),
    untouched: async (text, revision) => {
      const before = (await app()).status?.operationState;
      await argo.refresh(name);
      const { operation, status } = await app();
      expect({ sync: status?.sync, operation, state: status?.operationState, text: await textNow() }).toEqual({ sync: expect.objectContaining({ status: 'OutOfSync', revision }), operation: undefined, state: before, text });
    },
  };
}

export interface UsedArgo {
  readonly kubernetes: () => RealKubernetes;
  readonly argo: () => RealArgo;
  openStage(name: string, project?: string): Promise<ArgoStage>;
  /** One that has applied its first commit. */
  openApplied(name: string, text?: string): Promise<ArgoStage>;
  /** One that has applied its first commit and is frozen. */
  openFrozen(name: string): Promise<ArgoStage>;
}

/** A server with Argo CD for the tests of a file, and the stages on it. */
export function useArgo(): UsedArgo {
  const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'applicationset'] }));
  const argo = useServer(() => startArgo(kubernetes(), { repository: sessionPlace(), applicationSets: true }));
  const openStage: UsedArgo['openStage'] = (name, project) => openArgoStage(kubernetes(), argo(), name, project);
  const openApplied: UsedArgo['openApplied'] = async (name, text = 'first') => {
    const stage = await openStage(name);
    await stage.commit(text);
    await stage.create();
    return stage;
  };
  return {
    kubernetes, argo, openStage, openApplied,
    openFrozen: async (name) => {
      const stage = await openApplied(name);
      expect(await stage.run('freeze')).toMatchObject({ exit: 0 });
      return stage;
    },
  };
}

/** The pieces stand in a text in this order. */
export function inOrder(text: string, ...pieces: readonly string[]): void {
  let from = 0;
  for (const piece of pieces) {
    const found = text.indexOf(piece, from);
    if (found < 0) expect(text.slice(from)).toContain(piece);
    from = found + piece.length;
  }
}

/** What a thaw says of a sync that did nothing. */
export const noOp = (stage: ArgoStage): string => `OK  controller ${stage.name} is Synced without a new operation\nOK  cluster    nothing was written to configmap:${stage.namespace}/realm\n`;
