/** What a live object says of the pods that it starts. Pure. */
import type { Json, JsonObject } from '../../realm/json.ts';
import { at, isObject, listAt, textAt, type KubeObject } from '../controllers/object.ts';

export interface Container {
  /** `initContainers[import]`: as people find it. */
  readonly where: string;
  readonly image: string;
  readonly value: JsonObject;
  /** It ends before the others start. */
  readonly init: boolean;
}

/** A ConfigMap or Secret that a pod takes something from. */
export interface PodSource {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** All variables, one variable, or files. */
  readonly as: 'variables' | 'variable' | 'files';
  /** Of `variable`: its name for the process. */
  readonly variable?: string;
  /** Of `variable`: the key that it is taken from. */
  readonly key?: string;
}

const TEMPLATE = ['spec', 'template', 'spec'];
const POD_SPEC: Readonly<Record<string, readonly string[]>> = {
  StatefulSet: TEMPLATE, Deployment: TEMPLATE, Job: TEMPLATE, CronJob: ['spec', 'jobTemplate', ...TEMPLATE], Pod: ['spec'],
};

/** Where the pod's own spec lies in an object of that kind; null for what starts no pod by itself. */
export function podSpecPath(kind: string | undefined): readonly string[] | null {
  return POD_SPEC[kind ?? ''] ?? null;
}

export function podSpecOf(object: KubeObject): JsonObject | null {
  const path = podSpecPath(object.kind);
  const spec = path === null ? undefined : at(object, ...path);
  return isObject(spec) ? spec : null;
}

export function containersOf(object: KubeObject): readonly Container[] {
  const spec = podSpecOf(object);
  return (['initContainers', 'containers'] as const).flatMap((list) => listAt(spec ?? undefined, list).flatMap((value): readonly Container[] =>
    (isObject(value) ? [{ where: `${list}[${textAt(value, 'name') ?? ''}]`, image: textAt(value, 'image') ?? '', value, init: list === 'initContainers' }] : [])));
}

/** Everything that its pods read from ConfigMaps and Secrets of their namespace. */
export function podSources(object: KubeObject): readonly PodSource[] {
  return [...containersOf(object).flatMap(({ value }) => containerSources(value)), ...listAt(podSpecOf(object) ?? undefined, 'volumes').flatMap((volume) => [
    ...filesOf(volume), ...listAt(volume, 'projected', 'sources').flatMap((source) => filesOf(source)),
  ])];
}

/** What one container takes its variables from, in the order in which they are set: what comes later wins. */
export function containerSources(container: JsonObject): readonly PodSource[] {
  return [
    ...listAt(container, 'envFrom').flatMap((entry) => [named('ConfigMap', entry, 'configMapRef'), named('Secret', entry, 'secretRef')].flat().map((source): PodSource => ({ ...source, as: 'variables' }))),
    ...listAt(container, 'env').flatMap((entry) => [named('ConfigMap', at(entry, 'valueFrom'), 'configMapKeyRef'), named('Secret', at(entry, 'valueFrom'), 'secretKeyRef')].flat()
      .map((source): PodSource => ({ ...source, as: 'variable', variable: textAt(entry, 'name') ?? '', key: textAt(entry, 'valueFrom', source.kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef', 'key') ?? '' }))),
  ];
}

function filesOf(volume: Json): readonly PodSource[] {
  return [named('ConfigMap', volume, 'configMap'), named('Secret', volume, 'secret')].flat().map((source): PodSource => ({ ...source, as: 'files' }));
}

function named(kind: PodSource['kind'], holder: Json | undefined, key: string): readonly Pick<PodSource, 'kind' | 'name'>[] {
  // A volume calls it secretName; every other reference calls it name.
  const name = textAt(holder, key, 'name') ?? textAt(holder, key, 'secretName');
  return name === undefined ? [] : [{ kind, name }];
}

/** Servers and programs that write to a realm; not what only stands beside them. */
export function isKeycloakImage(image: string): boolean {
  return /keycloak/i.test(image) && !/operator|gatekeeper|exporter|theme/i.test(image);
}

/** The server itself. */
export function isServerImage(image: string): boolean {
  return isKeycloakImage(image) && !/config-cli/i.test(image);
}
