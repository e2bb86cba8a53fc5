/** What keeps a pause from being made, or undoes it, in words. */
import { RescueError } from '../realm/errors.ts';
import type { ClusterSight, PauseCheck } from '../runbook/cluster.ts';

/** Names the Role that is missing. */
export function mayNotPause({ user, role, source, controllers }: ClusterSight): RescueError {
  const what = controllers.length === 0 ? `look at what applies ${source}` : 'pause the writer';
  return new RescueError('missing-role', `${user} may not ${what}; nothing was sent.`, ['Have somebody apply this (realm-rescue doctor, with the same --context and --from, prints it for kubectl), or pause it by hand:', ...(role ?? '').trimEnd().split('\n')]);
}

export function undone(broken: readonly PauseCheck[]): RescueError {
  return new RescueError('changed-meanwhile', `A pause was taken back: ${broken.map(({ because }) => because).join('; ')}.`, ['Pause what takes it back as well, or have its owner pause it; then try again: it is looked at anew.']);
}
