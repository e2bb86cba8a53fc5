/** The moves between a live flow and what it shall be: each step that differs is one write of its own. */
import { same } from '../fields.ts';
import type { JsonObject } from '../json.ts';
import type { Refusal } from '../kind.ts';
import { entryOf, type KeyedStep } from '../normal/flows.ts';
import { MASK } from '../unknowns.ts';
import { changeConfig, changeStep, describeSubFlow, type Move, type Placed } from './flow-moves.ts';
import type { Parts } from './flow-parts.ts';

/** See flow-moves.ts: what it was made from cannot be made again, neither by the restore nor by the undo. */
export const UNORDERED: Refusal = { refused: 'releases before 25 number the steps of a flow by themselves; add, remove and move steps in the admin console' };

type LiveStep = KeyedStep<Placed>;

export interface Changing {
  readonly flow: string;
  readonly live: readonly LiveStep[];
  readonly evidence: readonly KeyedStep[];
  /** Entries by key, as the flow shall be. */
  readonly wanted: JsonObject;
  /** Whether the top-level flow is a built-in one. */
  readonly builtIn: boolean;
  /** Whether the server lets others say the priority of a step. */
  readonly ordered: boolean;
  readonly parts: Parts;
  /** Why steps cannot be made. */
  readonly unwritable: (steps: readonly KeyedStep[]) => string | null;
}

/**
 * What is new comes first, then what changes, then what goes: should a write fail in between, the flow asks for more than it shall
 * and never for less. Only a part whose name is needed again goes before.
 */
export function changesOf(changing: Changing): readonly Move[] | Refusal {
  const { live, evidence, wanted, parts } = changing;
  const now = new Map(live.map((step) => [step.key, step]));
  const then = new Map(evidence.map((step) => [step.key, step]));
  const added = evidence.filter(({ key }) => key in wanted && !now.has(key));
  const removed = live.filter(({ key }) => !(key in wanted));
  const changed = live.flatMap((before) => {
    const after = then.get(before.key);
    return after === undefined || !(before.key in wanted) || same(entryOf(before.step), wanted[before.key]) ? [] : [{ before, after }];
  });
  const touched = [...removed, ...changed.map(({ before }) => before)];
  if (!changing.ordered && (added.length > 0 || removed.length > 0 || changed.some(({ before, after }) => before.step.priority !== after.step.priority))) return UNORDERED;
  const why = orphaned(changing) ?? builtIn(changing, [...added, ...removed]) ?? changing.unwritable([...added, ...changed.map(({ after }) => after)])
    ?? first([...touched, ...added], (step) => sharedAbove(step, now, parts));
  if (why !== null) return { refused: why };
  const names = new Set(added.flatMap(({ step }) => [...(step.sub === null ? [] : [`flow ${step.sub.alias}`]), ...(step.config?.alias == null ? [] : [`settings ${step.config.alias}`])]));
  const clashing = removed.filter((one) => removed.some((other) => isWithin(other, one) && names.has(other.step.sub === null ? `settings ${other.step.config?.alias ?? ''}` : `flow ${other.step.sub.alias}`)));
  const early = removed.filter((one) => clashing.some((clash) => isWithin(one, clash)));
  const sooner = parts.takeDown(early);
  if ('refused' in sooner) return sooner;
  const coming = parts.add(added);
  if ('refused' in coming) return coming;
  const moving: Move[] = [];
  for (const { before, after } of changed) {
    const moves = changeOne(before, after, changing);
    if ('refused' in moves) return moves;
    moving.push(...moves);
  }
  const going = parts.takeDown(removed.filter((one) => !early.includes(one)));
  return 'refused' in going ? going : [...sooner, ...coming, ...moving, ...going];
}

function changeOne({ key, step }: LiveStep, after: KeyedStep, { flow, parts, ordered }: Changing): readonly Move[] | Refusal {
  const to = after.step;
  const moves: Move[] = [];
  if ((step.sub === null) !== (to.sub === null) || step.sub?.apart !== to.sub?.apart || (step.sub !== null && step.provider !== to.provider)) return { refused: `step ${step.name} is of another sort; change it in the admin console` };
  if (step.requirement !== to.requirement || step.priority !== to.priority) moves.push(changeStep(flow, key, step, to, ordered));
  if (step.sub !== null && to.sub !== null && !step.sub.apart && (step.sub.description !== to.sub.description || step.sub.type !== to.sub.type)) moves.push(describeSubFlow(flow, key, { ...step, sub: step.sub }, to.sub));
  const settings = step.config?.id === undefined ? null : { ...step.config, id: step.config.id };
  if (settings !== null && (to.config === null || to.config.alias !== settings.alias || !same(settings.values, to.config.values))) {
    const shared = parts.sharedSettings(step);
    if (shared !== null) return { refused: shared };
    if (to.config === null) return [...moves, ...parts.unconfigure(key, step)];
    const blind = Object.keys(settings.raw).find((field) => settings.raw[field] === MASK && to.config?.raw[field] === MASK);
    if (blind !== undefined) return { refused: `the server shows ${blind} of step ${step.name} masked and erases what a change leaves out; name evidence that has it, or change it in the admin console` };
    moves.push(changeConfig(flow, key, step, settings, to.config, { before: 'live', after: undefined }));
  }
  return [...moves, ...(settings === null && to.config !== null ? parts.configure(key, step, to.config) : [])];
}

/** A step that shall stay, or come, in a sub-flow that shall not be there. */
function orphaned({ live, evidence, wanted }: Changing): string | null {
  const parents = new Map([...evidence, ...live].map(({ key, parent }) => [key, parent]));
  for (const key of Object.keys(wanted)) {
    const parent = parents.get(key) ?? '';
    if (parent !== '' && !(parent in wanted)) return `step ${key} stands in ${parent}, which would not be there; answer both alike`;
  }
  return null;
}

/** 400 `It is illegal to add execution to a built in flow`, and the same for removing one. */
function builtIn({ live, evidence, builtIn: top }: Changing, steps: readonly KeyedStep[]): string | null {
  const subs = new Map([...evidence, ...live].flatMap(({ step }) => (step.sub === null ? [] : [[step.sub.alias, step.sub.builtIn] as const])));
  const standing = new Set(live.flatMap(({ step }) => (step.sub === null ? [] : [step.sub.alias])));
  return first(steps, ({ step }) => ((step.within === '' ? top : standing.has(step.within) && subs.get(step.within) === true)
    ? `step ${step.name} stands in a built-in flow, in which the server adds and removes no steps` : null));
}

function sharedAbove(step: KeyedStep, live: ReadonlyMap<string, LiveStep>, parts: Parts): string | null {
  for (let key = step.parent; key !== ''; key = live.get(key)?.parent ?? '') {
    const alias = live.get(key)?.step.sub?.alias;
    const why = alias === undefined ? null : parts.sharedFlow(alias);
    if (why !== null) return why;
  }
  return null;
}

function isWithin(inner: KeyedStep, outer: KeyedStep): boolean {
  return inner.key === outer.key || inner.key.startsWith(`${outer.key}/`);
}

function first<Item>(items: readonly Item[], why: (item: Item) => string | null): string | null {
  for (const item of items) {
    const found = why(item);
    if (found !== null) return found;
  }
  return null;
}
