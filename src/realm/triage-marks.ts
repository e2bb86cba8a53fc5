/** What the facts say about how the realm was overwritten: one finding each, before anybody concludes. */
import { compareText } from './canonical.ts';
import type { RealmState } from './model.ts';
import type { AdminEventFact, LiveFacts } from './snapshot.ts';
import { MASK } from './unknowns.ts';

export interface TriageInput {
  readonly facts: LiveFacts;
  readonly live: RealmState;
  readonly evidence: readonly { readonly state: RealmState; readonly facts?: LiveFacts }[];
}

export interface Marks {
  /** Epoch milliseconds of the whole-realm import, by the secrets that it gave to built-in clients; null when none is seen. */
  readonly importedAt: number | null;
  readonly importMark: string | null;
  readonly keys: Finding;
  readonly realmId: Finding;
  readonly clientIds: ClientIdsFinding;
  readonly users: Finding;
  /** Service accounts that were made by the import: the JSON had no users. */
  readonly newServiceAccounts: boolean;
  readonly maskedSecrets: boolean;
  readonly keyComponentsKept: boolean;
  readonly eventsFromBefore: boolean;
  readonly partialImport: readonly string[];
  readonly edits: readonly AdminEventFact[];
  /**
   * When everything in a realm without an import's mark is of one moment: keys and service accounts made together, no
   * user, no session. A hand-written file that leaves the built-in clients out leaves no mark on them.
   */
  readonly remadeAt: number | null;
}

/** true: renewed. false: the same. null: cannot be known. */
export interface Finding {
  readonly renewed: boolean | null;
  readonly because: string;
}

/** The clients that have another id than before, and how many have the same. */
export interface ClientIdsFinding {
  readonly renewed: readonly string[];
  readonly same: number;
  readonly because: string;
}

/** The import's own clock: the secret is made while it runs, keys shortly before or (by a node at work) minutes after. */
const KEY_WINDOW = { before: 15_000, after: 310_000 };
/** A realm that was made by an import carries the marks of it for ever; only a recent one can be the incident. */
const LONG_AGO = 24 * 3600_000;
const IMPORT_MARKERS = new Set(['realm-management', 'broker']);

export function marksOf(input: TriageInput): Marks {
  const { facts, live } = input;
  const known = new Set(input.evidence.flatMap((item) => (item.facts?.builtinSecretTimes ?? []).map((mark) => `${mark.clientId} ${mark.epochSeconds}`)));
  const marks = facts.builtinSecretTimes.filter((mark) => IMPORT_MARKERS.has(mark.clientId) && !known.has(`${mark.clientId} ${mark.epochSeconds}`));
  const latest = marks.toSorted((a, b) => b.epochSeconds - a.epochSeconds || compareText(b.clientId, a.clientId))[0];
  const marked = latest === undefined ? null : latest.epochSeconds * 1000;
  const old = marked !== null && newestActivity(facts) - marked > LONG_AGO;
  const importedAt = old ? null : marked;
  const clients = live.representation.clients ?? [];
  const confidential = clients.filter((client) => typeof client.secret === 'string' && client.publicClient !== true);
  return {
    importedAt,
    importMark: latest === undefined || marked === null ? null : old ? `the realm itself was imported on ${day(marked)}, long before this` : `${latest.clientId} got a secret at ${clock(marked)}`,
    keys: keysFinding(input, importedAt),
    realmId: realmIdFinding(input),
    clientIds: clientIdsFinding(input),
    users: usersFinding(input),
    newServiceAccounts: importedAt !== null && (live.representation.users ?? []).some((user) => user.serviceAccountClientId !== undefined && near(user.createdTimestamp ?? 0, importedAt)),
    maskedSecrets: confidential.length > 0 && confidential.every((client) => client.secret === MASK),
    keyComponentsKept: input.evidence.some((item) => item.facts !== undefined && sameSet(item.facts.keyComponents.map(({ id }) => id), facts.keyComponents.map(({ id }) => id))),
    eventsFromBefore: importedAt !== null && facts.recentAdminEvents.some((event) => event.time < importedAt - KEY_WINDOW.before),
    partialImport: facts.recentAdminEvents.filter((event) => event.resourceType === 'REALM' && event.resourcePath.startsWith('clients/')).map((event) => event.resourcePath),
    remadeAt: importedAt === null ? remadeAt(input) : null,
    edits: facts.recentAdminEvents.filter((event) => event.operationType !== 'ACTION' && event.resourceType !== 'REALM' && event.resourceType !== 'USER'),
  };
}

