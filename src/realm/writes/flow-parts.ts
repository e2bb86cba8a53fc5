/** The parts of one flow as moves, with the ids that they have or get, and what stands in their way on the server. */
import { compareText } from '../canonical.ts';
import { same } from '../fields.ts';
import { objectId } from '../keys.ts';
import type { PlanContext, Refusal } from '../kind.ts';
import type { Template } from '../model.ts';
import { keyed, rawFlow, stepsOf, stepsValue, type KeyedStep, type Step, type StepConfig } from '../normal/flows.ts';
import type { AuthenticationExecutionRepresentation, RealmRepresentation } from '../representation.ts';
import { isOtherRealm, keepableId, madeUpId } from './body.ts';
import { addConfig, addStep, changeConfig, createSubFlow, reversed, type FlowState, type Move, type Placed, type Settings } from './flow-moves.ts';

type Moves = readonly Move[] | Refusal;

export interface Parts {
  /** The moves that make steps of the evidence, in the order given: the sub-flow that a step stands in comes before it. */
  add(steps: readonly KeyedStep[]): Moves;
  /** The moves that take live steps down, the last one first. */
  takeDown(steps: readonly KeyedStep<Placed>[]): Moves;
  /** Settings for a step that has none. */
  configure(key: string, step: Placed, config: StepConfig): readonly Move[];
  /** Settings taken from a live step. */
  unconfigure(key: string, step: Placed): readonly Move[];
  /** Why a live step's settings cannot be touched: they belong to another step too. */
  sharedSettings(step: Step): string | null;
  /** Why nothing in a live sub-flow can be touched: it hangs in another place too. */
  sharedFlow(alias: string): string | null;
}

export function openParts(flow: string, context: PlanContext): Parts {
  const live = context.live.representation;
  const source = context.evidenceOf(objectId('flow', flow));
  const evidence = source?.representation ?? {};
  const executions = (live.authenticationFlows ?? []).flatMap((other) => other.authenticationExecutions ?? []);
  const ids = new Set([...context.takenIds, ...idsOf(live, executions)]);
  const names = claimedNames(context);
  const gone = new Set<string>();
  const subIds = new Map<string, string>();
  const created = new Set<string>();

  const newId = (wanted: string | undefined, ...of: readonly string[]): string => {
    const id = (source !== undefined && isOtherRealm(source) ? undefined : keepableId(wanted, ids)) ?? madeUpId(ids, [live.id ?? context.live.realm, ...of]);
    ids.add(id);
    return id;
  };
  const liveSub = (alias: string): string | undefined => (gone.has(alias) ? undefined : rawFlow(live, alias)?.id);
  const subId = (alias: string): string => {
    const id = liveSub(alias) ?? subIds.get(alias) ?? newId(rawFlow(evidence, alias)?.id, 'flow', alias);
    subIds.set(alias, id);
    return id;
  };
  const parentOf = (step: Step): Template => (step.within === '' ? { $id: objectId('flow', flow) } : subId(step.within));

  /** A name that others have as well is given afterwards: POST refuses it with 409, PUT does not look. */
  const settle = (key: string, step: Placed, config: Settings, isFree: boolean, side?: 'live'): readonly Move[] => {
    if (isFree) return [addConfig(flow, key, step, config, side)];
    const first: Settings = { ...config, alias: `settings of ${step.id}` };
    return [addConfig(flow, key, step, first, side), changeConfig(flow, key, step, first, config, { before: side, after: side })];
  };
  const configure = (key: string, step: Placed, config: StepConfig): readonly Move[] =>
    settle(key, step, { ...config, id: newId(config.id, 'settings', step.id) }, config.alias !== null && names.live(config.alias) === 0 && names.wanted(config.alias) < 2);
  const asLive = (key: string, step: Placed): readonly Move[] =>
    (step.config === null ? [] : settle(key, step, { ...step.config, id: step.config.id ?? '' }, step.config.alias !== null && names.live(step.config.alias) < 2, 'live'));

  const sharedFlow = (alias: string): string | null =>
    (executions.filter((other) => other.flowAlias === alias).length > 1 ? `sub-flow ${alias} hangs in more than one place; change it in the admin console` : null);
  const sharedSettings = ({ config }: Step): string | null =>
    (config !== null && executions.filter((other) => other['authenticatorConfigId'] === config.id).length > 1 ? `its settings ${config.alias ?? ''} belong to another step too, and the server would take them from both` : null);

  /** A sub-flow that is there already, or that another restored flow makes: it is hung in, with all that is in it. */
  const hangIn = (key: string, step: Placed, alias: string): Moves | null => {
    const maker = firstMaker(alias, context);
    const there = liveSub(alias);
    const source = there !== undefined ? live : evidence;
    if (there === undefined && (maker === flow || maker === null)) return null;
    if (there !== undefined && !same(stepsValue(below(live, alias)), stepsValue(below(evidence, alias)))) return { refused: `the realm has another flow ${alias}, and the server takes each name once` };
    const inside = below(source, alias).map((inner) => ({ ...inner, within: inner.within === '' ? alias : inner.within, id: inner.id ?? '' }));
    const hung = addStep(flow, key, step, parentOf(step), subId(alias));
    const { leaves } = hung.there;
    return [{
      ...hung, back: null, backNote: `Deleting the step would take sub-flow ${alias} from its other place too.`, requires: maker === null || maker === flow ? [] : [objectId('flow', maker)],
      there: { ...hung.there, leaves: (now) => withInside(leaves(now), alias, inside) },
    }];
  };

  const addOne = ({ key, step }: KeyedStep): Moves => {
    const placed: Placed = { ...step, config: null, id: newId(step.id, 'step', flow, key) };
    const { sub } = step;
    if (sub === null) return [addStep(flow, key, placed, parentOf(step), null), ...(step.config === null ? [] : configure(key, placed, step.config))];
    const other = objectId('flow', sub.alias);
    if (sub.apart) return [{ ...addStep(flow, key, placed, parentOf(step), { $id: other }), back: null, backNote: `Deleting the step would delete flow ${sub.alias} with it.`, requires: [other] }];
    if (created.has(sub.alias)) return [{ ...addStep(flow, key, placed, parentOf(step), subId(sub.alias)), back: null, backNote: `Deleting the step would take sub-flow ${sub.alias} from its other place too.` }];
    const hung = hangIn(key, placed, sub.alias);
    if (hung !== null) return hung;
    const known = { ...sub, id: subId(sub.alias) };
    created.add(sub.alias);
    return [createSubFlow(flow, known), addStep(flow, key, { ...placed, sub: known }, parentOf(step), known.id)];
  };

  return {
    configure, sharedFlow, sharedSettings,
    unconfigure: (key, step) => reversed(asLive(key, step)),
    add: (steps) => {
      const moves: Move[] = [];
      const made = new Set<Step>();
      const hung = new Set<string>();
      for (const one of steps) {
        // What stands in a sub-flow that hangs in two places is made once, and not at all where it is there.
        if (made.has(one.step) || hung.has(one.step.within)) {
          if (one.step.sub !== null) hung.add(one.step.sub.alias);
          continue;
        }
        const more = addOne(one);
        if ('refused' in more) return more;
        if (one.step.sub !== null && !more.some((move) => move.apart !== undefined)) hung.add(one.step.sub.alias);
        made.add(one.step);
        moves.push(...more);
      }
      return moves;
    },
    takeDown: (steps) => {
      const moves: Move[] = [];
      for (const { key, step } of steps) {
        const why = step.sub?.apart === true ? `deleting step ${step.name} would delete flow ${step.name} with it` : sharedSettings(step) ?? sharedFlow(step.sub?.alias ?? '') ?? sharedFlow(step.within);
        if (why !== null) return { refused: why };
        const bare = { ...step, config: null };
        const sub = step.sub === null ? null : { ...step.sub, id: step.sub.id ?? '' };
        moves.push(...(sub === null ? [] : [createSubFlow(flow, sub)]), addStep(flow, key, bare, parentOf(step), sub?.id ?? null), ...asLive(key, step));
      }
      for (const { step } of steps) {
        if (step.sub !== null) gone.add(step.sub.alias);
        if (step.sub !== null) subIds.delete(step.sub.alias);
        if (step.config?.alias != null) names.free(step.config.alias);
      }
      return reversed(moves);
    },
  };
}

