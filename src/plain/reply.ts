import type { Answer } from '../runner/handle.ts';

/** What a line of reply leads to. */
export type Reply =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** Show every reason of Triage, and ask again. */
  | { readonly kind: 'why' }
  /** Say this and ask again; with `list` the question is shown again, too. */
  | { readonly kind: 'again'; readonly say: string; readonly list: boolean };

export function answered(answer: Answer): Reply {
  return { kind: 'answer', answer };
}

export function again(say: string, list = false): Reply {
  return { kind: 'again', say, list };
}
