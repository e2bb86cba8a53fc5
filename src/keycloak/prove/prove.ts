/** Proves that awaited claims are in a client's tokens, each by a way that can show it. */
import { RescueError } from '../../realm/errors.ts';
import type { JsonObject } from '../../realm/json.ts';
import type { ClaimExpectation, TokenKind } from '../../realm/model.ts';
import type { Proof } from '../../runbook/model.ts';
import type { Earlier, ProveRequest } from '../../runner/ports.ts';
import type { Api } from '../api.ts';
import { asClient, clientByName, type Client } from '../capture/clients.ts';
import { bounded, inFlight } from '../flight.ts';
import { attempts, tokenWrites, WOULD_WRITE, type Sources } from './attempts.ts';
import { claimWords, shows, wantedTokens } from './claim.ts';
import { rememberPeople, type KnownPeople } from './known-people.ts';
import { attachment, grantsRole, type Attachment } from './preview.ts';
import { byIntrospection, failed, type Attempt, type Issuer } from './real-token.ts';
import { openRealmKeys } from './realm-keys.ts';
import { oneTokenAtATime } from './token-queue.ts';
import { lacks, neededRole, nobody } from './users.ts';

/** Makes claims of notes that a login leaves in its session; a preview has no login. */
const SESSION_NOTE = 'oidc-usersessionmodel-note-mapper';

/** Who is asked for proofs in a run, and what is kept from one proof to the next. */
export interface Asked extends Issuer {
  readonly people: KnownPeople;
}

/** Clients are proven beside each other, and each claim in several ways: the server is asked a few things at a time all the same. */
export function openAsked(api: Api): Asked {
  const limited = oneTokenAtATime(bounded(api));
  return { api: limited, people: rememberPeople(limited), keys: openRealmKeys(limited) };
}

/**
 * One proof for each expectation. `proven` only where a token or a preview of one shows the claim in every kind of
 * token that should carry it; `not-showable` where nobody here can show it, with the reason; everything else is
 * `not-proven`. Payloads hold claims, never a token.
 */
export async function prove(asked: Asked, request: ProveRequest): Promise<readonly Proof[]> {
  const sources = open(asked, request);
  const client = await clientByName(sources.api, request.client, request.id);
  const proofs = await inFlight(request.expectations, (expectation) => (client ? judge(sources, client, expectation) : Promise.resolve({ ...unproven(expectation), because: `the client ${request.client} does not exist` })));
  // Whoever is asked next may name somebody who was not there before.
  if (proofs.some((proof) => proof.outcome === 'not-proven')) asked.people.forget();
  return proofs;
}

/** Nothing is written to a client while its claims are proven, so they share what was read: the client, the mappers that act. */
function open({ api, people, keys }: Asked, request: ProveRequest): Sources {
  return { api: rememberPeople(api).api, people: people.api, keys, request, kept: new Map() };
}

/**
 * What the tokens show now, before the restore: claim by claim, each way once, so that before and after can stand side by side. A
 * picture is not worth stopping a restore for: where nobody can be asked it is empty.
 */
export async function earlier(asked: Asked, request: ProveRequest): Promise<readonly Earlier[]> {
  try {
    const sources = open(asked, request);
    const client = request.captured ? asClient(request.captured as JsonObject)[0] : await clientByName(sources.api, request.client, request.id);
    return client ? (await inFlight(request.expectations, (expectation) => eachWayOnce(sources, client, expectation))).flat() : [];
  } catch (error) {
    if (error instanceof RescueError) return [];
    throw error;
  }
}

async function eachWayOnce(sources: Sources, client: Client, expectation: ClaimExpectation): Promise<Earlier[]> {
  const found: Earlier[] = [];
  // The first kind of token is the one that is shown later.
  const wanted = wantedTokens(expectation).slice(0, 1);
  if (wanted.length === 0) return found;
  for await (const { way, user, payloads } of attempts(sources, client, expectation, wanted)) {
    found.push({ expectation, way, user, payloads });
    // Who comes first is who shows the claim later, if anybody does.
    if (way === 'preview') break;
  }
  return found;
}

