/**
 * The single requests that a flow is made of, each with the one that takes it back and with what both do to the flow.
 *
 * Tried on 26.7.4: `POST flows`, `POST executions` and `POST executions/{id}/config` keep the id in the body, and the priority. So
 * every part gets its id when the plan is made, and later requests can name it. `PUT flows/{alias}/executions` sets the priority to 0
 * where it is left out, and answers 500 where the requirement is.
 *
 * Tried on 24.0.5 and 22.0.5: `POST executions` ignores the priority and puts the step last, and `PUT flows/{alias}/executions` refuses a
 * priority with 400 and keeps the one that is there.
 */
import { objectId } from '../keys.ts';
import type { Draft } from '../kind.ts';
import { own, type Json } from '../json.ts';
import { isRecord } from '../looks.ts';
import type { ObjectId, RequestTemplate, Template } from '../model.ts';
import { flowValue, type Step, type StepConfig, type SubFlow } from '../normal/flows.ts';
import { isSecretKey, MASK, placeholdersIn } from '../unknowns.ts';

/** A flow in the middle of its restoration; null while it is not there. */
export type FlowState = { readonly providerId: string; readonly description: string | null; readonly steps: readonly Placed[] } | null;

/** A step whose id is known: it is live, or the plan gave it one. */
export type Placed = Step & { readonly id: string };

/** One direction of a move: the request, and the flow afterwards. */
interface Way {
  readonly request: RequestTemplate;
  readonly leaves: (flow: FlowState) => FlowState;
}

export interface Move {
  /** Stable within the flow; the operation is called after it. */
  readonly id: string;
  readonly title: string;
  readonly there: Way;
  /** Null where the server would take more with it than this move brought. */
  readonly back: Way | null;
  readonly backNote?: string;
  /** A sub-flow that is made here (or goes), although the flow does not show it before it hangs in it. */
  readonly apart?: ObjectId;
  readonly losses?: readonly string[];
  readonly requires?: readonly ObjectId[];
  /** True for one that takes a part away. */
  readonly going?: boolean;
}

/** Which side secrets of a body are taken from; see `$secret`. */
export type Side = 'live' | undefined;

const ROOT = ['authentication'] as const;

export const stepObject = (flow: string, key: string): ObjectId => objectId('flow', flow, 'step', key);
export const subFlowObject = (flow: string, sub: string): ObjectId => objectId('flow', flow, 'sub-flow', sub);

export function createFlow(alias: string, flow: NonNullable<FlowState>, id: string | undefined): Move {
  const self = objectId('flow', alias);
  const body = { ...(id === undefined ? {} : { id }), alias, ...described(flow.description), providerId: flow.providerId, topLevel: true, builtIn: false };
  return {
    id: `create ${self}`, title: `flow ${alias}`,
    there: { request: { method: 'POST', path: [...ROOT, 'flows'], body }, leaves: () => ({ ...flow, steps: [] }) },
    back: { request: { method: 'DELETE', path: [...ROOT, 'flows', { $id: self }] }, leaves: () => null },
  };
}

/** The flow's own fields. A PUT with fewer fields than these is a 409 `Duplicate resource error`. */
export function describeFlow(alias: string, before: NonNullable<FlowState>, after: NonNullable<FlowState>, builtIn: boolean): Move {
  const self = objectId('flow', alias);
  const way = (flow: NonNullable<FlowState>): Way => ({
    request: { method: 'PUT', path: [...ROOT, 'flows', { $id: self }], body: { id: { $id: self }, alias, ...described(flow.description), providerId: flow.providerId, topLevel: true, builtIn } },
    leaves: (now) => (now === null ? null : { ...now, providerId: flow.providerId, description: flow.description }),
  });
  return { id: `update ${self}`, title: `flow ${alias}`, there: way(after), back: way(before) };
}

