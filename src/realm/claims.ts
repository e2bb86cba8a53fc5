import { compareText } from './canonical.ts';
import { isAnswered } from './choice.ts';
import { kindOf } from './kinds/index.ts';
import type { Choice, ClaimExpectation, Difference, ObjectId, RealmObject, RealmState, TokenKind } from './model.ts';
import { evidenceWith, overlay } from './union.ts';
import { wantedValue } from './wanted.ts';

export interface ExpectationInput {
  readonly differences: readonly Difference[];
  readonly choices: Readonly<Record<string, Choice>>;
  readonly live: RealmState;
  readonly evidence: readonly RealmState[];
  /** Only the tokens of this client. */
  readonly owner?: string;
}

/**
 * What claims should be in whose tokens once the chosen differences are restored.
 *
 * Each restored object is judged in the realm as it will be, so a claim is only awaited where everything that it rests on
 * is there. A restored client scope concerns every client that links it; clients without a difference of their own are
 * left out as long as one has some, because proving one of them proves the scope.
 */
export function expectationsFor(input: ExpectationInput): readonly ClaimExpectation[] {
  const restored = input.differences.filter((difference) => isAnswered(difference, 'restore', input.choices) && difference.change !== 'live-only' && difference.onlyCompared === undefined);
  const objects = restored.flatMap((difference) => {
    const object = evidenceWith(input.evidence, difference.id)?.objects.get(difference.id);
    return object === undefined ? [] : [{ ...object, value: wantedValue(difference, input.live, input.evidence, input.choices) ?? object.value }];
  });
  const after = overlay(input.live, [...objects, ...insideOf(objects, input.evidence)]);
  const concerned = new Set(input.differences.map((difference) => difference.owner));
  const whole = new Set(objects.map((object) => object.id));
  const found = objects.flatMap((object) => {
    const kind = kindOf(object.kind);
    const routine = object.parent !== undefined && whole.has(object.parent) && kind?.routine?.(object) === true;
    const claims = (kind?.claims(object, after) ?? []).filter((claim) => !routine || (claim.needs === 'nothing' && claim.scope === undefined));
    const known = claims.filter((claim) => concerned.has(claim.client));
    const [first] = claims.map((claim) => claim.client).sort(compareText);
    return known.length > 0 ? known : claims.filter((claim) => claim.client === first);
  });
  return merged(found.filter((claim) => input.owner === undefined || claim.client === input.owner));
}

/** What comes along with a restored container without being a difference: the settings of a client. */
export function insideOf(objects: readonly RealmObject[], evidence: readonly RealmState[]): readonly RealmObject[] {
  const containers = new Set(objects.map((object) => object.id));
  return evidence.flatMap((state) => [...state.objects.values()].filter((object) => object.parent !== undefined && containers.has(object.parent) && kindOf(object.kind)?.insideParent === true));
}

/** One expectation for each claim of a client's tokens, because of all that make it. */
function merged(claims: readonly ClaimExpectation[]): readonly ClaimExpectation[] {
  const byClaim = new Map<string, ClaimExpectation>();
  for (const claim of claims) {
    const key = JSON.stringify([claim.client, claim.claim, claim.member ?? null, claim.scope ?? null, claim.mapper ?? null, claim.needs, claim.needed ?? null, claim.gate ?? null]);
    const known = byClaim.get(key);
    byClaim.set(key, known === undefined ? claim : { ...known, tokens: inOrder([...known.tokens, ...claim.tokens]), because: union(known.because, claim.because) });
  }
  return [...byClaim.entries()].sort(([a], [b]) => compareText(a, b)).map(([, claim]) => claim);
}

function inOrder(tokens: readonly TokenKind[]): readonly TokenKind[] {
  const all: readonly TokenKind[] = ['access', 'id', 'userinfo'];
  return all.filter((token) => tokens.includes(token));
}

function union(a: readonly ObjectId[], b: readonly ObjectId[]): readonly ObjectId[] {
  return [...new Set([...a, ...b])].sort(compareText);
}
