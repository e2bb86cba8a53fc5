/**
 * What the API server still has of objects that were overwritten minutes ago, and nobody else: it answers a list at an earlier
 * resourceVersion until etcd is compacted (verified-kube.md 3.1). A plain GET with an old resourceVersion gives the current object.
 */
import { RescueError } from '../realm/errors.ts';
import type { RememberedText } from '../runner/cluster.ts';
import { equal } from '../gitops/controllers/merge-patch.ts';
import { at, isObject, shown, type KubeObject, type ObjectName } from '../gitops/controllers/object.ts';
import { lastWrite } from '../gitops/controllers/owners.ts';
import type { ClusterApi } from './api.ts';

/** Versions kept of one object, and lists asked for: a roll-out alone writes a status twenty times. */
const MOST_VERSIONS = 12;
const MOST_LISTS = 60;
const FORGETS = 'it forgets after 5 to 10 minutes';

export interface ToRemember {
  readonly name: ObjectName;
  /** The key of a ConfigMap or Secret whose last writer is of interest; null: any. */
  readonly key: string | null;
  /** A resourceVersion at which it was there: what is gone by now, and was there only for a while, is stepped over without. */
  readonly seenAt?: string;
}

export interface WhatWasRemembered {
  /** By object in the order given, each newest first. */
  readonly versions: readonly RememberedText[];
  /** How far back could be looked, and what could not be looked at. */
  readonly notes: readonly string[];
}

/**
 * Reads the earlier versions of objects, each that says something else than the version after it. Objects that are gone are looked for, too.
 * Takes `list`; where that is not allowed a note says so.
 *
 * @param beside  more objects, once they are found: nothing waits for that but they
 * @throws RescueError where the first object cannot be asked for at all; what finding the others throws
 */
export async function remember(api: ClusterApi, objects: readonly ToRemember[], beside: Promise<readonly ToRemember[]> = Promise.resolve([])): Promise<WhatWasRemembered> {
  const walked = (some: readonly ToRemember[]) => Promise.allSettled(some.map((object) => walkBack(api, object)));
  const [own, others, found] = await Promise.all([walked(objects), beside.then(walked), beside]);
  const all = [...objects, ...found];
  const results = [...own, ...others].map((walk, index): WhatWasRemembered => {
    if (walk.status === 'fulfilled') return walk.value;
    const failure: unknown = walk.reason;
    if (!(failure instanceof RescueError) || (index === 0 && failure.code !== 'missing-role')) throw failure;
    return { versions: [], notes: [lost(shown((all[index] as ToRemember).name), failure)] };
  });
  return { versions: results.flatMap(({ versions }) => versions), notes: results.flatMap(({ notes }) => notes) };
}

function lost(object: string, failure: RescueError): string {
  if (failure.code !== 'missing-role') return `Earlier versions of ${object} could not be asked for: ${failure.message}`;
  return `Earlier versions of ${object} cannot be read, and are lost in minutes: ${failure.message} Reading the object alone gives only the current version. ${failure.next.join(' ')}`;
}

async function walkBack(api: ClusterApi, { name, key, seenAt }: ToRemember): Promise<WhatWasRemembered> {
  const { resource, namespace } = name;
  const object = shown(name);
  const fieldSelector = `metadata.name=${name.name}`;
  // A list here too, and not a GET: a gone object has no resourceVersion, a list always has one.
  const now = await api.list(resource, { namespace, fieldSelector });
  if (now === null) return { versions: [], notes: [`This cluster does not know the kind ${resource.kind}.`] };
  const versions: RememberedText[] = [];
  const look = views(async (moment) => {
    const seen = await api.list(resource, { namespace, fieldSelector, exactly: String(moment) });
    return seen === null ? 'forgotten' : (seen.items[0] ?? 'absent');
  });
  const apiVersion = [...(resource.group === '' ? [] : [resource.group]), (await api.version(resource.group)) ?? resource.version].join('/');
  let next: KubeObject | null = now.items[0] ?? null;
  let replacedBy = next === null ? now.resourceVersion : revisionOf(next);
  let before = next === null && seenAt !== undefined ? BigInt(seenAt) + 1n : BigInt(replacedBy);
  for (;;) {
    const seen = versions.length < MOST_VERSIONS ? await versionBefore(look, before) : 'enough';
    if (typeof seen === 'string') return { versions, notes: [farthest(seen, object, next === null ? null : replacedBy)] };
    const resourceVersion = revisionOf(seen);
    const changed = changes(seen, next);
    if (changed.length > 0) versions.push({ object: name, resourceVersion, replacedBy, lastWrite: lastWrite(seen, key), changed, name: fileName(name, resourceVersion), text: JSON.stringify({ apiVersion, ...seen }, null, 2) });
    [next, replacedBy, before] = [seen, resourceVersion, BigInt(resourceVersion)];
  }
}

