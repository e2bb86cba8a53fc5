/** What keeps a pause from being made, or undoes it, in words. */
import { RescueError } from '../realm/errors.ts';
import { takenBack } from '../runbook/cluster-lines.ts';
import { bringsBelow, differsIn, listed, place, TOLD_SINCE } from '../runbook/cluster.ts';
import type { ClusterSight, ObjectName, PauseCheck, SyncBefore } from '../runbook/cluster.ts';

/** Names the Role that is missing. */
export function mayNotPause({ user, role, source, controllers }: ClusterSight): RescueError {
  const what = controllers.length === 0 ? `look at what applies ${source}` : 'pause the writer';
  return new RescueError('missing-role', `${user} may not ${what}; nothing was sent.`, ['Have somebody apply this (realm-rescue doctor, with the same --context and --from, prints it for kubectl), or pause it by hand:', ...(role ?? '').trimEnd().split('\n')]);
}

/** There is nothing to pause, and no right would change that. */
export function nothingApplies(from: string): RescueError {
  return new RescueError('needs-decision', `No controller is found that applies ${from}; nothing in the cluster can be paused.`, ['Whoever or whatever applies it has to be stopped by hand: a pipeline, an operator, a person with helm.']);
}

/** Names the Role that is missing for the half of a freeze that was asked for beside the pause. */
export function mayNotTerminate({ user, role }: ClusterSight): RescueError {
  return new RescueError('missing-role', `${user} may not end the operation that is running; nothing was sent.`, ['Have somebody apply this (realm-rescue doctor, with the same --context and --from, prints it for kubectl), or leave out --terminate: the operation then goes on under the pause.', ...(role ?? '').trimEnd().split('\n')]);
}

export function undone(broken: readonly PauseCheck[]): RescueError {
  const { code, title, next } = takenBack(broken);
  return new RescueError(code, title, next);
}

/** What git brings beyond what was shown before the word lets nothing run. Throws RescueError `needs-decision`. */
export function refuseUntold(before: SyncBefore, told: SyncBefore | null): void {
  if (told === null) return;
  const shownOf = (object: ObjectName) => told.controllers.find((one) => JSON.stringify(one.object) === JSON.stringify(object));
  // What was shown as coming from above may have come meanwhile, by itself.
  const came = before.controllers.some(({ object, revision }) => {
    const shown = shownOf(object);
    return shown?.above === true && bringsBelow(told, shown).length > 0 && revision === shown.target;
  });
  for (const controller of before.controllers) {
    const { object, synced, target = null, above } = controller;
    const below = bringsBelow(before, controller);
    // What else lies below the one above is none of ours.
    const lines = above === true ? controller.differing.filter((line) => below.some((name) => differsIn({ differing: [line] }, listed(name)))) : controller.differing.filter((line) => !came || !line.startsWith(TOLD_SINCE));
    if (above === true && below.length === 0) continue;
    const shown = shownOf(object);
    const fresh = lines.filter((line) => shown?.differing.includes(line) !== true);
    // The same objects at another commit are other content.
    const pushed = synced === false && ((shown?.synced === true && !came) || (shown?.target ?? null) !== target);
    if (fresh.length === 0 && !pushed) continue;
    throw new RescueError('needs-decision', `Since the word was asked for, git differs in more than was shown: ${fresh.join(', ') || `${place(object)} is at ${target ?? 'another revision'} now`}. Nothing runs again.`, ['Start the same thaw again: it shows that first.']);
  }
}
