/**
 * What a pod start does to the realm, read off the live objects: no pause of a controller stops a drain, a crash or a hook. The judgement is
 * that of lint for files in git; the operator's own import is none, because its Job passes --override=false (gitops.md 2.2).
 */
import type { JsonObject } from '../realm/json.ts';
import type { RestartRisk } from '../runbook/cluster.ts';
import { versioned } from '../gitops/controllers/controller.ts';
import { isObject, nameOf, nameOfObject, shown, shownObject, specOf, type KubeObject } from '../gitops/controllers/object.ts';
import { imageVersion } from '../gitops/launches/launch.ts';
import { lintObject, type LiveObject, type LivePlace } from '../gitops/live/lint-object.ts';
import { containersOf, isServerImage, podSources, type PodSource } from '../gitops/live/pods.ts';
import { consequence, instead, standing } from './restart-words.ts';

/** A risk with the patch against it, which may hold values of variables and is not for the journal. */
export interface LiveRisk extends RestartRisk {
  readonly safe: { readonly title: string; readonly body: JsonObject } | null;
}

/** What workloads refer to, as far as it was read. */
export interface References {
  readonly configMaps: readonly KubeObject[];
  /** Of the server, where somebody knows it; the tag of an image wins. */
  readonly serverVersion?: string | null;
  /** The workloads are not there any more: when they start again, in a sentence. */
  readonly gone?: string;
}

/**
 * The workloads whose pods import over the realm when they start, and the ConfigMaps of theirs that make them do so: one entry an object, with
 * everything that is destructive in it and the one patch that leaves nothing destructive.
 *
 * @param workloads   StatefulSets, Deployments, Jobs and CronJobs, as the API server has them
 */
export function restartRisks(workloads: readonly KubeObject[], references: References): readonly LiveRisk[] {
  const risks = new Map<string, LiveRisk>();
  for (const workload of workloads) {
    if (isOwnedElsewhere(workload) || isSuspended(workload)) continue;
    const sources = references.configMaps.flatMap((configMap) => usedPart(workload, configMap));
    const found = lintObject(workload, sources, references.serverVersion ?? serverVersion(workload));
    // The command in the workload alone decides where both speak: with its argument the variable says nothing any more.
    const commands = found.some(({ object, places }) => object === workload && places.some(({ finding }) => finding.rule === 'kc.sh import'));
    const inSources = found.filter(({ object }) => object !== workload).map((live) => ({ ...live, places: live.places.filter(({ finding }) => !commands || finding.rule !== 'KC_OVERRIDE') })).filter(({ places }) => places.length > 0)
      .map((live) => configMapRisk(live, references.configMaps.find((each) => isSame(each, live.object)) ?? live.object, workload));
    const own = found.filter(({ object }) => object === workload).flatMap((live) => workloadRisk(live, inSources, references));
    // What the pods read at their start comes first: a patch of the workload restarts them.
    for (const risk of [...inSources, ...own]) if (!risks.has(specOf(risk.object))) risks.set(specOf(risk.object), risk);
  }
  return [...risks.values()];
}

const isSame = (a: KubeObject, b: KubeObject) => a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace;

/**
 * Variables that decide and that come from something which was not read, one line each: an import that is set there is not seen.
 */
export function unseenSources(workloads: readonly KubeObject[], references: References): readonly string[] {
  return workloads.filter((workload) => !isOwnedElsewhere(workload)).flatMap((workload) => {
    const names = unread(workload, references);
    return names.length === 0 ? [] : [`${shownObject(workload)} takes variables from ${names.join(' and ')}, which ${names.length === 1 ? 'was' : 'were'} not read: an import that is set there is not seen`];
  });
}

/** What a Job of a CronJob does is told where it comes from. */
function isOwnedElsewhere({ metadata }: KubeObject): boolean {
  return (metadata.ownerReferences ?? []).some(({ kind }) => kind === 'CronJob');
}

function isSuspended({ kind, spec }: KubeObject): boolean {
  return kind === 'CronJob' && isObject(spec) && spec['suspend'] === true;
}

/** The part of a ConfigMap that a workload uses, as an object of its own; none where it uses none. */
function usedPart(workload: KubeObject, configMap: KubeObject): readonly KubeObject[] {
  const { name, namespace } = configMap.metadata;
  const uses = namespace === workload.metadata.namespace ? podSources(workload).filter((source) => source.kind === 'ConfigMap' && source.name === name) : [];
  const data = isObject(configMap['data']) ? configMap['data'] : {};
  const kept = Object.entries(data).filter(([key]) => uses.some((use) => (use.as === 'variable' ? use.key === key : (use.as === 'variables') === /^[A-Za-z_][\w]*$/.test(key))));
  return kept.length === 0 ? [] : [{ ...configMap, kind: 'ConfigMap', data: Object.fromEntries(kept) }];
}

