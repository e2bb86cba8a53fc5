/** What an object is at a moment, so that a sync that wrote nothing new can be told from one that did. */
import { canonicalJson, sha256 } from '../realm/canonical.ts';
import type { ObjectName } from '../runbook/cluster.ts';
import type { ObjectMark } from '../runner/cluster.ts';
import { at, isObject, specOf, type KubeObject } from '../gitops/controllers/object.ts';
import type { ClusterApi } from './api.ts';

/** What moves by itself, or by a sync that writes the same text again (verified-kube.md 4.1). */
const BOOKKEEPING = new Set(['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp', 'annotations', 'labels', 'selfLink']);

export function markOf(object: KubeObject): ObjectMark {
  const { status: _status, metadata, ...rest } = object;
  // How many there are is an autoscaler's business.
  const content = isObject(rest['spec']) && at(rest['spec'], 'template') !== undefined ? { ...rest, spec: Object.fromEntries(Object.entries(rest['spec']).filter(([name]) => name !== 'replicas')) } : rest;
  const kept = Object.fromEntries(Object.entries(metadata).filter(([name]) => !BOOKKEEPING.has(name)));
  const template = at(object, 'spec', 'template');
  return { resourceVersion: metadata.resourceVersion ?? '', content: sha256(canonicalJson({ ...content, metadata: kept })), template: template === undefined ? null : sha256(canonicalJson(template)) };
}

/** The marks of those objects that are there, by spec. */
export async function marksOf(api: ClusterApi, objects: readonly ObjectName[]): Promise<Record<string, ObjectMark>> {
  const read = await Promise.all(objects.map(async (name) => ({ name, object: await api.get(name) })));
  return Object.fromEntries(read.flatMap(({ name, object }) => (object === null ? [] : [[specOf(name), markOf(object)]])));
}
