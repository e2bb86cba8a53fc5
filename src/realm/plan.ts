import { compareText } from './canonical.ts';
import { settledAnswers, type Choices } from './choice.ts';
import { expectationsFor } from './claims.ts';
import { kindOf, KINDS } from './kinds/index.ts';
import type { Draft, PlanContext, Refusal } from './kind.ts';
import type { ClaimExpectation, Difference, Group, ObjectId, Operation, OrderedOwner, Plan, RealmState } from './model.ts';
import { deploymentsOf } from './hand-over.ts';
import { pullIn, type PulledIn } from './pull-in.ts';
import { findSecret, newSecretsOf } from './secrets.ts';
import { unsendable } from './sendable.ts';
import { groupOperations, type Item, type OperationGroup } from './sequence.ts';
import { evidenceWith } from './union.ts';
import { wantedValue } from './wanted.ts';
import { isOtherRealm } from './writes/body.ts';

export interface PlanInput {
  readonly live: RealmState;
  readonly evidence: readonly RealmState[];
  readonly differences: readonly Difference[];
  /** By difference id; what has no answer is not touched. */
  readonly choices: Choices;
  readonly order: readonly OrderedOwner[];
}

/**
 * The writes that make the chosen differences so, in an order in which every one of them can succeed.
 *
 * What a chosen difference needs is pulled in and reported; what cannot be restored is refused with its reason, and so is
 * what needs it. Operations are grouped by owner in the given order; one that is needed earlier moves to the earlier
 * group. The same input gives the same plan.
 */
export function makePlan(input: PlanInput): Plan {
  const { drafts, pulled } = draftAll(input);
  const items = connect(drafts);
  const grouped = groupOperations(items, input.order.map((owner) => owner.owner));
  const settled = new Set(items.flatMap((item) => item.draft.covers));
  const expectations = expectationsFor({ ...input, choices: settledAnswers(input.differences.filter(({ id }) => settled.has(id)), input.choices) });
  const awaited = byGroup(grouped, expectations);
  const newSecrets = newSecretsOf(settled, input.evidence);
  const groups = grouped.map((group, index): Group => ({ ...group, expectations: awaited[index] ?? [] }));
  return {
    groups,
    refused: [...pulled.refused].map(([id, because]) => ({ id, because })).toSorted((a, b) => compareText(a.id, b.id)),
    pulledIn: [...pulled.pulledIn.filter(({ id }) => settled.has(id)), ...goneAlong(input, drafts, pulled)],
    newSecrets,
    ...(newSecrets.length === 0 ? {} : { deployments: deploymentsOf(newSecrets, [...input.evidence, input.live]) }),
  };
}

/** Differences that go with a chosen one, whatever was answered for them: what is removed takes them along. */
function goneAlong({ differences }: PlanInput, drafts: Drafted['drafts'], { chosen }: PulledIn): Plan['pulledIn'] {
  const by = new Map(drafts.flatMap(({ difference, draft }) => draft.covers.map((id) => [id, difference.id] as const)));
  return differences.flatMap(({ id }) => {
    const taker = chosen.has(id) ? undefined : by.get(id);
    return taker === undefined ? [] : [{ id, by: taker }];
  });
}

/** A claim can be shown once the last thing that makes it is there: it belongs to the group of that one. */
function byGroup(groups: readonly OperationGroup[], expectations: readonly ClaimExpectation[]): readonly (readonly ClaimExpectation[])[] {
  const groupOf = new Map(groups.flatMap((group, index) => group.operations.flatMap((operation) => operation.covers.map((id) => [id, index] as const))));
  const sorted: ClaimExpectation[][] = groups.map(() => []);
  for (const expectation of expectations) sorted[Math.max(...expectation.because.map((id) => groupOf.get(id) ?? 0))]?.push(expectation);
  return sorted;
}

interface Drafted {
  readonly drafts: readonly { readonly difference: Difference; readonly draft: Draft }[];
  readonly pulled: PulledIn;
}

