import type { Answer, RunSnapshot } from '../../src/runner/handle.ts';
import { initialLocal, type LocalState } from '../../src/ui/local.ts';
import { splitInput } from '../../src/ui/press.ts';
import { press } from '../../src/ui/update.ts';

export interface Typed {
  readonly local: LocalState;
  readonly answers: readonly Answer[];
  readonly effects: readonly string[];
}

/** Presses keys one after the other; `<enter>` names a key. The run does not move. */
export function keys(snapshot: RunSnapshot, typed: string, from: LocalState = initialLocal(snapshot.state.question)): Typed {
  let local = from;
  const answers: Answer[] = [];
  const effects: string[] = [];
  for (const [, named, char] of typed.matchAll(/<([\w-]+)>|([\s\S])/g)) {
    const chunk = named === undefined ? splitInput(char ?? '', {}) : ({ kind: 'keys', presses: [{ id: named, text: null }] } as const);
    for (const one of chunk.kind === 'keys' ? chunk.presses : []) {
      const outcome = press(snapshot, local, one, { scrollMax: 5, page: 3 });
      local = outcome.local;
      if (outcome.effect?.type === 'answer') answers.push(outcome.effect.answer);
      if (outcome.effect) effects.push(outcome.effect.type);
    }
  }
  return { local, answers, effects };
}