/** The payload of the same claim from before, if the same way and user showed it: anything else would compare apples with pears. */
function payloadBefore({ before = [] }: ProveRequest, expectation: ClaimExpectation, attempt: Attempt | undefined, kind: TokenKind | undefined): JsonObject | null {
  const same = before.find((one) => sameClaim(one.expectation, expectation) && one.way === attempt?.way && one.user === attempt.user);
  return (kind && same?.payloads[kind]) ?? null;
}

function sameClaim(one: ClaimExpectation, other: ClaimExpectation): boolean {
  return one.claim === other.claim && one.member === other.member && one.scope === other.scope;
}

async function judge(sources: Sources, client: Client, expectation: ClaimExpectation): Promise<Proof> {
  const wanted = wantedTokens(expectation);
  if (wanted.length === 0) return lightweight(sources, client, expectation);
  const acting = attachment(sources.api, client.id, expectation);
  // Who waits for it hears of its failure; meanwhile nobody listens.
  acting.catch(() => undefined);
  const shown = new Map<TokenKind, Attempt>();
  const tried: Attempt[] = [];
  for await (const attempt of attempts(sources, client, expectation, wanted)) {
    tried.push(attempt);
    for (const kind of wanted) {
      const payload = attempt.payloads[kind];
      if (!shown.has(kind) && payload && shows(payload, expectation)) shown.set(kind, attempt);
    }
    // A claim may be there for another reason: an audience by a role, say. Then it proves nothing about the mapper.
    if (shown.size === wanted.length) {
      const proof = proven(sources.request, expectation, wanted, shown);
      return (await acting) === null ? { ...proof, outcome: 'not-proven', because: `${claimWords(expectation)} is there, but for another reason: ${notActing(expectation)}` } : proof;
    }
    // What needs nothing is in every token; one without it says enough.
    if (expectation.needs === 'nothing' && attempt.qualified && wanted.some((kind) => attempt.payloads[kind] && shown.get(kind) === undefined)) break;
  }
  return missing(sources, client, expectation, { tried, attached: await acting, kinds: wanted.filter((kind) => !shown.has(kind)) });
}

function notActing({ mapper, client }: ClaimExpectation): string {
  return `the mapper ${mapper ?? ''} does not act on ${client}`;
}

function proven(request: ProveRequest, expectation: ClaimExpectation, wanted: readonly TokenKind[], shown: ReadonlyMap<TokenKind, Attempt>): Proof {
  const ways = [...new Set(shown.values())];
  // A real token says more than a preview; its signature was checked.
  const best = ways.find((attempt) => attempt.signature !== null) ?? ways[0];
  const bad = best?.signature?.valid === false;
  const kind = wanted.find((candidate) => shown.get(candidate) === best) ?? 'access';
  const how = ways.map((attempt) => `${list(wanted.filter((candidate) => shown.get(candidate) === attempt))} by ${attempt.note}`).join('; ');
  return {
    expectation, way: best?.way ?? 'none', user: ways.find((attempt) => attempt.user !== null)?.user ?? null,
    outcome: bad ? 'not-proven' : 'proven',
    because: bad ? `the token carries the ${claimWords(expectation)}, but its signature does not fit the realm's keys` : `${claimWords(expectation)} is there: ${how}`,
    signature: best?.signature ?? null, payload: best?.payloads[kind] ?? null, before: payloadBefore(request, expectation, best, kind),
  };
}

interface Missing {
  readonly tried: readonly Attempt[];
  readonly attached: Attachment | null | undefined;
  readonly kinds: readonly TokenKind[];
}