function workloadRisk({ object: live, places, patch }: LiveObject, inSources: readonly LiveRisk[], references: References): readonly LiveRisk[] {
  const object = nameOfObject(live);
  if (object === null) return [];
  const missing = unread(live, references);
  // To restart pods that then import by what a ConfigMap says would be the very thing.
  const traps = inSources.map(({ object: source }) => shown(source)).join(' and ');
  const trapped = inSources.some(({ safe }) => safe === null) && live.kind !== 'CronJob';
  const offered = trapped ? null : patched(live, places, patch);
  const after = offered === null ? (trapped ? [`A patch of it would restart its pods, and that start also imports by ${traps}: correct that first.`] : instead(live, object)) : offered.suspends ? [] : [...consequence(live, serverVersion(live)), ...(traps === '' ? [] : [`That start also imports by ${traps}: make that safe first.`])];
  return [{
    object, setting: settingsOf(places), safe: offered === null ? null : { title: `${offered.title} ${shown(object)}${offered.after}`, body: versioned(live, offered.body) },
    because: [...reasons(places), ...(references.gone === undefined ? [...standing(live), ...after] : [references.gone]), ...(missing.length === 0 ? [] : [`${missing.join(' and ')}, which other variables come from, ${missing.length === 1 ? 'was' : 'were'} not read.`])].join(' '),
  }];
}

interface Offered {
  /** `add --override=false to initContainers[import] of`: before the object. */
  readonly title: string;
  readonly after: string;
  readonly body: JsonObject;
  readonly suspends: boolean;
}

/** The patch that makes a workload safe. A Job's template never changes, and an operator puts back what is its own. */
function patched(live: KubeObject, places: readonly LivePlace[], patch: JsonObject | null): Offered | null {
  const { kind = '', metadata: { ownerReferences = [] } } = live;
  if (kind === 'Job' || ownerReferences.some(({ apiVersion }) => /keycloak/.test(apiVersion))) return null;
  if (patch !== null) return { title: `${fixes(places)} of`, after: restarts(live), body: patch, suspends: false };
  return kind === 'CronJob' ? { title: 'suspend', after: '; it starts no Job until spec.suspend is false again', body: { spec: { suspend: true } }, suspends: true } : null;
}

function restarts({ kind, spec }: KubeObject): string {
  if (kind === 'CronJob') return '; its next Job has it';
  const strategy = isObject(spec) && isObject(spec['updateStrategy']) ? spec['updateStrategy']['type'] : undefined;
  if (strategy === 'OnDelete') return '; its pods have it when they are deleted, none is restarted';
  return '; its pods restart';
}

function configMapRisk({ places, patch }: LiveObject, original: KubeObject, workload: KubeObject): LiveRisk {
  const object = nameOf('configmap', original.metadata.namespace ?? null, original.metadata.name);
  const immutable = original['immutable'] === true;
  const by = shownObject(workload);
  return {
    object, setting: settingsOf(places),
    because: [...reasons(places), `${by} reads it whenever a pod starts.`, immutable ? `It is immutable: make one of another name, and use that in ${by}.` : patch === null ? `Change it by hand: kubectl edit configmap -n ${object.namespace ?? ''} ${object.name}` : 'Nothing restarts when it is changed.'].join(' '),
    safe: immutable || patch === null ? null : { title: `${fixes(places)} of ${shown(object)}; pods have it from their next start on`, body: versioned(original, patch) },
  };
}

function settingsOf(places: readonly LivePlace[]): string {
  return [...new Set(places.map(({ where, finding }) => `${where === '' ? '' : `${where}: `}${words(finding.rule, finding.setting)}`))].join('; ');
}

/** What is said of `kc.sh import` is what it lacks: everybody expects --override to be off. */
function words(rule: string, setting: string): string {
  if (rule === '-Dkeycloak.migration.action=import') return `${rule} without -Dkeycloak.migration.strategy=IGNORE_EXISTING`;
  if (rule !== 'kc.sh import') return setting;
  const value = /^kc\.sh import=(.*)$/s.exec(setting)?.[1];
  return value === undefined ? 'kc.sh import without --override=false' : `kc.sh import with --override${value === '' ? '' : `=${value}`}`;
}

const reasons = (places: readonly LivePlace[]): readonly string[] => [...new Set(places.map(({ finding }) => finding.because))];

/** `add --override=false to initContainers[import]`, out of the words of lint. */
function fixes(places: readonly LivePlace[]): string {
  const done = places.flatMap(({ where, finding: { fix, setting } }) => {
    if (fix === undefined) return [];
    const added = /^(.*) added$/.exec(fix)?.[1];
    const set = /^(?:(--override) )?set to (.*)$/.exec(fix);
    return [added === undefined ? `set ${set?.[1] ?? setting.replace(/=.*$/s, '')} to ${set?.[2] ?? fix} in ${where}` : `add ${added} to ${where}`];
  });
  return [...new Set(done)].join(' and ');
}

/** The variables of Keycloak and keycloak-config-cli that decide about an import, or that may hold JVM properties. */
const DECIDES = /^(?:JAVA_(?:TOOL_)?OPTS\w*|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|KC_OVERRIDE|KC_SPI_IMPORT\w*|KEYCLOAK_(?:IMPORT|EXTRA_ARGS|MIGRATION)\w*|IMPORT_\w+)$/;

function unread(workload: KubeObject, { configMaps }: References): readonly string[] {
  const isRead = ({ kind, name }: PodSource) => kind === 'ConfigMap' && configMaps.some(({ metadata }) => metadata.name === name && metadata.namespace === workload.metadata.namespace);
  const decides = ({ as, variable }: PodSource) => as === 'variables' || (as === 'variable' && DECIDES.test(variable ?? ''));
  return [...new Set(podSources(workload).filter((source) => decides(source) && !isRead(source)).map(({ kind, name }) => `${kind} ${workload.metadata.namespace ?? ''}/${name}`))];
}

/** By the image of the server; a program that imports may have another version. */
function serverVersion(workload: KubeObject): string | null {
  return imageVersion(containersOf(workload).find(({ image, init }) => !init && isServerImage(image))?.image ?? null);
}
