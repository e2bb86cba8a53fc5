import { RescueError } from '../realm/errors.ts';
import type { ObjectName } from '../runbook/cluster.ts';
import { nameOf, type ResourceWord } from '../gitops/controllers/object.ts';

/** What `--from` names: what carries the realm, or the controller itself. */
export interface FromSpec {
  readonly object: ObjectName;
  /** A key of a ConfigMap or Secret; null: all of it. */
  readonly key: string | null;
}

const WORDS = ['configmap', 'secret', 'application', 'kustomization', 'helmrelease'] as const satisfies readonly ResourceWord[];

/**
 * Reads `configmap:NAMESPACE/NAME[/KEY]` and its like; without a namespace that of the context is meant.
 * @throws RescueError `usage`
 */
export function parseFrom(spec: string, namespace: string): FromSpec {
  const found = /^([a-z]+):([^/]+)(?:\/([^/]+))?(?:\/(.+))?$/.exec(spec);
  const word = WORDS.find((known) => known === found?.[1]);
  const [, , first = '', second, key] = found ?? [];
  const keyed = word === 'configmap' || word === 'secret';
  if (!found || !word || (key !== undefined && !keyed)) {
    throw new RescueError('usage', `"${spec}" does not name anything in a cluster.`, [`Write ${WORDS.map((known) => `${known}:NAMESPACE/NAME`).join(', ')}.`]);
  }
  return { object: second === undefined ? nameOf(word, namespace, first) : nameOf(word, first, second), key: key ?? null };
}
