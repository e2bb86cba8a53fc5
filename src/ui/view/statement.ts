/** Freeze and Thaw without a cluster: the engineer says in words what was done. */
import { foundPaused } from '../../runbook/paused.ts';
import type { RunState } from '../../runbook/model.ts';
import type { Size } from '../terminal.ts';
import { line, span, wrap, type Line } from './line.ts';
import type { Scene, Screen } from './types.ts';

/** What to look for, and an answer as it could be. */
function freezeTexts(state: RunState): readonly string[] {
  return [
    'What would write this realm again, and is it paused?',
    'Look for an Argo CD application with automated sync and the one above it, a Flux Kustomization or HelmRelease, an operator, an import at start-up. Pause it, then say so here, for the transcript.',
    'Example: Argo CD application keycloak and its parent root are paused',
    ...(state.run?.demo === true ? ['In the sandbox nothing syncs: Enter goes on.'] : []),
  ];
}

/** What was checked before the writer may run again, and what is checked after it ran. */
function thawTexts(state: RunState): readonly string[] {
  const paused = foundPaused(state);
  const patch = state.exported?.patch;
  const head = patch
    ? 'Please apply the patch to the repository, review and merge it, and only then resume the writer.'
    : `Please make sure that what is in git says the same as live (${state.exportSkipped ?? 'no patch was made'}), and only then resume the writer.`;
  return [
    head,
    ...(patch ? [`git apply ${patch}`] : []),
    `${paused.length > 0 ? 'At the start' : 'At the start you said'}: ${state.frozen ?? 'nothing'}`,
    ...paused.map((thaw) => `It was paused before this run, which leaves it so. To let it run again and have its next sync watched: ${thaw}`),
    'What has been resumed, and did the next sync run? Say it here; the realm is then read again and compared.',
  ];
}

export function statementLines(kind: 'freeze' | 'thaw', state: RunState, size: Size): readonly Line[] {
  const [first = '', ...rest] = kind === 'freeze' ? freezeTexts(state) : thawTexts(state);
  return [...wrap(line(' ', span('strong', first)), size.columns, 1), ...rest.flatMap((text) => wrap(line('   ', text), size.columns, 3))];
}

export function statementScreen(kind: 'freeze' | 'thaw', { snapshot: { state }, size, local }: Scene): Screen {
  const ask = local.field === null ? line(' Enter goes back to typing, q leaves.') : line(' Stated: ', span('focus', `${local.typed}▏`));
  return { body: statementLines(kind, state, size), prompt: wrap(ask, size.columns, 1) };
}
