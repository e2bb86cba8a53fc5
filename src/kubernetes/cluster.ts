/** The cluster as the runner sees it: everything that reads or patches Kubernetes on the way from freeze to thaw. */
import { setTimeout as pauseFor } from 'node:timers/promises';
import { RescueError } from '../realm/errors.ts';
import { endable } from '../runbook/cluster.ts';
import type { ClusterSight, ObjectName, RestartRisk } from '../runbook/cluster.ts';
import type { Cluster } from '../runner/cluster.ts';
import { nameOfObject, shown, specOf, type KubeObject } from '../gitops/controllers/object.ts';
import { lastWrite } from '../gitops/controllers/owners.ts';
import { operatorNotes } from '../gitops/live/operator-notes.ts';
import { openCluster, type ClusterApi } from './api.ts';
import { appliedBy, namespacesOf, worthRemembering } from './applied.ts';
import { around, carrierNames, readCarrier } from './carrier.ts';
import { openControllerLists } from './controller-lists.ts';
import { clusterCandidates, newestFirst } from './evidence.ts';
import { findWriter, type Searching } from './find-writer.ts';
import { namesController, parseFrom, type FromSpec } from './from-spec.ts';
import { goneHooks, hookToRemember, lastHooks } from './gone-hooks.ts';
import { tolerated } from './permitted.ts';
import { checkPause, frozenRecord, happened, ownWrite, preparePause, prepareRestart, prepareResume, prepareSafe, prepareSync, prepareTerminate } from './pauses.ts';
import { remember, type ToRemember } from './remember.ts';
import { endNeeds, freezeNeeds, missingRights, roleYaml, safeNeeds, whoAmI, type Need } from './rights.ts';
import { restartRisks, unseenSources, type LiveRisk } from './risks.ts';
import type { ClusterTarget } from './target.ts';
import { windowNotes } from './window-notes.ts';
import { workloadsOf } from './workloads.ts';
import { USUAL_TIMES, type WatchTimes } from './answers.ts';
import { rolledOut } from './rollout.ts';
import { ended, syncBefore, watchSync } from './watch.ts';

export interface ClusterOptions {
  readonly now?: () => number;
  readonly times?: WatchTimes;
}

export interface OpenedCluster extends Cluster {
  /** Runs the login plugin of the kubeconfig now, where it has one. */
  logIn(): Promise<void>;
}

/** @throws RescueError `kubeconfig` at once; everything else with the first call */
export function openClusterPort(target: ClusterTarget, { now = Date.now, times = USUAL_TIMES }: ClusterOptions = {}): OpenedCluster {
  const api = openCluster(target, now);
  const lists = openControllerLists(api);
  let tokens = 0;
  // Flux takes any text that differs from the last one.
  const token = () => `realm-rescue-${now()}-${tokens += 1}`;
  return {
    place: `${api.context} (${api.server})`,
    remember: async (from, onProgress = () => undefined) => {
      const spec = parseFrom(from, api.namespace);
      const named = await carrierNames(api, spec);
      // The lists of a large cluster take a while, and in the meantime the API server forgets.
      return remember(api, named.map((name) => ({ name, key: spec.key })), besideCarrier(api, { spec, named }, { lists, onProgress }));
    },
    look: (from, onProgress = () => undefined) => look(api, from, { lists, onProgress }),
    candidates: async (from, realm) => {
      const found = await Promise.all((await namespacesOf(api, parseFrom(from, api.namespace))).map((namespace) => clusterCandidates(api, { namespace, realm })));
      return found.flat().toSorted(newestFirst);
    },
    preparePause: (pause, session) => preparePause(api, pause, session, now()),
    prepareResume: (sent) => prepareResume(api, sent),
    prepareTerminate: (object) => prepareTerminate(api, object),
    ended: (object) => ended(api, object, times, token()),
    prepareSync: async (object) => {
      await ended(api, object, times, token());
      return prepareSync(api, object);
    },
    prepareSafe: async (risk) => prepareSafe(api, risk, await freshRisk(api, risk)),
    rolledOut: (object, onProgress) => rolledOut(api, object, times, onProgress),
    prepareRestart: (object) => prepareRestart(api, object, now()),
    send: async (patch, secret) => {
      const sent = await api.patch(patch.object, secret ?? patch.body);
      if ('unknownField' in sent) throw new RescueError('write-failed', `This cluster does not know the field ${sent.unknownField} of ${shown(patch.object)}; nothing was written.`, ['Pause it by hand, and state it with --frozen TEXT.']);
      return { resourceVersion: sent.object.metadata.resourceVersion ?? '', written: ownWrite(sent.object), warnings: sent.warnings };
    },
    happened: (patch) => happened(api, patch),
    settle: () => pauseFor(times.settle),
    check: (pauses) => Promise.all(pauses.map((pause) => checkPause(api, pause))),
    glance: (sight, isOurs) => syncBefore(api, sight, times, { token: null, isOurs }),
    before: (sight, isOurs) => syncBefore(api, sight, times, { token: token(), isOurs }),
    watch: (sight, before, onProgress) => watchSync(api, sight, before, { times, token: token(), onProgress }),
    frozen: async (name) => {
      const object = await api.get(name);
      return object === null ? null : frozenRecord(object, name);
    },
    logIn: () => api.logIn(),
    close: () => api.close(),
  };
}

