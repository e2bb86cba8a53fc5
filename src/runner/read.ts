/** Effects that only read: connect, capture, triage, evidence, compare, plan. */
import { compareStates, outlineOf } from '../realm/compare.ts';
import { orderOwners } from '../realm/order.ts';
import { lackedBy } from '../realm/needs.ts';
import { makePlan, type PlanInput } from '../realm/plan.ts';
import { triage } from '../realm/triage.ts';
import { RescueError } from '../realm/errors.ts';
import { readState } from '../realm/state.ts';
import { unseenParts } from '../realm/unseen.ts';
import type { Difference } from '../realm/model.ts';
import type { RealmRepresentation } from '../realm/representation.ts';
import type { Snapshot } from '../realm/snapshot.ts';
import type { Captured, EvidenceRead, SnapshotLabel } from '../runbook/model.ts';
import { clusterCandidates, rememberedCandidates } from './cluster-candidates.ts';
import { pausesHold } from './pause-watch.ts';
import { counts } from './counts.ts';
import type { EffectContext } from './context.ts';
import { refuseUnknownAnswers, refuseUnknownClients } from './known-names.ts';
import { grantWords, missingRoles, roleOwner } from '../runbook/roles.ts';
import { refuseMissingRoles } from './roles.ts';
import { refuseGaps, refuseHalfSight } from './whole.ts';

export async function connect(context: EffectContext): Promise<void> {
  const connecting = context.ports.keycloak.connect();
  // A login takes the server a while, in which evidence can be read. What is wrong with it is said when its turn comes.
  givenEvidence(context).catch(() => undefined);
  context.dispatch({ type: 'connect.succeeded', connection: await connecting });
}

/** Reads the realm, puts it on disk, and only then says so in the journal. */
export async function captureLive(context: EffectContext, label: SnapshotLabel): Promise<{ captured: Captured; snapshot: Snapshot }> {
  const { ports } = context;
  const started = ports.now();
  const given = await givenEvidence(context);
  let found: string | undefined;
  const watched = label === 'live-before' && context.state().run?.mode === 'interactive';
  const { snapshot, requests } = await ports.keycloak.capture({
    ...namedClients(given),
    onProgress: (progress) => context.progress(found === undefined ? progress : { ...progress, found }),
    onBulk: (bulk) => {
      found = watched ? foundSoFar(bulk, given) : undefined;
    },
  });
  const stale = label === 'live-before' && context.state().caches === 'untouched' && (snapshot.facts?.stale.length ?? 0) > 0;
  const name = stale ? 'live-stale' : label;
  // A node with a stale cache fails on some reads; the others are worth keeping, and it is captured again later.
  if (!stale) refuseGaps(snapshot);
  const { file, sha256 } = ports.store.writeSnapshot(name, snapshot);
  context.memory.keep(file, snapshot);
  const captured: Captured = {
    label: name,
    file,
    sha256,
    fingerprint: snapshot.fingerprint,
    capturedAt: snapshot.capturedAt,
    counts: counts(snapshot.representation),
    milliseconds: Math.round(ports.now() - started),
    requests,
    notes: snapshot.notes,
    sessions: snapshot.facts?.sessions && snapshot.facts.offlineSessions
      ? { online: snapshot.facts.sessions.length, offline: snapshot.facts.offlineSessions.length }
      : null,
  };
  return { captured, snapshot };
}

export async function capture(context: EffectContext, label: SnapshotLabel): Promise<void> {
  const { connection, run } = context.state();
  if (connection) refuseHalfSight(connection, run?.realm ?? context.ports.keycloak.realm);
  const { captured } = await captureLive(context, label);
  context.dispatch({ type: 'capture.succeeded', captured });
}

/**
 * What the bulk calls already show against the evidence of the flags, of those kinds that they bring, so that nothing counts as
 * missing which has not been read yet.
 */
function foundSoFar(bulk: RealmRepresentation, sources: readonly Snapshot[]): string | undefined {
  if (sources.length === 0) return undefined;
  // The server leaves empty lists out; these it has told whole.
  const clients = (bulk.clients ?? []).map((client) => ({ protocolMappers: [], defaultClientScopes: [], optionalClientScopes: [], ...client }));
  const clientScopes = (bulk.clientScopes ?? []).map((scope) => ({ protocolMappers: [], ...scope }));
  const live = readState({ realm: bulk.realm ?? '', source: 'live', completeness: 'stated', representation: { clients, clientScopes } });
  const differences = outlineOf(live, sources.map((source) => readState(source)));
  const owners = [...new Set(differences.map(({ owner }) => owner))];
  const of = (change: Difference['change']) => differences.filter((difference) => difference.change === change).length;
  return `so far ${of('lost')} lost, ${of('changed')} changed, ${of('live-only')} only live${owners.length > 0 ? `: ${owners.slice(0, 4).join(', ')}${owners.length > 4 ? ', …' : ''}` : ''}`;
}

/** The evidence as this run read it; before its own step, what the flags name. A resumed run must not need the files again. */
async function givenEvidence(context: EffectContext): Promise<readonly Snapshot[]> {
  if (context.state().evidence.length > 0) return context.memory.evidence().map((entry) => entry.snapshot);
  return Promise.all(context.ports.settings.evidence.map((spec) => context.memory.source(spec)));
}

