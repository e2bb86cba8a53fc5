import type { Attendance } from './attendance.ts';

/** Which cluster, and as whom: what flags and environment say before a kubeconfig is opened. */
export interface ClusterTarget {
  /** A path from --kubeconfig; undefined: KUBECONFIG, ~/.kube/config, or the service account of the pod, as kubectl does it. */
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly userAgent: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds without an answer after which a request counts as lost; 15,000 where left out. */
  readonly silence?: number;
  /** Who can be asked while a login plugin runs; nobody where left out. */
  readonly attendance?: Attendance;
  /** No write leaves this process. */
  readonly readOnly: boolean;
}
