/** Sentences about claims, in the words of the screens. */
import type { Change, ClaimExpectation, ObjectId, RealmState } from '../model.ts';
import { claimsOfClient } from './client-claims.ts';

const VERBS: Readonly<Record<Change, string>> = { lost: 'missing from', changed: 'different in', 'live-only': 'additionally in' };

/** Claims of some clients which rest on one object, as expectations because of it. */
export function claimsRestingOn(id: ObjectId, clients: readonly string[], state: RealmState): readonly ClaimExpectation[] {
  return clients.flatMap((client) =>
    claimsOfClient(client, state).filter((found) => found.support.includes(id)).map((found) => ({ ...found.claim, because: [id] })));
}

/** `claim groups missing from access, id and userinfo of auth-service`; null where no claim is concerned. */
export function claimsSentence(change: Change, expectations: readonly ClaimExpectation[]): string | null {
  const [first] = expectations;
  if (first === undefined) return null;
  const clients = unique(expectations.map((expectation) => expectation.client));
  const tokens = unique(expectations.flatMap((expectation) => expectation.tokens));
  const order = ['access', 'id', 'userinfo'].filter((token) => tokens.some((found) => found === token));
  return `${nouns(expectations)} ${VERBS[change]} ${list(order)} of ${several(clients, 'clients')}`;
}

function nouns(expectations: readonly ClaimExpectation[]): string {
  const words = unique(expectations.map(noun));
  const claims = words.filter((word) => word.startsWith('claim ')).map((word) => word.slice('claim '.length));
  const others = words.filter((word) => !word.startsWith('claim '));
  const joined = claims.length === 0 ? [] : [`${claims.length === 1 ? 'claim' : 'claims'} ${several(claims, 'claims')}`];
  return list([...joined, ...(others.length > 3 ? [...others.slice(0, 2), `${others.length - 2} more`] : others)]);
}

function noun(expectation: ClaimExpectation): string {
  const { claim, member } = expectation;
  if (claim === 'aud') return member === undefined ? 'resolved audiences' : `audience ${member}`;
  if (claim === 'scope') return `scope ${member ?? ''}`;
  return member === undefined ? `claim ${claim}` : `role ${member}`;
}

function several(words: readonly string[], what: string): string {
  return words.length <= 3 ? list(words) : `${words.slice(0, 2).join(', ')} and ${words.length - 2} more ${what}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}
