/** What Freeze and Thaw leave behind in one line, where a cluster was asked. */
import type { ClusterEvent } from './cluster-events.ts';
import { heldPauses, type ClusterState } from './cluster-state.ts';
import { place, type PauseCheck } from './cluster.ts';
import type { Failure } from './failure.ts';

/** `Argo CD application argocd/keycloak: automation off, was automated {prune, selfHeal}`. */
export function freezeLine(cluster: ClusterState): string {
  const held = heldPauses(cluster);
  const controllers = cluster.sight?.controllers ?? [];
  const already = controllers.filter(({ paused }) => paused).map(({ title, object, automation }) => `${title} ${place(object)} was paused already (${automation})`);
  const standing = cluster.checks.flatMap(({ holds, because }) => (holds && because !== '' ? [because] : []));
  return [...held.map(({ title }) => title), ...standing, ...already].join('; ') || 'nothing had to be paused';
}

/** `synced 4f1d2c7 → b77e90a: controller no-op · cluster no-op · realm fingerprint unchanged`. */
export function thawLine({ revisions, levels, changes, ok, note }: Extract<ClusterEvent, { type: 'sync.watched' }>): string {
  const words = levels.map(({ level, noOp }) => `${level} ${noOp === null ? 'not looked at' : noOp ? 'no-op' : 'CHANGED'}`).join(' · ');
  const brought = changes.filter((change) => change.startsWith(ANNOUNCED)).map((change) => change.slice(ANNOUNCED.length));
  const landed = brought.length === 0 ? '' : `; the sync brought what was announced (${brought.length <= 2 ? brought.join(', ') : `${brought.length} changes`}), and from then on nothing moved`;
  return `${revisions === '' ? '' : `synced ${revisions}: `}${words}${ok ? landed : `: ${changes.slice(0, 3).join('; ')}`}${note === undefined ? '' : `; ${note}`}`;
}

/** What was paused runs again, although this run has not let it. */
export function takenBack(broken: readonly PauseCheck[]): Failure {
  return { code: 'changed-meanwhile', title: `A pause was taken back: ${broken.map(({ because }) => because).join('; ')}.`, next: ['Pause what takes it back as well, or have its owner pause it; then try again: it is looked at anew.'] };
}

/** Behind "the next sync": where it brought what was announced, what is told of is the one after it. */
export function afterAnnounced(changes: readonly string[]): string {
  return changes.some((change) => change.startsWith(ANNOUNCED)) ? ' brought what was announced; the one after it' : '';
}

/** How a change begins that the engineer was told of before the writer ran again. */
export const ANNOUNCED = 'as announced: ';
