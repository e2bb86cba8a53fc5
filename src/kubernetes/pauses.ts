/** Pausing, resuming and everything else that is patched: read anew, made to fit what is there, sent with the version that was read. */
import { RescueError } from '../realm/errors.ts';
import { canonicalJson, sha256 } from '../realm/canonical.ts';
import type { Json, JsonObject } from '../realm/json.ts';
import { wayBack, type ClusterPatch, type ObjectName, type Pause, type PauseCheck, type RestartRisk } from '../runbook/cluster.ts';
import type { Prepared } from '../runner/cluster.ts';
import { isManual, syncPatch, terminatePatch } from '../gitops/controllers/argo.ts';
import { FIELD_MANAGER, fieldPatch, FROZEN_ANNOTATION, thawedValue, versioned, type ControllerKind } from '../gitops/controllers/controller.ts';
import { controllerKind } from '../gitops/controllers/index.ts';
import { applyMergePatch, equal } from '../gitops/controllers/merge-patch.ts';
import { at, isObject, listAt, shown, specOf, textAt, type KubeObject } from '../gitops/controllers/object.ts';
import { lastWrite } from '../gitops/controllers/owners.ts';
import { denyWindow, namesakesIn, ourWindows, windowRecord } from '../gitops/controllers/windows.ts';
import type { ClusterApi } from './api.ts';
import type { LiveRisk } from './risks.ts';
import { settingsOf } from './settings.ts';

/** The windows of an AppProject. */
export const WINDOWS = ['spec', 'syncWindows'];

/** @throws RescueError `object-not-found`, `write-failed` where no way of pausing fits the schema of this cluster */
export async function preparePause(api: ClusterApi, pause: Pause, session: string, now: number): Promise<Prepared> {
  const object = await present(api, pause.object);
  if (pause.means === 'deny-window') return prepareWindow(object, pause, session);
  const kind = kindOf(pause.object);
  if (kind.paused(object)) return { already: `${shown(pause.object)} is paused already (${kind.automation(object)})` };
  const previous = at(object, ...kind.field) ?? null;
  // Argo CD compares with git also while it is paused; of the others it is known only so what somebody changes meanwhile.
  const settings = kind.word === 'application' ? {} : { settings: await settingsOf(api, kind, object) };
  for (const wanted of kind.pauses(object)) {
    const record: JsonObject = { previous, frozen: wanted, session, at: new Date(now).toISOString(), ...settings };
    const body = fieldPatch(object, kind.field, wanted, record);
    // An older schema drops what it does not know and answers 200: only a strict dry run tells (verified-kube.md 3.2).
    const tried = await api.patch(pause.object, body, { dryRun: true });
    if ('unknownField' in tried || !kind.paused(tried.object)) continue;
    return { patch: { id: `pause ${pause.id}`, purpose: 'pause', object: pause.object, title: pause.title, body, field: kind.field, previous, value: wanted, means: pause.means } };
  }
  throw new RescueError('write-failed', `${shown(pause.object)} cannot be paused in a way that this cluster keeps.`, ['Pause it by hand, and state it with --frozen TEXT.']);
}

function prepareWindow(object: KubeObject, pause: Pause, session: string): Prepared {
  const application = applicationOf(pause);
  const windows = listAt(object, ...WINDOWS);
  if (ourWindows(windows, application, session).length > 0) return { already: `the deny window for application ${application} stands in ${shown(pause.object)} already` };
  const value = [...windows, denyWindow(application, session)];
  const body = versioned(object, { spec: { syncWindows: value } });
  return { patch: { id: `pause ${pause.id}`, purpose: 'pause', object: pause.object, title: pause.title, body, field: WINDOWS, previous: at(object, ...WINDOWS) ?? null, value, means: 'deny-window', ...(pause.application === undefined ? {} : { application: pause.application }) } };
}

/** `argocd/keycloak`, of a pause or of a patch that makes one or takes one back. */
export function applicationOf({ id }: Pick<Pause, 'id'>): string {
  return id.replace(/^(?:pause |resume )?application:/, '');
}

/** Our windows for the application of a patch: that of the record that made the patch, where an older version did not write for which application it is. */
function windowsOf(object: KubeObject, patch: ClusterPatch): readonly Json[] {
  return ourWindows(listAt(object, ...WINDOWS), applicationOf(patch), windowMaker(patch));
}