function keysFinding({ facts, evidence }: TriageInput, importedAt: number | null): Finding {
  const before = evidence.find((item) => item.facts !== undefined && item.facts.keys.length > 0);
  if (before?.facts !== undefined) {
    const renewed = !before.facts.keys.every((key) => facts.keys.some((now) => now.kid === key.kid));
    return { renewed, because: renewed ? `the signing keys of ${before.state.source} are not there any more` : `signing keys equal those of ${before.state.source}` };
  }
  const dated = facts.keys.flatMap((key) => key.madeAt ?? []);
  if (importedAt === null || dated.length === 0) return { renewed: null, because: 'no snapshot from before tells which signing keys there were' };
  const made = dated.find((time) => near(time, importedAt));
  if (made !== undefined) return { renewed: true, because: `signing keys were made at ${clock(made)}, with the import` };
  return { renewed: false, because: `signing keys are older than the import (${day(Math.max(...dated))})` };
}

function remadeAt({ facts, live }: TriageInput): number | null {
  const made = facts.keys.flatMap((key) => key.madeAt ?? []).toSorted((a, b) => a - b)[0];
  const accounts = (live.representation.users ?? []).filter((user) => user.serviceAccountClientId !== undefined);
  const empty = facts.usersCount === 0 && facts.sessions?.length === 0 && facts.offlineSessions?.length === 0;
  return made !== undefined && empty && accounts.length > 0 && accounts.every((user) => near(user.createdTimestamp ?? 0, made)) ? made : null;
}

function near(time: number, importedAt: number): boolean {
  return time >= importedAt - KEY_WINDOW.before && time <= importedAt + KEY_WINDOW.after;
}

function realmIdFinding({ facts, evidence }: TriageInput): Finding {
  for (const { state, facts: before } of evidence) {
    const id = before?.realmId ?? state.representation.id;
    if (typeof id !== 'string' || id === '') continue;
    return { renewed: id !== facts.realmId, because: id === facts.realmId ? `realm id as in ${state.source}` : `realm id is not that of ${state.source}` };
  }
  return { renewed: null, because: 'no source says which id the realm had' };
}

function clientIdsFinding({ live, evidence }: TriageInput): ClientIdsFinding {
  for (const { state } of evidence) {
    const both = [...state.objects.values()].flatMap((object) => {
      const now = object.kind === 'client' ? live.objects.get(object.id)?.serverId : undefined;
      return now === undefined || object.serverId === undefined ? [] : [{ name: object.name, renewed: now !== object.serverId }];
    });
    if (both.length === 0) continue;
    const renewed = both.filter((client) => client.renewed).map((client) => client.name).toSorted(compareText);
    return { renewed, same: both.length - renewed.length, because: renewed.length === 0 ? `client ids as in ${state.source}` : `${renewed.length} of ${both.length} clients have another id than in ${state.source}` };
  }
  return { renewed: [], same: 0, because: 'no source says which ids the clients had' };
}

function usersFinding({ facts, evidence }: TriageInput): Finding {
  const before = evidence.find((item) => item.facts?.usersCount !== null && item.facts?.usersCount !== undefined);
  const had = before?.facts?.usersCount;
  if (facts.usersCount === null) return { renewed: null, because: 'these credentials may not count users' };
  if (had !== undefined && had !== null && had > 0) {
    const gone = facts.usersCount < had / 2;
    return { renewed: gone, because: `${facts.usersCount} users now, ${had} in ${before?.state.source ?? ''}` };
  }
  return facts.usersCount === 0 ? { renewed: null, because: 'the realm has no users' } : { renewed: false, because: `${facts.usersCount} users` };
}

/** The latest moment that the realm itself tells of; this part of the program has no clock. */
function newestActivity(facts: LiveFacts): number {
  const sessions = [...(facts.sessions ?? []), ...(facts.offlineSessions ?? [])].map((session) => session.lastAccess);
  return [...sessions, ...facts.recentAdminEvents.map((event) => event.time)].reduce((a, b) => Math.max(a, b), 0);
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length > 0 && a.length === b.length && a.every((item) => b.includes(item));
}

/** `22:43:07 UTC`. */
export function clock(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(11, 19)} UTC`;
}

function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