/** A sub-flow shows with all its steps as soon as it hangs in a flow; in a second place they are known already. */
function withInside(flow: FlowState, alias: string, inside: readonly Placed[]): FlowState {
  return flow === null || flow.steps.some((step) => step.within === alias) ? flow : { ...flow, steps: [...flow.steps, ...inside] };
}

function below(representation: RealmRepresentation, alias: string): readonly Step[] {
  return stepsOf(representation, alias);
}

/** Of all lost flows that are restored and hold a sub-flow, the one that makes it. */
function firstMaker(alias: string, context: PlanContext): string | null {
  const lost = [...context.chosen.values()].filter((difference) => difference.kind === 'flow' && difference.change === 'lost').map(({ name }) => name).toSorted(compareText);
  return lost.find((name) => stepsOf(context.evidenceOf(objectId('flow', name))?.representation ?? {}, name).some((step) => step.sub?.alias === alias && !step.sub.apart)) ?? null;
}

/** Ids of flows, steps and settings; a capture says them all. */
function idsOf({ authenticationFlows = [], authenticatorConfig = [] }: RealmRepresentation, executions: readonly AuthenticationExecutionRepresentation[]): readonly string[] {
  return [...authenticationFlows, ...executions, ...authenticatorConfig].flatMap((row) => (typeof row['id'] === 'string' ? [row['id']] : []));
}

/** How many settings have a name: live, and wanted by the flows that are restored together. */
function claimedNames(context: PlanContext): { live(name: string): number; wanted(name: string): number; free(name: string): void } {
  const live = new Map<string, number>();
  const wanted = new Map<string, number>();
  const count = (map: Map<string, number>, name: string | null | undefined, by: number): void => void (name != null && map.set(name, (map.get(name) ?? 0) + by));
  for (const config of context.live.representation.authenticatorConfig ?? []) count(live, config.alias, 1);
  for (const difference of context.chosen.values()) {
    if (difference.kind !== 'flow' || difference.change === 'live-only') continue;
    for (const { step } of keyed(stepsOf(context.evidenceOf(difference.id)?.representation ?? {}, difference.name))) count(wanted, step.config?.alias, 1);
  }
  return { live: (name) => live.get(name) ?? 0, wanted: (name) => wanted.get(name) ?? 0, free: (name) => count(live, name, -1) };
}