/** The record whose window a patch brings or takes away; null where the patch does not say. */
function windowMaker(patch: ClusterPatch): string | null {
  const [more, less] = patch.purpose === 'pause' ? [listAt(patch.value), listAt(patch.previous)] : [listAt(patch.previous), listAt(patch.value)];
  const [own = null] = ourWindows(more.filter((window) => !less.some((other) => equal(other, window))), applicationOf(patch));
  return windowRecord(own);
}

/**
 * Somebody took the pause of a patch back, and another record has made one since: that is none of the first record's. Null where it is still its
 * own, or where nothing tells whose it is.
 */
function takenUp(object: KubeObject, sent: ClusterPatch): { readonly already: string; readonly heldBy: string } | null {
  const [own, now] = sent.means === 'deny-window'
    ? [windowMaker(sent), windowsOf(object, sent).map(windowRecord)]
    : [recordIn(textAt(sent.body, 'metadata', 'annotations', FROZEN_ANNOTATION)), [recordIn(object.metadata.annotations?.[FROZEN_ANNOTATION])]];
  const [other = null] = now;
  if (own === null || other === null || now.includes(own)) return null;
  const isWindow = sent.means === 'deny-window';
  const what = isWindow ? `${shown(sent.object)} has a deny window of record ${other} for application ${applicationOf(sent)} now` : `${shown(sent.object)} is paused by record ${other} now`;
  return { already: `${what}: it is left to that record, and ${wayBack(other, isWindow ? `application:${applicationOf(sent)}` : specOf(sent.object))} lets it run again`, heldBy: other };
}

/** The way back from a pause; what others changed in the meantime stays. */
export async function prepareResume(api: ClusterApi, sent: ClusterPatch): Promise<Prepared> {
  const object = await api.get(sent.object);
  if (object === null) return { already: `${shown(sent.object)} is gone, and its pause with it`, gone: true };
  const taken = takenUp(object, sent);
  const head = { id: sent.id.replace(/^pause /, 'resume '), purpose: 'resume', object: sent.object, field: sent.field, ...(sent.means === undefined ? {} : { means: sent.means }), ...(sent.application === undefined ? {} : { application: sent.application }) } as const;
  const current = at(object, ...sent.field);
  if (sent.means === 'deny-window') {
    if (taken !== null) return taken;
    const application = applicationOf(sent);
    const maker = windowMaker(sent);
    const ours = windowsOf(object, sent).filter((window) => maker === null || windowRecord(window) === maker);
    const left = listAt(object, ...WINDOWS).filter((window) => !ours.includes(window));
    const others = namesakesIn(left, application);
    if (ours.length === 0) return { already: `no deny window of realm-rescue for application ${application} stands in ${shown(sent.object)} any more` };
    // An empty list was not there before us, unless it was: others may have had windows then, and have none now.
    const value: Json = left.length === 0 && !equal(sent.previous, []) ? null : left;
    return { patch: { ...head, title: `take the deny window for application ${application} out of ${shown(sent.object)}${others.length === 0 ? '' : `; that for ${others.join(' and ')} stays, and stops it as well`}`, body: versioned(object, { spec: { syncWindows: value } }), previous: current ?? null, value } };
  }
  const kind = kindOf(sent.object);
  const marked = object.metadata.annotations?.[FROZEN_ANNOTATION] !== undefined;
  if (!kind.paused(object)) {
    if (!marked || taken !== null) return { already: `${shown(sent.object)} is not paused any more (${kind.automation(object)})` };
    return { patch: { ...head, title: `take the mark of the pause off ${shown(sent.object)}, which somebody has resumed already`, body: fieldPatch(object, kind.field, current, null), previous: current ?? null, value: current ?? null } };
  }
  if (taken !== null) return taken;
  // The same record may have let it run and frozen it again elsewhere: what the object remembers is nearer than a copy of it here.
  const mark = object.metadata.annotations?.[FROZEN_ANNOTATION];
  const own = textAt(sent.body, 'metadata', 'annotations', FROZEN_ANNOTATION);
  const latest = mark !== undefined && own !== undefined && mark !== own ? frozenRecord(object, sent.object)?.patch ?? sent : sent;
  const { value, changedMeanwhile } = thawedValue(latest.previous ?? undefined, latest.value ?? undefined, current);
  return {
    patch: {
      ...head, body: fieldPatch(object, kind.field, value, null), previous: current ?? null, value: value ?? null,
      title: `${sent.field.join('.')} of ${shown(sent.object)} as it was before the pause${changedMeanwhile ? ', with what somebody else changed since' : ''}`,
    },
  };
}