/** Clients that evidence names: asking for them by name and by id is what shows a stale cache. */
function namedClients(given: readonly Snapshot[]): { knownClients: readonly string[]; knownClientIds: readonly string[] } {
  const clients = given.flatMap((snapshot) => snapshot.representation.clients ?? []);
  return { knownClients: [...new Set(clients.flatMap((client) => client.clientId ?? []))], knownClientIds: [...new Set(clients.flatMap((client) => client.id ?? []))] };
}

export async function findOutTriage(context: EffectContext): Promise<void> {
  const snapshot = context.memory.snapshot('live-before') ?? context.memory.snapshot('live-stale');
  if (!snapshot?.facts) throw new Error('triage needs a live snapshot');
  const given = await Promise.all(context.ports.settings.evidence.map((spec) => context.memory.source(spec)));
  const stale = context.memory.snapshot('live-before') ? context.memory.snapshot('live-stale') : undefined;
  const evidence = [...(stale ? [stale] : []), ...given].map((read) => ({ state: readState(read, snapshot.representation.settingDescriptions), ...(read.facts ? { facts: read.facts } : {}) }));
  context.dispatch({ type: 'triage.found', triage: triage({ facts: snapshot.facts, live: readState(snapshot), evidence }) });
}

/** @throws RescueError `missing-role` before anything is sent, where the role is known to be missing */
export async function clearCaches(context: EffectContext): Promise<void> {
  const { connection, run } = context.state();
  if (connection && missingRoles(connection).has('manage-realm')) {
    throw new RescueError('missing-role', `Clearing the caches takes manage-realm of ${roleOwner(connection)}, which these credentials lack; nothing was cleared.`, [
      `${grantWords(['manage-realm'], connection, run?.realm ?? '')}, then resume this run.`, 'Or restart the node, which empties its caches, and start another run.',
    ]);
  }
  context.dispatch({ type: 'caches.intended' });
  await context.ports.keycloak.clearCaches();
  context.dispatch({ type: 'caches.cleared' });
}

export async function findEvidence(context: EffectContext): Promise<void> {
  const { ports } = context;
  const stale = context.state().snapshots['live-stale'];
  const found = [...(await rememberedCandidates(context)), ...(await ports.evidence.find({ repo: ports.settings.repo, realm: ports.keycloak.realm })), ...(await clusterCandidates(context))];
  const cached = stale
    ? [{ spec: 'stale', title: 'the stale cache of this node', date: stale.capturedAt, detail: 'the realm as it was just before the overwrite', recommended: true }]
    : [];
  context.dispatch({ type: 'evidence.found', candidates: [...cached, ...found.map((candidate) => (stale ? { ...candidate, recommended: false } : candidate))] });
}

export async function readEvidence(context: EffectContext, specs: readonly string[]): Promise<void> {
  const { ports } = context;
  const read: EvidenceRead[] = [];
  for (const [index, spec] of specs.entries()) {
    const stale = spec === 'stale' ? context.memory.snapshot('live-stale') : undefined;
    const snapshot = stale ? { ...stale, source: 'snapshot:live-stale' } : await context.memory.source(spec);
    const { file, sha256 } = ports.store.writeSnapshot(`evidence-${index + 1}`, snapshot);
    context.memory.keep(file, snapshot);
    read.push({ spec, source: snapshot.source, completeness: snapshot.completeness, file, sha256, capturedAt: snapshot.capturedAt, counts: counts(snapshot.representation), notes: snapshot.notes });
  }
  if (read.length === 0) throw new RescueError('usage', 'No evidence was named.', ['Name at least one source with --evidence.']);
  context.dispatch({ type: 'evidence.read', evidence: read });
}

export function compare(context: EffectContext): void {
  const { connection, run } = context.state();
  const live = context.memory.live();
  const evidence = context.memory.evidence().map((entry) => entry.state);
  const differences = compareStates(live, evidence);
  refuseUnknownClients(run?.settings.clients ?? [], [live, ...evidence], differences);
  refuseUnknownAnswers(Object.keys(run?.settings.answers ?? {}), [live, ...evidence], differences);
  const order = orderOwners({ differences, live, evidence });
  const unseen = unseenParts(live, evidence);
  context.dispatch({ type: 'compare.done', differences: withLacks({ live, evidence, differences, choices: {}, order }, missingRoles(connection)), order, ...(unseen.length === 0 ? {} : { unseen }) });
}

/** Says of each difference which missing roles its restore would take: that is better known before it is chosen. */
function withLacks(input: PlanInput, missing: ReadonlySet<string>): readonly Difference[] {
  const { differences } = input;
  if (![...missing].some((role) => role.startsWith('manage-'))) return differences;
  const lacked = lackedBy({ ...input, choices: Object.fromEntries(differences.map(({ id }) => [id, 'restore' as const])) }, missing);
  return differences.map((difference) => {
    const lacks = lacked.get(difference.id);
    return lacks === undefined ? difference : { ...difference, lacks };
  });
}

export async function plan(context: EffectContext): Promise<void> {
  const { differences, choices, order, connection, run } = context.state();
  const live = context.memory.live();
  const evidence = context.memory.evidence().map((entry) => entry.state);
  refuseUnknownAnswers(Object.keys(run?.settings.answers ?? {}), [live, ...evidence], differences);
  const input: PlanInput = { live, evidence, differences, choices, order };
  const made = makePlan(input);
  if (connection && run && !run.readOnly) refuseMissingRoles(input, made, connection, run);
  if (await pausesHold(context)) context.dispatch({ type: 'plan.made', plan: made });
}
