import { RescueError } from '../realm/errors.ts';
import type { KubeObject, Resource } from '../gitops/controllers/object.ts';
import type { ClusterApi } from './api.ts';

export interface ListedObjects {
  readonly objects: readonly KubeObject[];
  /** Why there are none: these credentials may not list them. */
  readonly refused?: RescueError;
}

/**
 * The objects of a kind. What may not be listed is none, with the refusal.
 * @param namespace  null: all of them
 */
export async function listOf(api: ClusterApi, resource: Resource, namespace: string | null): Promise<ListedObjects> {
  try {
    return { objects: (await api.list(resource, { namespace }))?.items ?? [] };
  } catch (error) {
    if (!(error instanceof RescueError) || error.code !== 'missing-role') throw error;
    return { objects: [], refused: error };
  }
}
