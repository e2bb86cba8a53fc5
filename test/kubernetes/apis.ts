import { afterAll } from 'vitest';
import { openCluster, type ClusterApi } from '../../src/kubernetes/api.ts';
import type { KubernetesUser, RealKubernetes } from '../harness/kubernetes.ts';

/** Opens the adapter of the tool as a user of the tests. What a file has opened is closed after its last test. */
export function useApis(kubernetes: () => RealKubernetes): (user: KubernetesUser, namespace?: string) => ClusterApi {
  const opened: ClusterApi[] = [];
  afterAll(() => Promise.all(opened.map((api) => api.close())));
  return (user, namespace) => {
    const api = openCluster({ kubeconfig: kubernetes().kubeconfig(user), ...(namespace === undefined ? {} : { namespace }), userAgent: 'realm-rescue-test', environment: {}, readOnly: false });
    opened.push(api);
    return api;
  };
}