async function missing(sources: Sources, client: Client, expectation: ClaimExpectation, { tried, attached, kinds }: Missing): Promise<Proof> {
  const { request } = sources;
  const has = (attempt: Attempt) => kinds.some((kind) => attempt.payloads[kind]);
  const looked = tried.find((attempt) => attempt.qualified && has(attempt)) ?? tried.find(has);
  const kind = kinds.find((candidate) => looked?.payloads[candidate]);
  const base = { ...unproven(expectation), way: looked?.way ?? ('none' as const), user: looked?.user ?? null, signature: looked?.signature ?? null, payload: (kind && looked?.payloads[kind]) ?? null, before: payloadBefore(request, expectation, looked, kind) };
  if (attached === null) return { ...base, because: `${claimWords(expectation)} is missing: ${notActing(expectation)}` };
  const there = attached === undefined ? '' : `; the mapper is there, from ${attached.from}`;
  const noteOnly = attached?.provider === SESSION_NOTE && looked?.way === 'preview';
  if (looked?.qualified && !noteOnly) return { ...base, because: `${claimWords(expectation)} is still missing from ${list(kinds)}: ${looked.note}${there}` };
  const granted = await grantedRole(sources, client, expectation);
  if (granted) return { ...base, way: 'granted-roles', outcome: 'proven', because: granted };
  const refused = tried.find((attempt) => Object.keys(attempt.payloads).length === 0)?.note;
  const reason = noteOnly ? 'only a real login sets it' : looked && request.probeUser !== null ? lacks(request.probeUser, expectation) : nobody(request, expectation);
  const because = [`${claimWords(expectation)} cannot be shown: ${reason}`, ...(refused ? [refused] : [])].join('; ') + there;
  // Whoever named a user gets to name a better one.
  const better = request.probeUser !== null && !['real-login', 'service-account'].includes(expectation.needs);
  return { ...base, way: attached === undefined ? base.way : 'attachment', outcome: better ? 'not-proven' : 'not-showable', because };
}

/** A scope mapping whose role nobody holds: that the server lets the role into this client's tokens is all that there is to see. */
async function grantedRole({ api, people, request }: Sources, client: Client, expectation: ClaimExpectation): Promise<string | undefined> {
  if (request.probeUser !== null || expectation.needs !== 'role' || !expectation.because.some((id) => id.startsWith('scope-mapping:'))) return undefined;
  const role = await neededRole(people, expectation);
  if (!role || !(await grantsRole(api, client.id, role, expectation.scope ?? ''))) return undefined;
  return `nobody holds the role ${role.name}, so no token can show it; the server lets it into the tokens of ${request.client}`;
}

async function lightweight({ api, keys, request }: Sources, client: Client, expectation: ClaimExpectation): Promise<Proof> {
  const explained = `${request.client} uses lightweight access tokens, which leave this claim out; only introspection has it`;
  if (request.secret === undefined || !['nothing', 'service-account'].includes(expectation.needs)) return { ...unproven(expectation), outcome: 'not-showable', because: explained };
  const attempt = (await tokenWrites(api, client)) ? failed('client-credentials', WOULD_WRITE) : await byIntrospection({ api, keys }, { ...request, secret: request.secret }, expectation.scope ?? '');
  const payload = attempt.payloads.access;
  if (!payload) return { ...unproven(expectation), outcome: 'not-showable', because: `${explained}; ${attempt.note}` };
  const there = shows(payload, expectation);
  return { ...unproven(expectation), way: attempt.way, signature: attempt.signature, payload, outcome: there ? 'proven' : 'not-proven', because: `${claimWords(expectation)} is ${there ? 'there' : 'still missing'}: ${attempt.note}` };
}

function unproven(expectation: ClaimExpectation): Proof {
  return { expectation, way: 'none', user: null, outcome: 'not-proven', because: '', signature: null, payload: null, before: null };
}

function list(kinds: readonly TokenKind[]): string {
  return kinds.length < 2 ? (kinds[0] ?? '') : `${kinds.slice(0, -1).join(', ')} and ${kinds.at(-1) ?? ''}`;
}
