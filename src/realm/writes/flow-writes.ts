/** The writes for authentication flows: made step by step, changed in place (bindings hang on the id), taken down from the last step to the first. */
import { own, type Json, type JsonObject } from '../json.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import { isRecord } from '../looks.ts';
import type { Difference } from '../model.ts';
import { keyed, rawFlow, stepsOf, type KeyedStep, type Step } from '../normal/flows.ts';
import type { AuthenticationFlowRepresentation } from '../representation.ts';
import { isOlderThan } from '../version.ts';
import { idFor, firstPlaceholder, refusePlaceholder } from './body.ts';
import { changesOf, UNORDERED } from './flow-changes.ts';
import { chained, createFlow, describeFlow, reversed, type FlowState, type Move, type Placed } from './flow-moves.ts';
import { openParts } from './flow-parts.ts';
import { usesOf } from './flow-uses.ts';

/** What the server refuses in names of flows and of their settings (ReservedCharValidator): 400 `Character '/' not allowed.` */
const RESERVED = /[:/?#[\]@!$&()*+,;=\\]/;

export function restoreFlow(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  if (difference.change !== 'changed' && !isOrdered(context)) return UNORDERED;
  const drafts = difference.change === 'lost' ? create(difference, context) : difference.change === 'changed' ? change(difference, context) : remove(difference, context);
  if ('refused' in drafts) return drafts;
  const placeholder = drafts.map(({ request }) => firstPlaceholder(request.body)).find((found) => found !== undefined);
  return placeholder === undefined ? drafts : refusePlaceholder(placeholder);
}

function create(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const { id, name } = difference;
  const source = context.evidenceOf(id);
  const raw = rawFlow(source?.representation, name);
  const builtIn = raw?.builtIn === true ? { losses: [`flow ${name} is not marked as built in any more: the admin console lets people change and delete it`] } : {};
  if (source === undefined || raw === undefined) return { refused: 'no evidence has it' };
  const steps = keyed(stepsOf(source.representation, name));
  const why = unwritable(name, steps);
  if (why !== null) return { refused: why };
  const parts = openParts(name, context);
  const head: FlowState = { ...headOf(raw), steps: [] };
  const moves = parts.add(steps);
  if ('refused' in moves) return moves;
  const top: Move = { ...createFlow(name, head, idFor(id, raw.id, context)), ...builtIn };
  return chained(name, null, [top, ...moves], { note: 'as in the evidence' });
}

function change(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const { id, name } = difference;
  const [live, source] = [context.live.representation, context.evidenceOf(id)];
  const raw = rawFlow(live, name);
  const wanted = context.wanted(difference);
  if (raw === undefined) return { refused: 'it is not in the live realm any more' };
  if (source === undefined || !isRecord(wanted ?? null)) return { refused: 'no evidence has it' };
  const value = wanted as JsonObject;
  const now = placed(stepsOf(live, name));
  if (now === null) return { refused: 'the server did not show the ids of its steps' };
  const start: FlowState = { ...headOf(raw), steps: now };
  const parts = openParts(name, context);
  const steps = changesOf({
    flow: name, live: keyed(now), evidence: keyed(stepsOf(source.representation, name)), wanted: isRecord(value['steps'] ?? null) ? (value['steps'] as JsonObject) : {}, builtIn: raw.builtIn === true, ordered: isOrdered(context), parts,
    unwritable: (added) => unwritable(name, added),
  });
  if ('refused' in steps) return steps;
  const head = { ...start, providerId: text(value['providerId']) ?? start.providerId, description: text(value['description']) };
  const described = head.providerId === start.providerId && head.description === start.description ? [] : [describeFlow(name, start, head, raw.builtIn === true)];
  return chained(name, start, [...described, ...steps], { note: 'only what differs' });
}

/**
 * Step by step from the last one to the first: one DELETE of the flow would do the same, but no request brings back a flow with its
 * content, and so nobody could undo it.
 */
function remove(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const { name } = difference;
  const { representation } = context.live;
  const raw = rawFlow(representation, name);
  const now = placed(stepsOf(representation, name));
  if (raw === undefined) return { refused: 'it is not in the live realm any more' };
  if (raw.builtIn === true) return { refused: 'the server does not delete a built-in flow' };
  if (now === null) return { refused: 'the server did not show the ids of its steps' };
  const uses = usesOf(name, context);
  if (uses.left.length > 0) return { refused: `it is still used by ${uses.left.slice(0, 3).join(', ')}; answer that with restore too` };
  const moves = openParts(name, context).takeDown(keyed(now));
  if ('refused' in moves) return moves;
  const start: FlowState = { ...headOf(raw), steps: now };
  return chained(name, start, [...moves, ...reversed([createFlow(name, start, raw.id)])], { note: 'removed', after: uses.released });
}

function isOrdered({ live }: PlanContext): boolean {
  return !isOlderThan(live.serverVersion ?? null, 25, 0);
}

/** Why steps cannot be made, where they cannot. */
function unwritable(flow: string, steps: readonly KeyedStep[]): string | null {
  const names = [flow, ...steps.flatMap(({ step }) => [...(step.sub === null || step.sub.apart ? [] : [step.sub.alias]), ...(step.config?.alias == null ? [] : [step.config.alias])])];
  const reserved = names.find((name) => RESERVED.test(name));
  if (reserved !== undefined) return `the server takes no new flow or settings called ${reserved}: it refuses the character ${RESERVED.exec(reserved)?.[0] ?? ''}`;
  for (const { step } of steps) {
    if (typeof step.requirement !== 'string') return `the evidence states no requirement for step ${step.name}`;
    if (step.sub !== null && typeof step.sub.type !== 'string') return `the evidence has no flow ${step.sub.alias}, which hangs in it`;
    if (step.sub?.apart === true && step.sub.alias === flow) return 'it hangs in itself; the server would fail with every look at it';
    if (step.config !== null && !isKnown(step.config.values)) return `the evidence does not say which settings step ${step.name} has`;
  }
  return null;
}

function isKnown(values: Json): boolean {
  return isRecord(values) && own(values, '$unknown') === undefined;
}

function placed(steps: readonly Step[]): readonly Placed[] | null {
  return steps.every((step): step is Placed => step.id !== undefined && step.id !== '') ? steps : null;
}

function headOf(raw: AuthenticationFlowRepresentation): { readonly providerId: string; readonly description: string | null } {
  return { providerId: raw.providerId ?? 'basic-flow', description: text(raw.description) };
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The flows that must be there before this one: those that hang in it and are flows of their own. */
export function flowsWithin(value: Json): readonly string[] {
  const steps = isRecord(value) ? value['steps'] : undefined;
  return isRecord(steps) ? [...new Set(Object.values(steps).flatMap((step) => (isRecord(step) && typeof step['flow'] === 'string' ? [step['flow']] : [])))] : [];
}
