import type { ClusterTarget } from '../kubernetes/target.ts';
import { VERSION } from '../version.ts';
import type { Invocation } from './table.ts';

/** The cluster that flags and environment name; whether there is one shows when it is opened. */
export function clusterTarget({ flags, environment }: Pick<Invocation, 'flags' | 'environment'>): ClusterTarget {
  return {
    ...(flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig }),
    ...(flags.context === undefined ? {} : { context: flags.context }),
    ...(flags.namespace === undefined ? {} : { namespace: flags.namespace }),
    userAgent: `realm-rescue/${VERSION}`,
    environment,
    readOnly: flags['read-only'] ?? false,
  };
}

/** Whether a flag names the cluster: without one no run goes and looks for it. KUBECONFIG alone is set on every machine. */
export function namesCluster({ flags }: Pick<Invocation, 'flags'>): boolean {
  return flags.kubeconfig !== undefined || flags.context !== undefined || flags.namespace !== undefined || flags.from !== undefined;
}