export async function prepareTerminate(api: ClusterApi, name: ObjectName): Promise<Prepared> {
  const object = await present(api, name);
  const kind = kindOf(name);
  const running = kind.running(object);
  if (kind.word !== 'application' || running === null) return { already: `nothing is running in ${shown(name)}` };
  if (running.phase === 'Terminating') return { already: `the operation of ${shown(name)} is being ended already` };
  if (!isObject(at(object, 'operation')) && textAt(object, 'status', 'operationState', 'phase') !== 'Running') return { already: `nothing is running in ${shown(name)}` };
  // Nothing has been done yet, and there is no state that could say that it ends.
  if (running.since === null) return { patch: { id: `terminate ${specOf(name)}`, purpose: 'terminate', object: name, title: `take back the operation that ${shown(name)} has not begun`, body: versioned(object, { operation: null }), field: ['operation'], previous: operationOnRecord(object), value: null } };
  return { patch: { id: `terminate ${specOf(name)}`, purpose: 'terminate', object: name, title: `end the running operation of ${shown(name)}`, body: terminatePatch(object), field: ['status', 'operationState', 'phase'], previous: textAt(object, 'status', 'operationState', 'phase') ?? null, value: 'Terminating' } };
}

/**
 * Who asked for which revision, and a hash that tells every other change: an operation may hold manifests (`argocd app sync --local`) and
 * parameters of Helm (a rollback), secrets among them, and nothing puts one back.
 */
function operationOnRecord(object: KubeObject): Json {
  const asked = at(object, 'operation') ?? null;
  const [username, revision] = [textAt(asked, 'initiatedBy', 'username'), textAt(asked, 'sync', 'revision')];
  return { ...(username === undefined ? {} : { initiatedBy: { username } }), ...(revision === undefined ? {} : { sync: { revision } }), sha256: sha256(canonicalJson(asked)) };
}

/** @returns already where it is no application, is paused, has nothing left to sync, or something runs: a second operation would be refused or mixed into the first */
export async function prepareSync(api: ClusterApi, name: ObjectName): Promise<Prepared> {
  const object = await present(api, name);
  const kind = kindOf(name);
  if (kind.word !== 'application') return { already: `${shown(name)} reconciles by itself` };
  if (kind.running(object) !== null) return { already: `${shown(name)} is syncing` };
  // Without automation it can only have been paused by a window, as the child of a RollingSync, which does not repeat what has failed either.
  if (kind.paused(object) && !isManual(object)) return { already: `${shown(name)} is paused, by somebody else: it is not asked for a sync` };
  if (kind.view(object).synced === true) return { already: `${shown(name)} has synced by itself` };
  const body = syncPatch(object);
  return { patch: { id: `sync ${specOf(name)}`, purpose: 'sync', object: name, title: `ask ${shown(name)} for one sync: it does not repeat one that failed`, body, field: ['operation'], previous: null, value: body['operation'] ?? null } };
}

/**
 * The live patch of a workload or of a ConfigMap that it reads.
 * @param fresh  the risk as it was just found again; undefined where it is none any more
 */
export async function prepareSafe(api: ClusterApi, risk: RestartRisk, fresh: LiveRisk | undefined): Promise<Prepared> {
  if (!fresh?.safe) return { already: `${shown(risk.object)} needs no patch any more` };
  const field = risk.object.resource.kind === 'ConfigMap' ? ['data'] : ['spec'];
  const before = at(await present(api, risk.object), ...field) ?? null;
  return { patch: { id: `make-safe ${specOf(risk.object)}`, purpose: 'make-safe', object: risk.object, title: fresh.safe.title, body: {}, field, previous: sha256(canonicalJson(before)), value: sha256(canonicalJson(applyMergePatch(before, at(fresh.safe.body, ...field) ?? {}))) }, secret: fresh.safe.body };
}

