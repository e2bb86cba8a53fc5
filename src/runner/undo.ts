import { RescueError } from '../realm/errors.ts';
import type { Operation } from '../realm/model.ts';
import { builtOn, undoLeft, undoPlan } from '../realm/plan.ts';
import type { By, RunEvent, RunState } from '../runbook/model.ts';
import { isPending } from '../runbook/restoring.ts';
import { evolve, replay } from '../runbook/transition.ts';
import { openMemory, type EffectContext } from './context.ts';
import type { Ports } from './ports.ts';
import { reconnect } from './reconnect.ts';
import { look, write } from './write.ts';

/** What of a run is taken back. */
export interface UndoSelection {
  /** Empty: all. */
  readonly owners: readonly string[];
  /** Ids of single operations: `create client-mapper:app/groups`. Empty: all of the owners. */
  readonly operations: readonly string[];
  /** Also clients that the run brought back with their sessions, which then end for good. */
  readonly deleteClients: boolean;
}

export interface UndoRequest extends UndoSelection {
  readonly ports: Ports;
  readonly by: By;
  readonly onStep: (operation: Pick<Operation, 'id' | 'title'>, outcome: 'undone' | 'left', because: string) => void;
}

export interface Undone {
  readonly undone: number;
  readonly left: readonly { readonly operation: string; readonly because: string }[];
}

export interface Undoable {
  /** The writes that can be taken back, newest first. */
  readonly operations: readonly Operation[];
  /** How many of those that are asked for were taken back before. */
  readonly before: number;
  readonly left: Undone['left'];
}

/**
 * What of a run can be taken back, and what is left.
 * @throws RescueError `usage` where a client is named of which nothing was planned, or an operation that was not done, or that another one was built on
 */
export function undoable(state: RunState, { owners, operations, deleteClients }: UndoSelection): Undoable {
  const { plan } = state;
  if (!plan) return { operations: [], before: 0, left: [] };
  const planned = plan.groups.map(({ owner }) => owner);
  const unknown = owners.find((owner) => !planned.includes(owner));
  if (unknown !== undefined) throw new RescueError('usage', `This run has planned nothing for ${unknown}, so there is nothing of it to take back.`, [planned.length === 0 ? 'It has planned nothing at all.' : `It planned writes for ${planned.slice(0, 12).join(', ')}${planned.length > 12 ? ` and ${planned.length - 12} more` : ''}.`]);
  const all = plan.groups.filter((group) => owners.length === 0 || owners.includes(group.owner)).flatMap((group) => group.operations);
  const statusOf = (id: string) => state.writes[id] ?? 'planned';
  const isDone = (operation: Operation) => !isPending(state, operation);
  const done = all.filter(isDone).map((operation) => operation.id);
  const before = all.filter(({ id }) => statusOf(id) === 'undone' && (operations.length === 0 || operations.includes(id))).length;
  const strange = operations.find((id) => !done.includes(id) && !(statusOf(id) === 'undone' && all.some((operation) => operation.id === id)));
  if (strange !== undefined) throw new RescueError('usage', `This run has done no "${strange}" that could be taken back.`, done.length === 0 ? ['realm-rescue transcript show ID lists what it did.'] : [`It did, for example: ${done.slice(0, 3).map((id) => `"${id}"`).join(', ')}.`]);
  const chosen = operations.length === 0 ? done : operations.filter((id) => done.includes(id));
  const standing = plan.groups.flatMap((group) => group.operations).filter(isDone).map((operation) => operation.id);
  const blocked = operations.length === 0 ? null : builtOn(plan, standing, chosen);
  if (blocked) throw new RescueError('usage', `"${blocked.operation}" cannot be taken back alone: "${blocked.by}" was built on it.`, [`Take that one back too: --operation '${blocked.by}'`]);
  return { operations: undoPlan(plan, chosen, state.madeIds, deleteClients), before, left: undoLeft(plan, chosen, deleteClients) };
}

/**
 * Takes writes back from the journal alone, newest first, each looked at before: where live has moved since, it is
 * left and said. What was taken back before is not touched, and where that is all of it nothing is sent and nothing recorded.
 */
export async function undo({ ports, by, onStep, ...selection }: UndoRequest): Promise<Undone> {
  let state = replay(ports.store.lines.map((line) => line.event));
  const dispatch = (event: RunEvent) => {
    ports.store.append(event);
    state = evolve(state, event);
  };
  const context: EffectContext = { ports, state: () => state, dispatch, progress: () => undefined, isInterrupted: () => false, memory: openMemory(ports, () => state) };
  const { operations, before, left: unasked } = undoable(state, selection);
  if (operations.length === 0 && unasked.length === 0 && before > 0) return { undone: 0, left: [] };
  if (operations.length === 0 && unasked.length === 0) throw new RescueError('usage', 'This run has written nothing that could be taken back.', ['realm-rescue transcript show ID lists what it did.']);
  await reconnect(ports.keycloak, ports.store.lines);
  dispatch({
    type: 'undo.started', owners: selection.owners, by,
    ...(selection.operations.length === 0 ? {} : { operations: selection.operations }), ...(selection.deleteClients ? { deleteClients: true } : {}),
  });
  const left: { operation: string; because: string }[] = [...unasked];
  const titles = new Map(state.plan?.groups.flatMap((group) => group.operations).map((operation) => [operation.id, operation.title]));
  for (const { operation, because } of unasked) onStep({ id: operation, title: titles.get(operation) ?? operation }, 'left', because);
  let undone = 0;
  for (const operation of operations) {
    const dangling = ['intended', 'sent', 'unknown'].includes(state.writes[operation.id] ?? '');
    if (dangling) await look(context, operation, true);
    if (state.writes[operation.id] !== 'undone') await write(context, operation, true);
    // What was not answered, or refused, may be as it shall be all the same.
    if (state.writes[operation.id] === 'unknown') await look(context, operation, true);
    if (state.writes[operation.id] === 'undone') {
      undone += 1;
      onStep(operation, 'undone', '');
      continue;
    }
    const because = state.troubles[operation.id]?.failure?.title ?? 'it is no longer as this run left it: somebody changed it since';
    left.push({ operation: operation.id, because });
    onStep(operation, 'left', because);
  }
  dispatch({ type: 'undo.finished', undone, left });
  return { undone, left };
}