/** The sub-flow itself, which hangs nowhere yet. */
export function createSubFlow(flow: string, sub: SubFlow & { readonly id: string }): Move {
  return {
    id: `create ${subFlowObject(flow, sub.alias)}`, title: `sub-flow ${sub.alias} of flow ${flow}`, apart: subFlowObject(flow, sub.alias),
    there: { request: { method: 'POST', path: [...ROOT, 'flows'], body: { id: sub.id, alias: sub.alias, ...described(sub.description), providerId: sub.type, topLevel: false, builtIn: false } }, leaves: (now) => now },
    // DELETE of the step has taken it along already; then this one is not sent.
    back: { request: { method: 'DELETE', path: [...ROOT, 'flows', sub.id] }, leaves: (now) => now },
  };
}

export function describeSubFlow(flow: string, key: string, step: Placed & { readonly sub: SubFlow }, after: SubFlow): Move {
  const { sub } = step;
  const way = (to: SubFlow): Way => ({
    request: { method: 'PUT', path: [...ROOT, 'flows', sub.id ?? ''], body: { id: sub.id ?? '', alias: sub.alias, ...described(to.description), providerId: to.type, topLevel: false, builtIn: sub.builtIn } },
    leaves: withSteps((steps) => steps.map((other) => (other.sub?.id === sub.id ? { ...other, sub: { ...sub, type: to.type, description: to.description } } : other))),
  });
  return { id: `update sub-flow ${stepObject(flow, key)}`, title: `sub-flow ${sub.alias} of flow ${flow}`, there: way(after), back: way(sub) };
}

/** @param parent  the flow in which the step stands: a reference, or the id of a sub-flow */
export function addStep(flow: string, key: string, step: Placed, parent: Template, hangs: Template | null): Move {
  const { id, requirement, priority, provider } = step;
  const body = {
    id, ...(provider === null ? {} : { authenticator: provider }), requirement: requirement as string, priority, parentFlow: parent,
    ...(hangs === null ? { authenticatorFlow: false } : { authenticatorFlow: true, flowId: hangs }),
  };
  const bare: Placed = { ...step, config: null };
  return {
    id: `add ${stepObject(flow, key)}`, title: `step ${step.name} of flow ${flow}`,
    there: { request: { method: 'POST', path: [...ROOT, 'executions'], body }, leaves: withSteps((steps) => [...steps, bare]) },
    back: { request: { method: 'DELETE', path: [...ROOT, 'executions', id] }, leaves: withSteps((steps) => steps.filter((other) => other.id !== id)) },
  };
}

/** @param ordered  whether the server lets others say the priority of a step */
export function changeStep(flow: string, key: string, before: Placed, after: Pick<Step, 'requirement' | 'priority'>, ordered: boolean): Move {
  const way = ({ requirement, priority }: Pick<Step, 'requirement' | 'priority'>): Way => ({
    request: { method: 'PUT', path: [...ROOT, 'flows', flow, 'executions'], body: { id: before.id, requirement, ...(ordered ? { priority } : {}) } },
    leaves: withStep(before.id, (step) => ({ ...step, requirement, priority })),
  });
  return { id: `update ${stepObject(flow, key)}`, title: `step ${before.name} of flow ${flow}`, there: way(after), back: way(before) };
}

export type Settings = StepConfig & { readonly id: string };

export function addConfig(flow: string, key: string, step: Placed, config: Settings, side?: Side): Move {
  const object = stepObject(flow, key);
  return {
    id: `configure ${object}`, title: `settings of step ${step.name} of flow ${flow}`,
    there: { request: { method: 'POST', path: [...ROOT, 'executions', step.id, 'config'], body: configBody(object, config, side) }, leaves: withStep(step.id, (now) => ({ ...now, config })) },
    back: { request: { method: 'DELETE', path: [...ROOT, 'config', config.id] }, leaves: withStep(step.id, (now) => ({ ...now, config: null })) },
    ...maskedNote(config, flow, step, side),
  };
}

/** PUT replaces all settings; the name that it leaves out is gone, and it may be a name that others have too. */
export function changeConfig(flow: string, key: string, step: Placed, before: Settings, after: StepConfig, sides: { readonly before: Side; readonly after: Side }): Move {
  const object = stepObject(flow, key);
  const way = (config: StepConfig, side: Side): Way => ({
    request: { method: 'PUT', path: [...ROOT, 'config', before.id], body: configBody(object, { ...config, id: before.id }, side) },
    leaves: withStep(step.id, (now) => ({ ...now, config: { ...config, id: before.id } })),
  });
  return { id: `reconfigure ${object}`, title: `settings of step ${step.name} of flow ${flow}`, there: way(after, sides.after), back: way(before, sides.before), ...maskedNote(before, flow, step, sides.before) };
}