/** As `kubectl rollout restart`: an annotation on the pod template, so that the controller replaces the pods in its own order. */
export async function prepareRestart(api: ClusterApi, name: ObjectName, now: number): Promise<Prepared> {
  const object = await present(api, name);
  const field = ['spec', 'template', 'metadata', 'annotations', 'kubectl.kubernetes.io/restartedAt'];
  const value = new Date(now).toISOString();
  return { patch: { id: `restart ${specOf(name)}`, purpose: 'restart', object: name, title: `restart the pods of ${shown(name)} once`, body: versioned(object, { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': value } } } } }), field, previous: at(object, ...field) ?? null, value } };
}

/**
 * Whether a patch that was intended, and of which nothing more is known, has happened. Others may have written beside it since, so it is known
 * by its own marks: the record in the annotation, the window with our name.
 */
export async function happened(api: ClusterApi, patch: ClusterPatch): Promise<boolean> {
  const object = await api.get(patch.object);
  if (!object) return false;
  const current = at(object, ...patch.field) ?? null;
  // Of a workload only the hash is on record.
  if (patch.purpose === 'make-safe') return sha256(canonicalJson(current)) === patch.value;
  if (patch.means === 'deny-window') return windowsOf(object, patch).length > 0 === (patch.purpose === 'pause');
  const mark = object.metadata.annotations?.[FROZEN_ANNOTATION];
  if (patch.purpose === 'pause' && mark !== undefined) return mark === textAt(patch.body, 'metadata', 'annotations', FROZEN_ANNOTATION);
  if (patch.purpose === 'resume' && mark === undefined && !kindOf(patch.object).paused(object)) return true;
  return equal(current, patch.value);
}

export async function checkPause(api: ClusterApi, sent: ClusterPatch): Promise<PauseCheck> {
  const object = await api.get(sent.object);
  if (!object) return { id: sent.id, holds: false, because: `${shown(sent.object)} is gone` };
  if (sent.means === 'deny-window') {
    const holds = windowsOf(object, sent).length > 0;
    return { id: sent.id, holds, because: holds ? '' : `the deny window was taken out of ${shown(sent.object)}${blame(object, sent)}` };
  }
  const kind = kindOf(sent.object);
  const holds = kind.paused(object);
  return { id: sent.id, holds, because: holds ? '' : `${shown(sent.object)} is ${kind.automation(object)} again${blame(object, sent)}` };
}

/**
 * Who wrote last, where that was after the pause: whoever takes a field away, or puts one back by a plain update, may leave no entry, and the
 * newest one is then that of the creator, or our own. Both times are the API server's own, in whole seconds: the same one proves no order, and
 * the clock of this machine may be another.
 */
function blame(object: KubeObject, { written }: ClusterPatch): string {
  const write = lastWrite(object, null);
  if (write === null || written === undefined || write.manager === FIELD_MANAGER || Date.parse(write.time) <= Date.parse(written)) return '';
  return `, last written by ${write.manager} at ${write.time}`;
}

/** When we wrote last, as the API server logged it in the answer to a patch of ours; null: it does not say. */
export function ownWrite({ metadata: { managedFields = [] } }: KubeObject): string | null {
  return managedFields.flatMap(({ manager, time }) => (manager === FIELD_MANAGER && time !== undefined ? [time] : [])).toSorted().at(-1) ?? null;
}

/** A pause of ours as the object itself remembers it; null where it carries none, or one that cannot be read. */
export function frozenRecord(object: KubeObject, name: ObjectName): { readonly patch: ClusterPatch; readonly session: string; readonly at: string; readonly previous: Json; /** As it was to do at the pause; null where that was not kept. */ readonly settings: string | null } | null {
  const text = object.metadata.annotations?.[FROZEN_ANNOTATION];
  const kind = controllerKind(name.resource.kind);
  const record = markIn(text);
  if (text === undefined || !kind || record?.['frozen'] === undefined) return null;
  const previous = record['previous'] ?? null;
  const patch: ClusterPatch = { id: `pause ${specOf(name)}`, purpose: 'pause', object: name, title: `pause of ${shown(name)}`, body: { metadata: { annotations: { [FROZEN_ANNOTATION]: text } } }, field: kind.field, previous, value: record['frozen'], means: kind.word === 'application' ? 'automation-off' : 'suspend' };
  return { patch, previous, session: textAt(record, 'session') ?? '', at: textAt(record, 'at') ?? '', settings: textAt(record, 'settings') ?? null };
}

/** What an annotation of ours says; null where it cannot be read. */
function markIn(text: string | undefined): JsonObject | null {
  try {
    const record = JSON.parse(text ?? '') as Json;
    return isObject(record) ? record : null;
  } catch {
    return null;
  }
}

/** The record that left an annotation, where that could be one's id. */
function recordIn(text: string | undefined): string | null {
  const session = textAt(markIn(text) ?? {}, 'session') ?? '';
  return /^[\w-]{1,40}$/.test(session) ? session : null;
}

async function present(api: ClusterApi, name: ObjectName): Promise<KubeObject> {
  const object = await api.get(name);
  if (!object) throw new RescueError('object-not-found', `There is no ${shown(name)} in the cluster of context ${api.context}.`, ['Check the name, the namespace and --context.']);
  return object;
}

function kindOf(name: ObjectName): ControllerKind {
  const kind = controllerKind(name.resource.kind);
  if (!kind) throw new Error(`${name.resource.kind} cannot be paused`);
  return kind;
}
