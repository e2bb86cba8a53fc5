import { RescueError } from '../realm/errors.ts';
import type { ObjectName } from '../runbook/cluster.ts';
import { controllerKind } from '../gitops/controllers/index.ts';
import { nameOf, type ResourceWord } from '../gitops/controllers/object.ts';

/** What `--from` names: what carries the realm, what imports it, or the controller itself. */
export interface FromSpec {
  /** One; of a kind that several operators have, that of each: which of them is meant, only the cluster can say. */
  readonly objects: readonly [ObjectName, ...ObjectName[]];
  readonly namespace: string;
  /** A key of a ConfigMap or Secret; null: all of it. */
  readonly key: string | null;
}

/** Each word with the kinds that it stands for. Custom resources are called as `--evidence` calls them, and by their kind. */
const WORDS = {
  configmap: ['configmap'], secret: ['secret'], job: ['job'],
  realmimport: ['keycloakrealmimport'], keycloakrealmimport: ['keycloakrealmimport'], keycloakrealm: ['legacyrealm', 'epamrealm', 'vriesrealm'], keycloakclient: ['legacyclient', 'epamclient', 'vriesclient'],
  application: ['application'], kustomization: ['kustomization'], helmrelease: ['helmrelease'],
} as const satisfies Readonly<Record<string, readonly [ResourceWord, ...ResourceWord[]]>>;

/**
 * Reads `configmap:NAMESPACE/NAME[/KEY]` and its like; without a namespace that of the context is meant.
 * @throws RescueError `usage`
 */
export function parseFrom(spec: string, namespace: string): FromSpec {
  const found = /^([a-z]+):([^/]+)(?:\/([^/]+))?(?:\/(.+))?$/.exec(spec);
  const [, word = '', first = '', second, key] = found ?? [];
  if (!Object.hasOwn(WORDS, word) || (key !== undefined && word !== 'configmap' && word !== 'secret')) {
    throw new RescueError('usage', `"${spec}" does not name anything in a cluster.`, [`Write ${Object.keys(WORDS).map((known) => `${known}:NAMESPACE/NAME`).join(', ')}.`]);
  }
  const [within, name] = second === undefined ? [namespace, first] : [first, second];
  const [one, ...others] = WORDS[word as keyof typeof WORDS].map((known) => nameOf(known, within, name)) as [ObjectName, ...ObjectName[]];
  return { objects: [one, ...others], namespace: within, key: key ?? null };
}

/** Whether a controller was named itself. */
export function namesController({ objects: [{ resource }] }: FromSpec): boolean {
  return controllerKind(resource.kind) !== undefined;
}
