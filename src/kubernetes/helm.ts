/**
 * Releases as Helm 3 and 4 keep them, and Flux's helm-controller with them: a Secret (or, with HELM_DRIVER=configmap, a ConfigMap) for each
 * revision, in it base64 of gzip of JSON (helm.sh/helm/v3/pkg/storage/driver, util.go).
 */
import { gunzipSync } from 'node:zlib';
import { parse as parseYaml } from 'yaml';
import type { Json, JsonObject } from '../realm/json.ts';
import type { ClusterText } from '../evidence/cluster.ts';
import { MAX_CHARACTERS, unreadable } from '../evidence/document.ts';
import { at, isObject, listAt, textAt, type KubeObject } from '../gitops/controllers/object.ts';
import { isoTime, timeOf } from './texts.ts';

export const RELEASE_TYPE = 'helm.sh/release.v1';

export interface ReleaseName {
  readonly release: string;
  readonly revision: number;
}

/** `sh.helm.release.v1.keycloak.v3`: the object that holds a revision. */
export function recordName({ release, revision }: ReleaseName): string {
  return `sh.helm.release.v1.${release}.v${revision}`;
}

/** null for an object that is no record of a release. */
export function releaseName(name: string): ReleaseName | null {
  const found = /^sh\.helm\.release\.v1\.(.+)\.v(\d+)$/.exec(name);
  return found ? { release: found[1] ?? '', revision: Number(found[2]) } : null;
}

export interface Release {
  readonly status: string;
  /** The manifest part by part, hooks, and the values that were given, in the order in which they tell what was applied. */
  readonly texts: readonly ClusterText[];
}

/**
 * Reads the record of one revision.
 *
 * @param spec  `helm:iam/keycloak@3`
 * @throws RescueError `evidence-unreadable`
 */
export function readRelease(record: KubeObject, spec: string, now: number): Release {
  const release = decoded(textAt(record, 'data', 'release'), record.kind === 'Secret');
  if (release === null) throw unreadable(`${spec} cannot be read: its record is no release of Helm 3 or 4.`, ['Name another revision, or another source of evidence.']);
  const status = textAt(release, 'info', 'status') ?? 'unknown';
  const capturedAt = isoTime(textAt(release, 'info', 'last_deployed')) ?? timeOf(record, null, now);
  const notes = [`revision ${releaseName(record.metadata.name)?.revision ?? '?'} of the release, ${status}`];
  const parts = [...manifestParts(textAt(release, 'manifest') ?? ''), ...listAt(release, 'hooks').flatMap((hook) => manifestParts(textAt(hook, 'manifest') ?? '', textAt(hook, 'path')))];
  const config = at(release, 'config');
  if (isObject(config)) parts.push({ source: 'values.yaml', text: asYaml(config) });
  return { status, texts: parts.map(({ source, text }) => ({ name: `${spec}, ${source}`, text, capturedAt, notes })) };
}

/** Of its hooks, those that run at an upgrade or an install; those of `helm test` and of a deletion do not. */
const RUNS = ['pre-install', 'post-install', 'pre-upgrade', 'post-upgrade', 'pre-rollback', 'post-rollback'];

/** The Jobs that a release runs as hooks, as its record has them: one that its hook-delete-policy took away is seen nowhere else. */
export function hookJobs(record: KubeObject): readonly KubeObject[] {
  const release = decoded(textAt(record, 'data', 'release'), record.kind === 'Secret');
  const hooks = listAt(release, 'hooks').filter((hook) => textAt(hook, 'kind') === 'Job' && listAt(hook, 'events').some((event) => RUNS.some((run) => run === event)));
  return hooks.flatMap((hook): readonly KubeObject[] => {
    const job = parse(textAt(hook, 'manifest') ?? '');
    const name = textAt(job, 'metadata', 'name');
    if (!isObject(job) || job['kind'] !== 'Job' || name === undefined) return [];
    return [{ ...job, metadata: { namespace: textAt(release, 'namespace') ?? record.metadata.namespace ?? '', ...(at(job, 'metadata') as JsonObject), name } }];
  });
}

/** Helm has read it before; null where it is nothing that this parser takes. */
function parse(manifest: string): Json {
  try {
    return parseYaml(manifest) as Json;
  } catch {
    return null;
  }
}

function decoded(value: string | undefined, secret: boolean): Json {
  if (value === undefined) return null;
  // The API adds a layer of base64 of its own to what is in a Secret.
  const bytes = Buffer.from(secret ? Buffer.from(value, 'base64').toString('latin1') : value, 'base64');
  try {
    // Helm's first releases were not packed.
    return JSON.parse((bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: 2 * MAX_CHARACTERS }) : bytes).toString('utf8')) as Json;
  } catch {
    return null;
  }
}

interface Part {
  /** The template that made it. */
  readonly source: string;
  readonly text: string;
}

/** Helm writes `# Source: chart/templates/file.yaml` above each part. A line of dashes within a value is indented. */
function manifestParts(manifest: string, path?: string): Part[] {
  return manifest.split(/^---(?=\s|$)/m).filter((text) => text.trim() !== '').map((text, index) => ({ source: path ?? /^# Source: (\S+)$/m.exec(text)?.[1] ?? `manifest-${index + 1}.yaml`, text }));
}

/** JSON is YAML; as JSON it would be searched for nothing but a realm itself. */
function asYaml(values: JsonObject): string {
  return `# values\n${JSON.stringify(values, null, 2)}`;
}
