/**
 * Holds the local state beside the run's and turns input into answers. No React in here: what a key does can be tested
 * without a terminal, and the components only draw.
 */
import type { RunHandle, RunSnapshot } from '../runner/handle.ts';
import { initialLocal, localFor, questionKey, type LocalState } from './local.ts';
import type { Outcome, Reach } from './outcome.ts';
import { splitInput, type RawKey } from './press.ts';
import { paste, press } from './update.ts';

export interface Shown {
  readonly run: RunSnapshot;
  readonly local: LocalState;
  /** True when the program leaves although the run has not ended. */
  readonly left: boolean;
}

export interface Controller {
  /** The same object until something changed. */
  shown(): Shown;
  subscribe(listener: () => void): () => void;
  /** What one read of the terminal gave. */
  input(text: string, key: RawKey, reach: Reach): void;
  paste(text: string): void;
  /** Takes the live part away and says how to go on. */
  leave(): void;
  close(): void;
}

/** Progress is drawn at most four times a second: over ssh more is flicker. Everything else is drawn at once. */
const PROGRESS_INTERVAL = 250;

export function createController(handle: RunHandle, suspend: () => void): Controller {
  let local = initialLocal(null);
  let shown: Shown | null = null;
  let left = false;
  let timer: NodeJS.Timeout | null = null;
  let drawn = handle.snapshot();
  const listeners = new Set<() => void>();

  const changed = () => {
    shown = null;
    for (const listener of listeners) listener();
  };
  const flush = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    drawn = handle.snapshot();
    changed();
  };
  const unsubscribe = handle.subscribe(() => {
    const now = handle.snapshot();
    const onlyProgress = now.state === drawn.state && now.busy === drawn.busy && now.interrupted === drawn.interrupted;
    if (!onlyProgress || drawn.progress === null) flush();
    else timer ??= setTimeout(flush, PROGRESS_INTERVAL);
  });
  const apply = ({ local: next, effect }: Outcome) => {
    local = next;
    if (effect?.type === 'interrupt') handle.interrupt();
    if (effect?.type === 'suspend') suspend();
    if (effect?.type === 'answer' && !handle.answer(effect.answer)) local = { ...next, notice: 'The run is not waiting for that now.' };
  };

  return {
    shown: () => {
      if (shown === null) {
        local = localFor(local, drawn);
        shown = { run: drawn, local, left };
      }
      return shown;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    input: (text, key, reach) => {
      const chunk = splitInput(text, key);
      if (chunk.kind === 'paste') apply(paste(handle.snapshot(), localFor(local, handle.snapshot()), chunk.text));
      else {
        const asked = questionKey(handle.snapshot().state.question);
        for (const one of chunk.presses) {
          const now = handle.snapshot();
          // What was typed for one question must not answer the next one, which nobody has read yet.
          if (questionKey(now.state.question) !== asked) break;
          apply(press(now, localFor(local, now), one, reach));
        }
      }
      changed();
    },
    paste: (text) => {
      apply(paste(handle.snapshot(), localFor(local, handle.snapshot()), text));
      changed();
    },
    leave: () => {
      left = true;
      flush();
    },
    close: () => {
      if (timer !== null) clearTimeout(timer);
      unsubscribe();
      listeners.clear();
    },
  };
}
