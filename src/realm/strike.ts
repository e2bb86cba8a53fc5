/** A realm that is overwritten again while it is being restored: how much of the work is gone, and what did it. */
import { list } from './claims/words.ts';
import { sameImages, touchedBy } from './images.ts';
import type { Image, ObjectId, Operation } from './model.ts';
import type { AdminEventFact, LiveFacts, Snapshot } from './snapshot.ts';
import { readState } from './state.ts';
import { marksOf, type Marks } from './triage-marks.ts';
import { triage } from './triage.ts';

export interface StrikeInput {
  /** The realm before the first write. */
  readonly before: Snapshot;
  readonly now: Snapshot;
  /** Writes of this run that were read back. */
  readonly verified: readonly Operation[];
  /** Every request of this run that was to change something, by method and path as sent. */
  readonly sent: readonly { readonly method: string; readonly path: string }[];
}

/** What a second overwrite looks like. Nothing here is known for sure: REST does not say who wrote. */
export interface Strike {
  /** Goes on behind `It looks like`. */
  readonly looks: string;
  readonly because: readonly string[];
  /** Writes of this run that do not show any more. */
  readonly gone: readonly Operation[];
  /** Of so many that nothing later in the run has changed. */
  readonly of: number;
  /** What the run has captured has other ids by now, so it cannot go on with them. */
  readonly renewed: boolean;
}

/** The writes whose objects no other write of the same plan touches: as they left them, they have to be found until the end. */
export function lasting(operations: readonly Operation[]): readonly Operation[] {
  const touched = new Map<ObjectId, number>();
  for (const operation of operations) for (const id of touchedBy(operation)) touched.set(id, (touched.get(id) ?? 0) + 1);
  return operations.filter((operation) => operation.after.length > 0 && touchedBy(operation).every((id) => touched.get(id) === 1));
}

/** Judges a second overwrite by what the realm shows now against what it showed before the first write. Pure. */
export function strikeOf({ before, now, verified, sent }: StrikeInput): Strike {
  const live = readState(now);
  const standing = lasting(verified);
  const gone = standing.filter(({ after }) => !sameImages(after.map(({ id }): Image => ({ id, value: live.objects.get(id)?.value ?? null })), after));
  const facts = since(before.facts, now.facts, sent);
  if (facts === undefined) return { looks: 'something that cannot be told: these credentials may not see it', because: [], gone, of: standing.length, renewed: false };
  const input = { facts, live, evidence: [{ state: readState({ ...before, source: 'the first capture' }), ...(before.facts ? { facts: before.facts } : {}) }] };
  const found = triage(input);
  const marks = marksOf(input);
  const imported = found.class.startsWith('import-');
  return {
    looks: imported ? found.title : piecewise(marks, gone.length, standing.length),
    because: imported ? found.because.slice(0, 4) : [...(marks.edits.length === 0 ? [eventsWords(facts)] : []), marks.keys.because, marks.clientIds.because],
    gone,
    of: standing.length,
    renewed: marks.realmId.renewed === true || marks.clientIds.renewed.length > 0 || facts.stale.length > (before.facts?.stale.length ?? 0),
  };
}

function piecewise({ clientIds, partialImport, edits }: Marks, gone: number, of: number): string {
  if (partialImport.length > 0 || clientIds.renewed.length > 0) return `a partialImport with OVERWRITE, or a client that was deleted and made anew: ${list(clientIds.renewed.slice(0, 3)) || 'single objects'}`;
  const writers = [...new Set(edits.map((event) => event.client))];
  if (writers.length > 0 && writers.every((client) => client === 'security-admin-console')) return 'a person in the admin console';
  const robot = 'a program that applies its own state object by object through REST, as keycloak-config-cli, Terraform and Ansible do';
  if (writers.length > 0) return `${robot}: the admin events name the client ${list(writers.slice(0, 3))}`;
  return gone > 1 && gone === of ? robot : 'single edits through REST: a person in the admin console, or a program that is not through yet';
}

function eventsWords({ adminEvents }: LiveFacts): string {
  return adminEvents === null ? 'admin events cannot be read' : adminEvents.enabled ? 'no admin event names another writer' : 'admin events are off, so they name nobody';
}

const TYPES: Readonly<Record<string, string>> = { POST: 'CREATE', PUT: 'UPDATE', DELETE: 'DELETE' };

/** The facts with only those admin events that are newer than the capture and not of this run. */
function since(before: LiveFacts | undefined, now: LiveFacts | undefined, sent: StrikeInput['sent']): LiveFacts | undefined {
  return now === undefined ? undefined : { ...now, recentAdminEvents: eventsOfOthers(before, now, sent) };
}

function eventsOfOthers(before: LiveFacts | undefined, now: LiveFacts, sent: StrikeInput['sent']): readonly AdminEventFact[] {
  const newest = (before?.recentAdminEvents ?? []).reduce((latest, event) => Math.max(latest, event.time), 0);
  const own = new Map<string, number>();
  for (const { method, path } of sent) {
    const key = `${TYPES[method] ?? method} ${belowRealm(path)}`;
    own.set(key, (own.get(key) ?? 0) + 1);
  }
  return now.recentAdminEvents.filter((event) => event.time > newest && !isOwn(event, own));
}

/**
 * Updates by others of what this run has updated too, as far as admin events are on. Between the look before a write and the write there
 * is a moment in which nobody can be seen, and Keycloak has no write that is refused then: their edit may be lost under it.
 */
export function alsoWritten({ before, now, sent }: Pick<StrikeInput, 'before' | 'now' | 'sent'>): readonly AdminEventFact[] {
  const updated = new Set(sent.filter(({ method }) => method === 'PUT').map(({ path }) => belowRealm(path)));
  return now.facts === undefined ? [] : eventsOfOthers(before.facts, now.facts, sent).filter((event) => event.operationType === 'UPDATE' && updated.has(event.resourcePath));
}

/** `/admin/realms/primary/clients/…` as an admin event names it: `clients/…`. */
function belowRealm(path: string): string {
  return path.replace(/^.*?\/admin\/realms\/[^/]+\/?/, '');
}

/** What is made gets an id behind its path; anything else is told by the path itself, once for each request. */
function isOwn({ operationType, resourcePath }: AdminEventFact, own: Map<string, number>): boolean {
  if (operationType === 'CREATE') return own.has(`CREATE ${resourcePath}`) || own.has(`CREATE ${resourcePath.replace(/\/[^/]*$/, '')}`);
  const key = `${operationType} ${resourcePath}`;
  const left = own.get(key) ?? 0;
  own.set(key, left - 1);
  return left > 0;
}