/** What stands around a carrier, and what applies it, with the hooks that ran and are gone. */
async function besideCarrier(api: ClusterApi, { spec, named }: { readonly spec: FromSpec; readonly named: FromSpec['objects'] }, searching: Searching): Promise<readonly ToRemember[]> {
  // What carried the realm may be gone by now, and is remembered all the same. What stands around it must not keep it from being read.
  const found = await tolerated(async () => {
    const carrier = await readCarrier(api, spec);
    const { workloads, carriers, names } = await around(api, spec, carrier.name, carrier.object);
    const { controllers, appliers } = await findWriter(api, [carrier.object, ...carriers.map(({ object }) => object), ...workloads], searching);
    const hooks = await Promise.all(appliers.flatMap((applier) => lastHooks(api, applier).map(({ job }) => hookToRemember(api, applier, job))));
    const applied = worthRemembering(await appliedBy(api, carrier.object));
    return { hooks, names: [...names, ...namesOf(workloads), ...applied, ...controllers.map(({ object }) => object)] };
  });
  if (found instanceof RescueError) return [];
  const others = unique([...found.names, ...found.hooks.map(({ name }) => name)], named);
  return others.map((name) => found.hooks.find((hook) => specOf(hook.name) === specOf(name)) ?? { name, key: null });
}

async function look(api: ClusterApi, from: string, searching: Searching): Promise<ClusterSight> {
  const spec = parseFrom(from, api.namespace);
  const [user, { name: source, object: carrier }] = await Promise.all([whoAmI(api), readCarrier(api, spec)]);
  const { workloads, configMaps, carriers, names, notes, scope } = await around(api, spec, source, carrier);
  const all = [carrier, ...carriers.map(({ object }) => object), ...workloads];
  const found = await findWriter(api, all, searching);
  const [applied, windows] = await Promise.all([appliedBy(api, carrier), windowNotes(api, found.pauses)]);
  const gone = await goneHooks(api, found.appliers, all);
  // A sync of what was named itself is judged by what it starts, as one that was found from there.
  const started = { workloads: [...workloads, ...applied.workloads], configMaps: [...configMaps, ...applied.configMaps] };
  const risks = restartRisks(started.workloads, started);
  const needs = [...freezeNeeds({ source, around: scope, controllers: found.controllers.map(({ object }) => object), pauses: found.pauses.map(({ object }) => object) }), ...found.unread];
  const [missing, unsafe, endless] = await Promise.all([missingRights(api, needs), missingRights(api, safeNeeds(risks)), missingRights(api, endNeeds(endable(found).map(({ object }) => object)))]);
  const mayPause = found.controllers.length === 0 ? found.unread.length === 0 : !missing.some(({ verb }) => verb === 'patch');
  const lacking = [...missing, ...unsafe, ...endless];
  const named = namesController(spec);
  return {
    context: api.context, server: api.server, user, source: from, lastWrite: lastWrite(carrier, spec.key),
    carrier: named ? null : { spec: specOf(source), resourceVersion: carrier.metadata.resourceVersion ?? '' },
    objects: unique([...(named ? applied.objects : [source, ...names]), ...namesOf(workloads)]),
    controllers: found.controllers, pauses: found.pauses, risks: [...risks.map(({ safe, ...risk }) => ({ ...risk, safe: safe && { title: safe.title } })), ...gone.risks],
    notes: [...found.notes, ...windows, ...operatorNotes(carrier), ...notes, ...applied.notes, ...gone.notes, ...unseenSources([...workloads, ...applied.keycloaks], started), ...patchesOf(unsafe).map((need) => mayNot(need, 'the live patch against its import')), ...patchesOf(endless).map((need) => mayNot(need, 'ending its operation'))],
    mayPause, mayTerminate: patchesOf(endless).length === 0, role: lacking.length === 0 ? null : roleYaml(lacking, user),
  };
}

const patchesOf = (needs: readonly Need[]): readonly Need[] => needs.filter(({ verb }) => verb === 'patch');

function mayNot({ resource, namespace, name }: Need, what: string): string {
  return `These credentials may not patch ${resource} ${namespace ?? ''}/${name ?? ''}, which ${what} takes; realm-rescue doctor with the same --context and --from prints the Role`;
}

/** The risk as it is now; undefined where it is none any more. Status and the like are written all the time, and a patch carries the version that it was made from. */
async function freshRisk(api: ClusterApi, { object, setting }: RestartRisk): Promise<LiveRisk | undefined> {
  const workload = object.resource.kind === 'ConfigMap' ? null : await api.get(object);
  const { workloads, configMaps } = await workloadsOf(api, object.namespace ?? api.namespace, object.resource.kind === 'ConfigMap' ? [object] : []);
  const all = [...workloads.filter(({ kind, metadata }) => kind !== object.resource.kind || metadata.name !== object.name), ...(workload ? [{ kind: object.resource.kind, ...workload }] : [])];
  return restartRisks(all, { configMaps }).find((risk) => specOf(risk.object) === specOf(object) && risk.setting === setting);
}

const namesOf = (objects: readonly KubeObject[]): readonly ObjectName[] => objects.flatMap((object) => nameOfObject(object) ?? []);

/** Each once, without those that are known. */
function unique(names: readonly ObjectName[], known: readonly ObjectName[] = []): readonly ObjectName[] {
  const before = new Set(known.map(specOf));
  return [...new Map(names.map((name) => [specOf(name), name])).values()].filter((name) => !before.has(specOf(name)));
}
