import { RescueError } from '../realm/errors.ts';
import type { Operation } from '../realm/model.ts';
import { undoPlan } from '../realm/plan.ts';
import type { By, RunEvent, RunState } from '../runbook/model.ts';
import { evolve, replay } from '../runbook/transition.ts';
import { openMemory, type EffectContext } from './context.ts';
import type { Ports } from './ports.ts';
import { reconnect } from './reconnect.ts';
import { look, write } from './write.ts';

export interface UndoRequest {
  readonly ports: Ports;
  /** Empty: the whole run. */
  readonly owners: readonly string[];
  readonly by: By;
  readonly onStep: (operation: Operation, outcome: 'undone' | 'left', because: string) => void;
}

export interface Undone {
  readonly undone: number;
  readonly left: readonly { readonly operation: string; readonly because: string }[];
}

/** The writes of a run that can be taken back, newest first. */
export function undoable(state: RunState, owners: readonly string[]): Operation[] {
  if (!state.plan) return [];
  const done = state.plan.groups
    .filter((group) => owners.length === 0 || owners.includes(group.owner))
    .flatMap((group) => group.operations)
    .filter((operation) => !['planned', 'undone'].includes(state.writes[operation.id] ?? 'planned'));
  return undoPlan(state.plan, done.map((operation) => operation.id), state.madeIds);
}

/**
 * Takes writes back from the journal alone, newest first, each looked at before: where live has moved since, it is
 * left and said. Stops at the first that the server refuses; the rest is left too.
 */
export async function undo({ ports, owners, by, onStep }: UndoRequest): Promise<Undone> {
  let state = replay(ports.store.lines.map((line) => line.event));
  const dispatch = (event: RunEvent) => {
    ports.store.append(event);
    state = evolve(state, event);
  };
  const context: EffectContext = { ports, state: () => state, dispatch, progress: () => undefined, memory: openMemory(ports, () => state) };
  const operations = undoable(state, owners);
  if (operations.length === 0) throw new RescueError('usage', 'This run has written nothing that could be taken back.', ['realm-rescue transcript show ID lists what it did.']);
  await reconnect(ports.keycloak, ports.store.lines);
  dispatch({ type: 'undo.started', owners, by });
  const left: { operation: string; because: string }[] = [];
  let undone = 0;
  for (const operation of operations) {
    const dangling = ['intended', 'sent', 'unknown'].includes(state.writes[operation.id] ?? '');
    if (dangling) await look(context, operation, true);
    if (state.writes[operation.id] !== 'undone') await write(context, operation, true);
    if (state.writes[operation.id] === 'undone') {
      undone += 1;
      onStep(operation, 'undone', '');
      continue;
    }
    const because = state.trouble?.failure?.title ?? 'it is no longer as this run left it: somebody changed it since';
    left.push({ operation: operation.id, because });
    onStep(operation, 'left', because);
  }
  dispatch({ type: 'undo.finished', undone, left });
  return { undone, left };
}
