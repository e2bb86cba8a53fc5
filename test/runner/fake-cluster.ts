/**
 * A cluster in memory: objects with versions and conflicts, and the controllers that matter, as far as verified-kube.md 3.2 and 4 has seen them.
 * Above it stand the real pauses.ts and watch.ts, so that what a test asserts is what is left on the objects and in the journal.
 */
import { expect } from 'vitest';
import type { ClusterApi } from '../../src/kubernetes/api.ts';
import { findWriter } from '../../src/kubernetes/find-writer.ts';
import { checkPause, frozenRecord, happened, ownWrite, preparePause, prepareRestart, prepareResume, prepareSync, prepareTerminate } from '../../src/kubernetes/pauses.ts';
import { USUAL_TIMES } from '../../src/kubernetes/answers.ts';
import { rolledOut } from '../../src/kubernetes/rollout.ts';
import { ended, syncBefore, watchSync } from '../../src/kubernetes/watch.ts';
import { ourWindows } from '../../src/gitops/controllers/windows.ts';
import { at, listAt, nameOf, RESOURCES, shown, specOf, textAt, type KubeObject, type ObjectName } from '../../src/gitops/controllers/object.ts';
import { sha256 } from '../../src/realm/canonical.ts';
import { RescueError } from '../../src/realm/errors.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import type { ClusterSight } from '../../src/runbook/cluster.ts';
import type { ClusterEvent } from '../../src/runbook/cluster-events.ts';
import { evolveCluster, NO_CLUSTER, type ClusterState } from '../../src/runbook/cluster-state.ts';
import type { Cluster } from '../../src/runner/cluster.ts';
import type { ClusterWork } from '../../src/runner/cluster-work.ts';
import { rfc7386 } from '../gitops/controllers/rfc7386.ts';
import { REFRESH, regenerate, REQUESTED, step } from './fake-controllers.ts';

/** The process is gone: nothing that it would have done after this happens. */
export class Killed extends Error {}

/** What happens to one patch instead of the usual. */
export interface Mishap {
  /** Which patch: by the name of its object, and whether it is the dry run. */
  readonly of: string;
  readonly dryRun?: boolean;
  /** How often; once where left out. */
  times?: number;
  /** Somebody else writes first. */
  readonly first?: (world: World) => void;
  /** `before`: the answer is lost and nothing was written. `after`: it was. */
  readonly lost?: 'before' | 'after';
  readonly refused?: RescueError;
}

export interface World {
  readonly api: ClusterApi;
  readonly journal: ClusterEvent[];
  readonly said: string[];
  readonly texts: Map<string, string>;
  /** What git has: spec and data of objects, by `configmap:iam/realm`. */
  readonly git: Map<string, JsonObject>;
  revision: string;
  /** What becomes of the realm when a sync has changed something. */
  onSync: (changed: readonly string[]) => void;
  realm: string;
  mishaps: Mishap[];
  /** Paths that the schema of this cluster does not have. */
  unknown: string[];
  /** The application controller stands still. */
  idle: boolean;
  /** ApplicationSets that write their child again, by `application:argocd/keycloak`: its spec as the set wants it. */
  readonly generated: Map<string, JsonObject>;
  keycloakDown: boolean;
  get(spec: string): KubeObject;
  /** Somebody writes, by a merge patch. */
  write(spec: string, patch: JsonObject, manager?: string): void;
  add(object: KubeObject): void;
  remove(spec: string): void;
  /** A process: its state is what the journal says. @param alive counts down at every moment at which a process can be killed */
  start(alive?: number): ClusterWork;
  /** Moments that were lived through by the last process. */
  readonly moments: () => number;
  look(...specs: readonly string[]): Promise<ClusterSight>;
}

const TIMES = { ...USUAL_TIMES, every: 0, settle: 0, compare: 300, refresh: 300, sync: 300 };

/** When the tool looks at its clock, in milliseconds. */
const NIGHT = Date.parse('2026-11-20T23:30:00Z');