function configBody(object: ObjectId, config: Settings, side: Side): Template {
  const entries = Object.entries(config.raw).flatMap(([key, value]): [string, Template][] => {
    if (value === '' || value === null) return [];
    return [[key, isHidden(config, key, value) ? { $secret: object, field: `config.${key}`, ...(side === undefined ? {} : { from: side }) } : value]];
  });
  return { id: config.id, ...(config.alias === null ? {} : { alias: config.alias }), config: Object.fromEntries(entries) };
}

/**
 * What the normal form does not show is a secret. One that the evidence leaves to a deployment stays in the body, so that the plan
 * refuses it, but for those of which another source may have the value.
 */
function isHidden({ values }: StepConfig, key: string, value: string): boolean {
  if (value === MASK || isSecretKey(key)) return true;
  const shown = isRecord(values) ? own(values, key) : undefined;
  return shown !== value && placeholdersIn(value).length === 0;
}

function maskedNote({ raw }: StepConfig, flow: string, step: Step, side: Side): Partial<Move> {
  const masked = Object.keys(raw).filter((key) => raw[key] === MASK);
  if (masked.length === 0) return {};
  const what = `${masked.join(', ')} of step ${step.name} in flow ${flow}`;
  return side === 'live' ? { backNote: `The server never showed ${what}, so it cannot be put back.` } : { losses: [`${what} is masked in the evidence; it comes back only if another source has it`] };
}

function described(description: string | null): { readonly description?: string } {
  return description === null ? {} : { description };
}

function withSteps(change: (steps: readonly Placed[]) => readonly Placed[]): Way['leaves'] {
  return (flow) => (flow === null ? null : { ...flow, steps: change(flow.steps) });
}

function withStep(id: string, change: (step: Placed) => Placed): Way['leaves'] {
  return withSteps((steps) => steps.map((step) => (step.id === id ? change(step) : step)));
}

/** The same the other way round: taking a part away is taking back what made it. */
export function reversed(moves: readonly Move[]): readonly Move[] {
  const verb = (id: string): string => (id.startsWith('configure ') ? `un${id}` : `remove ${id.slice(id.indexOf(' ') + 1)}`);
  return moves.toReversed().flatMap((move) => (move.back === null ? [] : [{ ...move, id: verb(move.id), there: move.back, back: move.there, going: true }]));
}

export function imageOf(flow: FlowState): Json {
  return flow === null ? null : flowValue({ providerId: flow.providerId, ...described(flow.description) }, flow.steps);
}

/** Moves as drafts: each begins where the one before ended. */
export function chained(alias: string, start: FlowState, moves: readonly Move[], first: { readonly after?: readonly string[]; readonly note: string }): readonly Draft[] {
  const id = objectId('flow', alias);
  const drafts: Draft[] = [];
  let flow = start;
  for (const move of moves) {
    const next = move.there.leaves(flow);
    const previous = drafts.at(-1)?.id;
    const going = move.going === true;
    const apart = (there: boolean) => (move.apart === undefined ? [] : [{ id: move.apart, value: there ? {} : null }]);
    drafts.push({
      id: move.id, covers: [id], title: move.title, note: going ? 'removed' : first.note, request: move.there.request,
      before: [{ id, value: imageOf(flow) }, ...apart(going)], after: [{ id, value: imageOf(next) }, ...apart(!going)],
      inverse: move.back?.request ?? null, ...(move.backNote === undefined ? {} : { inverseNote: move.backNote }), ...(move.losses === undefined ? {} : { losses: move.losses }),
      needs: ['manage-realm'], requires: move.requires ?? [], afterOperations: previous === undefined ? first.after ?? [] : [previous],
    });
    flow = next;
  }
  return drafts;
}
