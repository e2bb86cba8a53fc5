import type { ClusterTarget } from '../kubernetes/target.ts';
import type { Attendance } from '../kubernetes/attendance.ts';
import { sanitise } from '../ui/text.ts';
import { VERSION } from '../version.ts';
import type { Invocation } from './table.ts';

/**
 * The cluster that flags and environment name; whether there is one shows when it is opened.
 * @param attendance  whom a login plugin can ask; as long as nothing draws on the terminal, whoever sits there
 */
export function clusterTarget({ flags, environment }: Pick<Invocation, 'flags' | 'environment'>, attendance: Attendance = atTerminal(flags)): ClusterTarget {
  return {
    ...(flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig }),
    ...(flags.context === undefined ? {} : { context: flags.context }),
    ...(flags.namespace === undefined ? {} : { namespace: flags.namespace }),
    userAgent: `realm-rescue/${VERSION}`,
    environment,
    attendance,
    readOnly: flags['read-only'] ?? false,
  };
}

/** Whether a flag names the cluster: without one no run goes and looks for it. KUBECONFIG alone is set on every machine. */
export function namesCluster({ flags }: Pick<Invocation, 'flags'>): boolean {
  return flags.kubeconfig !== undefined || flags.context !== undefined || flags.namespace !== undefined || flags.from !== undefined;
}

/**
 * Whether --from can be read at all is told before a kubeconfig is looked for.
 * @throws RescueError `usage`
 */
export async function checkFrom(from: string): Promise<void> {
  (await import('../kubernetes/from-spec.ts')).parseFrom(from, '');
}

/** Like kubectl, which asks whether standard input is a terminal; --no-input says that nobody is there, and a secret on standard input is no answer to a plugin. */
export function atTerminal(flags: Invocation['flags']): Attendance {
  const free = process.stdin.isTTY && !flags['no-input'] && !flags['password-stdin'] && !flags['token-stdin'];
  // A plugin may have left the cursor anywhere.
  return () => ({ stdin: free ? 'terminal' : 'none', say: (text) => void process.stderr.write(`${free ? '\n' : ''}${sanitise(text)}\n`) });
}