export function openWorld(objects: readonly KubeObject[]): World {
  const store = new Map<string, KubeObject>();
  let version = 1000;
  let seconds = Date.parse('2026-11-20T23:00:00Z');
  const clock = (): string => new Date((seconds += 1000)).toISOString().replace('.000Z', 'Z');
  const journal: ClusterEvent[] = [];
  let left = Number.POSITIVE_INFINITY;
  let lived = 0;
  /** A moment at which a kill -9 can fall. */
  const moment = (): void => {
    if (left <= 0) throw new Killed();
    left -= 1;
    lived += 1;
  };
  const keyOf = (object: KubeObject): string => `${(object.kind ?? '').toLowerCase()}:${object.metadata.namespace === undefined ? '' : `${object.metadata.namespace}/`}${object.metadata.name}`;
  const put = (spec: string, object: KubeObject, manager: string): void => {
    const { generation = 1 } = object.metadata;
    const old = store.get(spec);
    version += 1;
    const moved = old !== undefined && JSON.stringify(old['spec']) !== JSON.stringify(object['spec']);
    const managedFields = [{ manager, operation: 'Update', time: clock(), fieldsV1: { 'f:spec': {}, 'f:data': {} } }];
    store.set(spec, { ...object, metadata: { ...object.metadata, resourceVersion: String(version), generation: moved ? generation + 1 : generation, managedFields } });
  };
  for (const object of objects) put(keyOf(object), object, 'setup');
  // Then comes the night, and the pauses with it.
  seconds = NIGHT;

  const world: World = {
    journal, said: [], texts: new Map(), git: new Map(), revision: '4f1d2c7a9b8e6d5c4f3a2b1c0d9e8f7a6b5c4d3e', onSync: () => undefined, realm: 'as it was', mishaps: [], unknown: [], idle: false, generated: new Map(), keycloakDown: false,
    get: (spec) => {
      const found = store.get(spec);
      if (!found) throw new Error(`there is no ${spec}`);
      return structuredClone(found);
    },
    write: (spec, patch, manager = 'somebody') => put(spec, rfc7386(world.get(spec), patch) as KubeObject, manager),
    add: (object) => put(keyOf(object), object, 'somebody'),
    remove: (spec) => void store.delete(spec),
    moments: () => lived,
    start: (alive = Number.POSITIVE_INFINITY) => {
      left = alive;
      lived = 0;
      return process(world, () => moment());
    },
    look: async (...specs) => {
      const found = await findWriter(world.api, specs.map((spec) => world.get(spec)));
      return {
        context: 'prod-eu', server: 'https://k8s.example.com', user: 'oncall', source: specs[0] ?? '', lastWrite: null, objects: specs.filter((spec) => !/^(?:application|kustomization|helmrelease):/.test(spec)).map((spec) => nameIn(world.get(spec))),
        ...found, risks: [], mayPause: true, role: null,
      };
    },
    api: {
      context: 'prod-eu', server: 'https://k8s.example.com', namespace: 'iam', version: async () => 'v1',
      get: async (name) => {
        moment();
        step(world, clock);
        const found = store.get(specOf(name));
        return found ? structuredClone(found) : null;
      },
      list: async (resource, { namespace, fieldSelector = '' }) => {
        moment();
        step(world, clock);
        const name = /^metadata\.name=(.*)$/.exec(fieldSelector)?.[1];
        return { items: [...store.values()].filter(({ kind, metadata }) => kind === resource.kind && (namespace === null || metadata.namespace === namespace) && (name === undefined || metadata.name === name)).map((object) => structuredClone(object)), resourceVersion: String(version) };
      },
      patch: async (name, patch, { dryRun = false } = {}) => {
        moment();
        const spec = specOf(name);
        // A wish that gets no answer is told again (watch.ts): what is of interest happens to what is meant to stay.
        const mishap = isWish(patch) ? undefined : world.mishaps.find((one) => one.of === name.name && (one.dryRun ?? false) === dryRun && (one.times ?? 1) > 0);
        if (mishap) mishap.times = (mishap.times ?? 1) - 1;
        mishap?.first?.(world);
        if (mishap?.refused) throw mishap.refused;
        if (mishap?.lost === 'before') throw lost(name);
        const object = store.get(spec);
        if (!object) throw new RescueError('object-not-found', `There is no ${shown(name)}.`);
        const unknown = world.unknown.find((path) => at(patch, ...path.split('.')) !== undefined);
        if (unknown !== undefined) return { unknownField: unknown };
        const given = textAt(patch, 'metadata', 'resourceVersion');
        if (given !== undefined && given !== object.metadata.resourceVersion) throw new RescueError('changed-meanwhile', `Somebody changed ${shown(name)} at the same moment; nothing was written over it.`);
        const next = rfc7386(object, patch) as KubeObject;
        if (dryRun) return { object: next, warnings: [] };
        // Nothing that a pause is about leaves before its intent is on disk.
        if (!isWish(patch)) expect(journal.at(-1)).toMatchObject({ type: 'patch.intended', patch: { body: patch } });
        put(spec, next, 'realm-rescue');
        if (mishap?.lost === 'after') throw lost(name);
        moment();
        return { object: world.get(spec), warnings: [] };
      },
      remove: async () => { throw new Error('nothing is deleted'); },
      review: async () => ({ status: { allowed: true } }),
      logIn: async () => undefined,
      close: async () => undefined,
    },
  };
  return world;
}

