/** What the source of a Flux object offers while it is suspended, and so what its next reconciliation would bring. */
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../realm/json.ts';
import type { ControllerKind } from '../gitops/controllers/controller.ts';
import { at, listAt, textAt, type KubeObject } from '../gitops/controllers/object.ts';
import type { ClusterApi } from './api.ts';
import { permitted } from './permitted.ts';

export interface Offer {
  /** Whether that is what was applied last; null where it cannot be seen, or where other things decide as well. */
  readonly synced: boolean | null;
  /** The revision that would be applied; null where it cannot be seen. */
  readonly target: string | null;
  /** In words, where more than a revision is known of it. */
  readonly brings: readonly string[];
}

const UNKNOWN: Offer = { synced: null, target: null, brings: [] };

/** @param applied  the revision that the controller applied last, as its kind counts it */
export async function offeredBySource(api: ClusterApi, { word }: ControllerKind, object: KubeObject, applied: string | null): Promise<Offer> {
  if (word === 'kustomization') return offeredToKustomization(api, object, applied);
  return word === 'helmrelease' ? offeredToRelease(api, object, applied) : UNKNOWN;
}

/** What a Kustomization may be made of. Each names its artifact as the Kustomization then names what it applied. */
const SOURCES: ReadonlyMap<string, string> = new Map([['GitRepository', 'gitrepositories'], ['OCIRepository', 'ocirepositories'], ['Bucket', 'buckets']]);
const SOURCE = { group: 'source.toolkit.fluxcd.io', version: 'v1' };

async function offeredToKustomization(api: ClusterApi, object: KubeObject, applied: string | null): Promise<Offer> {
  const kind = textAt(object, 'spec', 'sourceRef', 'kind') ?? '';
  const name = textAt(object, 'spec', 'sourceRef', 'name');
  const plural = SOURCES.get(kind);
  if (plural === undefined || name === undefined) return UNKNOWN;
  const source = await permitted(() => api.get({ resource: { ...SOURCE, plural, kind }, namespace: textAt(object, 'spec', 'sourceRef', 'namespace') ?? object.metadata.namespace ?? null, name }));
  const target = textAt(source ?? undefined, 'status', 'artifact', 'revision') ?? null;
  return { synced: target === null ? null : target === applied, target, brings: [] };
}

/**
 * The chart that is ready to be installed. The same chart says nothing: other values make a new version of a release as well. Of an ExternalArtifact
 * the version of the chart cannot be told beforehand.
 */
async function offeredToRelease(api: ClusterApi, object: KubeObject, applied: string | null): Promise<Offer> {
  if (applied === null) return UNKNOWN;
  const found = textAt(object, 'spec', 'chartRef', 'kind') === 'OCIRepository' ? await ociChart(api, object, applied) : await helmChart(api, object);
  if (found === null || found.target === applied) return UNKNOWN;
  return { synced: false, target: found.target, brings: [`chart ${found.name} ${applied} → ${found.target}`] };
}

interface FoundChart {
  readonly name: string;
  /** As the release will name it. */
  readonly target: string;
}

async function helmChart(api: ClusterApi, object: KubeObject): Promise<FoundChart | null> {
  const chart = await chartOf(api, object);
  const target = artifactOf(chart);
  if (chart === null || target === null || !isWanted(object, chart)) return null;
  return { name: textAt(chart, 'status', 'observedChartName') ?? textAt(chart, 'spec', 'chart') ?? '', target };
}

/**
 * The release gets the version of the tag with the first twelve digits of the digest as its build, unless the controller does not track digests
 * (helm-controller 1.6, mutateChartWithSourceRevision). Of a tag that is no version, and of a digest alone, the version is in the chart.
 */
async function ociChart(api: ClusterApi, object: KubeObject, applied: string): Promise<FoundChart | null> {
  const ref = at(object, 'spec', 'chartRef');
  const source = await permitted(() => api.get({ resource: { ...SOURCE, plural: 'ocirepositories', kind: 'OCIRepository' }, namespace: textAt(ref, 'namespace') ?? object.metadata.namespace ?? null, name: textAt(ref, 'name') ?? '' }));
  const [, tag = '', build = '', digits = ''] = /^v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)(?:_([0-9A-Za-z.-]+))?@sha\d+:([0-9a-f]{12})[0-9a-f]*$/.exec(artifactOf(source) ?? '') ?? [];
  if (source === null || tag === '') return null;
  const before = digitsOf(textAt(object, 'status', 'lastAttemptedRevisionDigest'));
  // The very chart that is installed, whichever way it is named.
  if (before === digits) return null;
  const tracked = before === '' ? applied.includes('+') : applied.endsWith(`+${before}`);
  return { name: (textAt(source, 'spec', 'url') ?? '').split('/').at(-1) ?? '', target: tracked ? `${tag}+${digits}` : [tag, ...(build === '' ? [] : [build])].join('+') };
}

const digitsOf = (digest: string | undefined): string => /^sha\d+:([0-9a-f]{12})/.exec(digest ?? '')?.[1] ?? '';

/** The revision of what is ready; null where the source has not looked at its latest specification yet, which may make another one. */
const artifactOf = (source: KubeObject | null): string | null =>
  source === null || at(source, 'status', 'observedGeneration') !== source.metadata.generation ? null : textAt(source, 'status', 'artifact', 'revision') ?? null;

/** The HelmChart that it names (`spec.chartRef`), or that was made of its template (`status.helmChart`, NAMESPACE/NAME). */
async function chartOf(api: ClusterApi, object: KubeObject): Promise<KubeObject | null> {
  const ref = at(object, 'spec', 'chartRef');
  const [, madeIn = '', made = ''] = /^([^/]+)\/(.+)$/.exec(textAt(object, 'status', 'helmChart') ?? '') ?? [];
  const named = ref === undefined ? { namespace: madeIn, name: made } : { namespace: textAt(ref, 'namespace') ?? object.metadata.namespace ?? '', name: textAt(ref, 'kind') === 'HelmChart' ? textAt(ref, 'name') ?? '' : '' };
  return named.name === '' ? null : permitted(() => api.get({ resource: { ...SOURCE, plural: 'helmcharts', kind: 'HelmChart' }, ...named }));
}

/** A release that is suspended does not hand a change of its template on (helm-controller, reconcile): the chart may be that of an earlier one. */
function isWanted(release: KubeObject, chart: KubeObject): boolean {
  const template = at(release, 'spec', 'chart', 'spec');
  return template === undefined || isDeepStrictEqual(chosen(template), chosen(at(chart, 'spec')));
}

/** The defaults are those of both schemas. */
const chosen = (spec: Json | undefined): readonly Json[] => [
  textAt(spec, 'chart') ?? '', textAt(spec, 'version') ?? '*', textAt(spec, 'sourceRef', 'kind') ?? '', textAt(spec, 'sourceRef', 'name') ?? '', textAt(spec, 'reconcileStrategy') ?? 'ChartVersion', listAt(spec, 'valuesFiles'),
];