/** Why there is nothing earlier. */
type End = 'forgotten' | 'absent' | 'enough';
type View = (moment: bigint) => Promise<KubeObject | End>;

/** No more than so many, and none that shows what is newer than the moment asked for: some proxy or server took no notice of it. */
function views(look: View): View {
  let lists = 0;
  return async (moment) => {
    lists += 1;
    if (lists > MOST_LISTS) return 'enough';
    const seen = await look(moment);
    return typeof seen === 'string' || BigInt(revisionOf(seen)) <= moment ? seen : 'forgotten';
  };
}

/**
 * The newest version before a moment. An object that was not there just before was made anew (a forced replace, a hook, a prune and
 * a sync): then the last version of the one that was deleted is looked for, in wider and wider steps back, and then in halves. One that
 * was there only for a moment may be stepped over.
 */
async function versionBefore(look: View, moment: bigint): Promise<KubeObject | End> {
  if (moment <= 1n) return 'absent';
  let high = moment - 1n;
  let found = await look(high);
  if (found !== 'absent') return found;
  let low = high;
  for (let step = 1n; found === 'absent' && low > 1n; step *= 2n) {
    [high, low] = [low, low > step ? low - step : 1n];
    found = await look(low);
  }
  if (found === 'absent' || found === 'enough') return found;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    const seen = await look(middle);
    if (seen === 'enough') break;
    if (seen === 'absent') high = middle;
    else low = middle;
    if (typeof seen !== 'string') found = seen;
  }
  return found;
}

/** @param oldest  resourceVersion of the oldest version known; null: none is */
function farthest(end: End, object: string, oldest: string | null): string {
  if (oldest === null) return `There is no ${object}, and the API server remembers none${end === 'absent' ? '' : ` (${FORGETS})`}.`;
  return {
    forgotten: `The API server remembers nothing before resourceVersion ${oldest} of ${object} (${FORGETS}).`,
    absent: `There was no ${object} before resourceVersion ${oldest}.`,
    enough: `Versions of ${object} before resourceVersion ${oldest} were not looked for: it is written very often.`,
  }[end];
}

/** resourceVersions are decimal numbers that may pass 2^53, so they are kept as text and counted as bigint. */
function revisionOf({ metadata: { resourceVersion = '' } }: KubeObject): string {
  if (!/^\d+$/.test(resourceVersion)) throw new RescueError('server-error', `The API server counts versions in a way that is not known ("${resourceVersion.slice(0, 40)}").`, ['Earlier versions cannot be asked for there.']);
  return resourceVersion;
}

/** What of the content another version changed: `data["realm.json"]`, `spec.template`. Metadata and status are no content. */
function changes(version: KubeObject, next: KubeObject | null): readonly string[] {
  if (version.kind === 'ConfigMap' || version.kind === 'Secret') {
    return ['data', 'binaryData', 'stringData'].flatMap((part) => differing(at(version, part), at(next ?? undefined, part)).map((key) => `${part}[${JSON.stringify(key)}]`));
  }
  const [spec, nextSpec] = [at(version, 'spec'), at(next ?? undefined, 'spec')];
  if (!isObject(spec) || !isObject(nextSpec)) return equal(spec, nextSpec) ? [] : ['spec'];
  return differing(spec, nextSpec).map((key) => `spec.${key}`);
}

function differing(one: Parameters<typeof isObject>[0], other: Parameters<typeof isObject>[0]): readonly string[] {
  const [a, b] = [isObject(one) ? one : {}, isObject(other) ? other : {}];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => Object.hasOwn(a, key) !== Object.hasOwn(b, key) || !equal(a[key], b[key]));
}

/** Names of objects reach 253 characters and file names 255; the resourceVersion alone tells them apart. */
function fileName({ resource, namespace, name }: ObjectName, revision: string): string {
  return `remembered-${[resource.kind.toLowerCase(), ...(namespace === null ? [] : [namespace]), name].join('-').replaceAll(/[^\w.-]/g, '_').slice(0, 160)}-${revision}`;
}
