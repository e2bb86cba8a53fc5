/** What a key press leads to. */
import type { Answer } from '../runner/handle.ts';
import type { Command } from './keys.ts';
import type { LocalState } from './local.ts';

export type Effect = { readonly type: 'answer'; readonly answer: Answer } | { readonly type: 'interrupt' } | { readonly type: 'suspend' };

export interface Outcome {
  readonly local: LocalState;
  readonly effect: Effect | null;
}

/** What the drawn frame allows: how far it scrolls, and how much a page is. */
export interface Reach {
  readonly scrollMax: number;
  readonly page: number;
}

export function stay(local: LocalState): Outcome {
  return { local, effect: null };
}

export function say(local: LocalState, notice: string): Outcome {
  return stay({ ...local, notice });
}

export function answer(local: LocalState, given: Answer): Outcome {
  return { local, effect: { type: 'answer', answer: given } };
}

export function scrolled(local: LocalState, command: Command, reach: Reach): LocalState {
  const by = command === 'page-up' ? -reach.page : command === 'page-down' ? reach.page : command === 'scroll-up' ? -1 : 1;
  return { ...local, scroll: Math.max(0, Math.min(reach.scrollMax, local.scroll + by)) };
}
