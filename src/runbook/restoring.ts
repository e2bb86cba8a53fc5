import type { Group, Operation } from '../realm/model.ts';
import { isRealmLevel } from '../realm/order.ts';
import { expectedOf } from './meanwhile.ts';
import type { Effect, Question, RunState, StepName } from './model.ts';

/** What one group needs next. */
type GroupStep = { readonly step: StepName; readonly effect: Effect } | { readonly step: StepName; readonly question: Question };
type Restoring = { readonly step: StepName; readonly effects: readonly [Effect, ...Effect[]] } | Extract<GroupStep, { readonly question: unknown }>;

/**
 * Clients that are restored beside each other once all of them are confirmed: with more writes at a time the server does not get
 * faster (baselines.md 5), and across different objects so many are safe (verified-keycloak.md 3, parallel writes).
 */
const BESIDE = 4;

/**
 * The restore: group by group in the order of the plan, each written, read back and proven.
 *
 * The first group goes alone and so do those of no client: were the evidence wrong, its proof says so before anything else is touched.
 * After it the clients that are confirmed already go some at a time. None of them starts before what it comes after is done. Where one
 * fails or is not proven, or an answer is lost, no further write begins before that is settled.
 */
export function restoring(state: RunState): Restoring | null {
  if (state.run?.readOnly || !state.plan) return null;
  const groups = state.plan.groups.filter(({ owner }) => !state.skipped.includes(owner));
  const after = new Map(state.order.map((entry) => [entry.owner, entry.after.map(({ owner }) => owner)]));
  const open: Group[] = [];
  const beside: Effect[] = [];
  let step: StepName | null = null;
  for (const [index, group] of groups.entries()) {
    const next = restoreGroup(state, group) ?? proveGroup(state, group);
    if (!next) continue;
    if ('question' in next) {
      if (open.length === 0 || next.question.kind !== 'confirm') return next;
      break;
    }
    const alone = index === 0 || isRealmLevel(group.owner);
    if (alone && open.length > 0) break;
    step ??= next.step;
    if (open.every((earlier) => mayGoBeside(next.effect, earlier, state, after.get(group.owner)))) beside.push(next.effect);
    open.push(group);
    if (alone || open.length === BESIDE) break;
  }
  const [first, ...others] = beside.some((effect) => effect.type === 'look' && state.writes[effect.operation.id] === 'unknown') ? beside.filter(({ type }) => type !== 'write') : beside;
  return step === null || first === undefined ? null : { step, effects: [first, ...others] };
}

/** Whether an effect of a later group can be performed while an earlier one is not done. */
function mayGoBeside(effect: Effect, earlier: Group, state: RunState, comesAfter: readonly string[] = []): boolean {
  if (comesAfter.includes(earlier.owner)) return false;
  const unwritten = openWrites(state, earlier);
  // A claim belongs to the group of the last thing that makes it; others may make the rest.
  if (effect.type === 'prove') return unwritten.length === 0;
  return effect.type !== 'write' || !unwritten.some(({ id }) => effect.operation.dependsOn.includes(id));
}

function openWrites(state: RunState, group: Group): readonly Operation[] {
  return group.operations.filter((operation) => !['verified', 'kept'].includes(state.writes[operation.id] ?? 'planned'));
}

/** Never sent, or taken back: to be sent once somebody has typed the word. */
export function isPending({ writes }: Pick<RunState, 'writes'>, { id }: Pick<Operation, 'id'>): boolean {
  return ['planned', 'undone'].includes(writes[id] ?? 'planned');
}

function restoreGroup(state: RunState, group: Group): GroupStep | null {
  const open = openWrites(state, group);
  const [first] = open;
  if (first === undefined) return null;
  const begun = open.find((operation) => !isPending(state, operation));
  if (begun) return goOn(state, begun);
  if (state.confirmed.includes(group.owner)) return { step: 'restore', effect: { type: 'write', operation: first, undo: false } };
  const groups = state.plan?.groups ?? [];
  return { step: 'restore', question: { kind: 'confirm', group, index: groups.indexOf(group), total: groups.length, word: state.run?.realm ?? '' } };
}

/** A write that was begun and is not verified: look at the server, or ask; never send it again unseen. */
function goOn(state: RunState, operation: Operation): GroupStep {
  const status = state.writes[operation.id];
  if (status === 'failed' || status === 'diverged') {
    const trouble = state.troubles[operation.id];
    return { step: 'restore', question: { kind: 'write-trouble', operation, status, failure: trouble?.failure ?? null, images: trouble?.images ?? [], expected: expectedOf(state, operation) } };
  }
  return { step: 'restore', effect: { type: 'look', operation, undo: false } };
}

/** Without the claims that rest on what was left out, because somebody else's was kept. */
function awaitedOf(state: RunState, group: Group): Group {
  const kept = new Set((state.plan?.groups ?? []).flatMap(({ operations }) => operations.filter(({ id }) => state.writes[id] === 'kept').flatMap(({ covers }) => covers)));
  return { ...group, expectations: group.expectations.filter(({ because }) => !because.some((id) => kept.has(id))) };
}

function proveGroup(state: RunState, group: Group): GroupStep | null {
  const proofs = state.proofs[group.owner];
  if (!proofs) {
    const awaited = awaitedOf(state, group);
    return awaited.expectations.length === 0 ? null : { step: 'prove', effect: { type: 'prove', group: awaited, probeUser: state.probeUser ?? state.run?.settings.probeUser ?? null } };
  }
  if (state.accepted[group.owner] !== undefined || !proofs.some((proof) => proof.outcome === 'not-proven')) return null;
  return { step: 'prove', question: { kind: 'not-proven', owner: group.owner, proofs } };
}

/** The group that an effect is about; null for one of the whole run. Only one at a time is about the same. */
export function groupOf(effect: Effect): string | null {
  if (effect.type === 'write' || effect.type === 'look') return effect.operation.owner;
  return effect.type === 'prove' ? effect.group.owner : null;
}