/** Asks the kinds for their writes; when one refuses, what needs it is refused too, and all are asked again without it. */
function draftAll(input: PlanInput): Drafted {
  const { usedIds, takenIds } = unusableIds(input);
  let refused: ReadonlyMap<ObjectId, string> = new Map();
  for (;;) {
    const pulled = pullIn({ ...input, refused });
    const context: PlanContext = {
      live: input.live, evidenceOf: (id) => evidenceWith(input.evidence, id), chosen: pulled.chosen, usedIds, takenIds,
      knowsSecret: (id, field) => findSecret(input.evidence, id, field) !== undefined,
      wanted: (difference) => wantedValue(difference, input.live, input.evidence, input.choices),
    };
    const answers = [...pulled.chosen.values()].map((difference) => ({ difference, answer: sent(kindOf(difference.kind)?.restore(difference, context) ?? { refused: `this version cannot restore ${difference.kind}` }) }));
    const refusals = answers.flatMap(({ difference, answer }) => ('refused' in answer ? [[difference.id, answer.refused] as const] : []));
    if (refusals.length === 0) return { drafts: answers.flatMap(({ difference, answer }) => ('refused' in answer ? [] : answer.map((draft) => ({ difference, draft })))), pulled };
    refused = new Map([...pulled.refused, ...refusals]);
  }
}

/** The drafts, unless one of them cannot be sent. */
function sent(answer: readonly Draft[] | Refusal): readonly Draft[] | Refusal {
  const because = 'refused' in answer ? undefined : answer.map(unsendable).find((reason) => reason !== undefined);
  return because === undefined ? answer : { refused: because };
}

/** Ids that cannot be given to a restored object: live ones, those of another realm of the server, and those that the evidence has twice (copied blocks in a file). */
function unusableIds(input: PlanInput): Pick<PlanContext, 'usedIds' | 'takenIds'> {
  const unusable = new Set([...input.live.objects.values()].flatMap((object) => object.serverId ?? []));
  const seen = new Set<string>();
  for (const difference of input.differences) {
    const source = difference.change === 'lost' ? evidenceWith(input.evidence, difference.id) : undefined;
    const id = source?.objects.get(difference.id)?.serverId;
    if (source === undefined || id === undefined) continue;
    if (seen.has(id) || isOtherRealm(source)) unusable.add(id);
    seen.add(id);
  }
  return { usedIds: unusable, takenIds: new Set([...unusable, ...seen]) };
}

/**
 * Turns needed objects into the operations that make them. What is deleted goes after everything that still refers to it:
 * the server answers 500 when a role is unmapped that is gone already.
 */
function connect(drafts: Drafted['drafts']): readonly Item[] {
  const maker = new Map(drafts.flatMap(({ draft }) => draft.after.filter((image) => image.value !== null).map((image) => [image.id, draft.id] as const)));
  const ids = new Set(drafts.map(({ draft }) => draft.id));
  const rank = new Map(KINDS.map((kind, index) => [kind.name, index]));
  const users = new Map<ObjectId, string[]>();
  for (const { draft } of drafts) {
    for (const id of draft.requires) {
      const list = users.get(id);
      if (list === undefined) users.set(id, [draft.id]);
      else list.push(draft.id);
    }
  }
  return drafts.map(({ difference, draft }) => {
    // A DELETE of a part, such as a step of a flow, leaves the object there for whoever refers to it.
    const gone = draft.covers.filter((id) => draft.after.some((image) => image.id === id && image.value === null));
    const removed = draft.request.method === 'DELETE' ? gone.flatMap((id) => users.get(id) ?? []) : [];
    const makers = draft.requires.flatMap((id) => maker.get(id) ?? []);
    const earlier = (draft.afterOperations ?? []).filter((id) => ids.has(id));
    const dependsOn = [...new Set([...makers, ...earlier, ...removed])].filter((id) => id !== draft.id).sort(compareText);
    return { draft, owner: difference.owner, rank: rank.get(difference.kind) ?? KINDS.length, dependsOn };
  });
}

/** All operations of a plan in the order in which they are sent. */
export function operationsOf(plan: Plan): readonly Operation[] {
  return plan.groups.flatMap((group) => group.operations);
}

export { builtOn, undoLeft, undoPlan } from './undo.ts';