const lost = (name: ObjectName): RescueError => new RescueError('no-answer', `The connection was lost after a write of ${shown(name)} had been sent; it may or may not have happened.`, ['Start the same command again: it looks before it writes.']);
/** Asks a controller to look again, which changes nothing of ours. */
const isWish = (patch: JsonObject): boolean => [REFRESH, REQUESTED].some((name) => at(patch, 'metadata', 'annotations', name) !== undefined);
const nameIn = ({ kind, metadata }: KubeObject): ObjectName => nameOf((kind ?? '').toLowerCase() as keyof typeof RESOURCES, metadata.namespace ?? null, metadata.name);

/** One process with the real adapters over the cluster. */
function process(world: World, moment: () => void): ClusterWork {
  const { api, journal } = world;
  let tokens = 0;
  const now = (): number => NIGHT;
  const unplayed = (): never => { throw new Error('not played'); };
  const cluster = {
    place: 'prod-eu (https://k8s.example.com)', remember: unplayed, look: unplayed, candidates: unplayed,
    preparePause: (pause, session) => preparePause(api, pause, session, now()),
    prepareResume: (sent) => prepareResume(api, sent),
    prepareTerminate: (object) => prepareTerminate(api, object),
    ended: (object) => ended(api, object, TIMES, `realm-rescue-ended-${tokens += 1}`),
    prepareSync: (object) => prepareSync(api, object),
    prepareSafe: unplayed,
    prepareRestart: (object) => prepareRestart(api, object, now()),
    rolledOut: (object, onProgress) => rolledOut(api, object, TIMES, onProgress),
    send: async (patch) => {
      const sent = await api.patch(patch.object, patch.body);
      if ('unknownField' in sent) throw new RescueError('write-failed', 'This cluster does not know the field.');
      return { resourceVersion: sent.object.metadata.resourceVersion ?? '', written: ownWrite(sent.object), warnings: sent.warnings };
    },
    happened: (patch) => happened(api, patch),
    settle: async () => regenerate(world),
    check: (pauses) => Promise.all(pauses.map((pause) => checkPause(api, pause))),
    glance: () => { throw new Error('not asked here'); },
    before: (sight, isOurs) => syncBefore(api, sight, TIMES, { token: `realm-rescue-before-${tokens += 1}`, isOurs }),
    watch: (sight, before, onProgress) => watchSync(api, sight, before, { times: TIMES, token: `realm-rescue-watch-${tokens += 1}`, onProgress }),
    frozen: async (name) => {
      const object = await api.get(name);
      return object && frozenRecord(object, name);
    },
    close: async () => undefined,
  } satisfies Cluster;
  return {
    cluster, hash: sha256, patched: false, accounted: null, store: { id: '8f2c', writeText: (file, text) => void world.texts.set(file, typeof text === 'string' ? text : [...text].join('')) },
    state: (): ClusterState => journal.reduce(evolveCluster, NO_CLUSTER),
    dispatch: (event) => {
      moment();
      journal.push(structuredClone(event));
      moment();
    },
    progress: (text) => void world.said.push(text),
    fingerprint: async () => {
      moment();
      if (world.keycloakDown) throw new RescueError('unreachable', 'The connection to Keycloak was lost while reading.');
      return sha256(world.realm);
    },
  };
}

export const hasOurWindow = (project: KubeObject, application: string): boolean => ourWindows(listAt(project, 'spec', 'syncWindows'), application).length > 0;
