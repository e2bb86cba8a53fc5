import { RescueError } from '../realm/errors.ts';
import type { KubeObject, Resource } from '../gitops/controllers/object.ts';
import type { ClusterApi } from './api.ts';

export interface ListedObjects {
  readonly objects: readonly KubeObject[];
  /** Why there are none: these credentials may not list them. */
  readonly refused?: RescueError;
}

/**
 * The objects of a kind with kind and version, which items of a list leave out. What may not be listed is none, with the refusal.
 * @param namespace  null: all of them
 */
export async function listOf(api: ClusterApi, resource: Resource, namespace: string | null): Promise<ListedObjects> {
  const kinds = { apiVersion: resource.group === '' ? resource.version : `${resource.group}/${resource.version}`, kind: resource.kind };
  try {
    return { objects: ((await api.list(resource, { namespace }))?.items ?? []).map((item) => ({ ...kinds, ...item })) };
  } catch (error) {
    if (!(error instanceof RescueError) || error.code !== 'missing-role') throw error;
    return { objects: [], refused: error };
  }
}
