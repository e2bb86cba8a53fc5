/** Freeze and Thaw without a cluster: the engineer says in words what was done. */
import type { RunState } from '../../runbook/model.ts';
import type { Size } from '../terminal.ts';
import { line, span, wrap, type Line } from './line.ts';
import type { Scene, Screen } from './types.ts';

const FREEZE = [
  'What would write this realm again, and is it paused? Please say it in your own words.',
  'Look for: an Argo CD application with automated sync, and the application above it; a Flux Kustomization or HelmRelease; an operator or a start-up import.',
  'For example: Argo CD application keycloak paused, and its parent root too. It goes into the transcript.',
];

/** What was checked before the writer may run again, and what is checked after it ran. */
function thawTexts(state: RunState): readonly string[] {
  const patch = state.exported?.patch;
  const head = patch
    ? `Please apply ${patch} to the repository, review and merge it, and only then resume the writer.`
    : `Please make sure that what is in git says the same as live (${state.exportSkipped ?? 'no patch was made'}), and only then resume the writer.`;
  return [
    head,
    `At the start you said: ${state.frozen ?? 'nothing'}.`,
    'What has been resumed, and did the next sync run? Please say it in your own words; the realm is then read again and compared.',
  ];
}

export function statementLines(kind: 'freeze' | 'thaw', state: RunState, size: Size): readonly Line[] {
  const [first = '', ...rest] = kind === 'freeze' ? FREEZE : thawTexts(state);
  return [...wrap(line(' ', span('strong', first)), size.columns, 1), ...rest.flatMap((text) => wrap(line('   ', text), size.columns, 3))];
}

export function statementScreen(kind: 'freeze' | 'thaw', { snapshot: { state }, size, local }: Scene): Screen {
  const ask = local.field === null ? line(' Enter goes back to typing, q leaves.') : line(' Stated: ', span('focus', `${local.typed}▏`));
  return { body: statementLines(kind, state, size), prompt: wrap(ask, size.columns, 1) };
}
