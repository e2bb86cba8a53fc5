import type { RealmRepresentation } from './representation.ts';
import type { Triage } from './snapshot.ts';
import { list } from './claims/words.ts';
import { clock, marksOf, type Marks, type TriageInput } from './triage-marks.ts';
import { judgeSessions } from './triage-sessions.ts';

/**
 * What kind of overwrite this was, from what REST alone shows (facts: verified on 26.7.4, sections 1 and 7), and so what
 * can be promised. Nothing is promised that was not seen; what cannot be known is said to be unknown.
 */
export function triage(input: TriageInput): Triage {
  const marks = marksOf(input);
  const kind = classify(input, marks);
  const sessions = judgeSessions(input, marks, kind);
  const { kept, gone } = identity(input, marks);
  return {
    class: kind,
    title: titleOf(kind, marks, input),
    at: isoOf(marks.importedAt ?? marks.remadeAt),
    because: reasons(input, marks, sessions.because),
    kept: [...kept, ...(sessions.alive === true ? ['sessions'] : [])],
    gone: [...gone, ...(sessions.alive === false ? ['sessions'] : [])],
    sessionsAlive: sessions.alive,
    promise: sessions.promise,
    staleCache: input.facts.stale,
  };
}

function isoOf(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}

function classify(input: TriageInput, marks: Marks): Triage['class'] {
  const { facts } = input;
  const found = new Set(facts.stale.map((finding) => finding.test));
  // Users or the export do not resolve any more while the cache still answers: what is in the database has other ids.
  if (found.has('partial-export-500')) return 'import-new-identity';
  if (found.has('users-gone-from-list')) return 'import-sessions-gone';
  if (found.has('client-only-by-name')) return 'import-all-kept';
  const renewed = marks.clientIds.renewed;
  if (marks.realmId.renewed === true || (renewed.length > 0 && marks.clientIds.same === 0)) return 'import-new-identity';
  if (marks.remadeAt !== null) return 'import-new-identity';
  if (marks.importedAt === null) {
    if (marks.keys.renewed === true) return 'unknown';
    return marks.partialImport.length > 0 || renewed.length > 0 || marks.edits.length > 0 ? 'piecewise' : 'none-seen';
  }
  const keptIdentity = marks.realmId.renewed === false || marks.eventsFromBefore || marks.keyComponentsKept;
  if (marks.keys.renewed === true) return !keptIdentity && marks.newServiceAccounts ? 'import-new-identity' : 'import-sessions-gone';
  if (marks.users.renewed === true) return 'import-sessions-gone';
  return marks.keys.renewed === false ? 'import-all-kept' : 'unknown';
}

function titleOf(kind: Triage['class'], marks: Marks, input: TriageInput): string {
  const at = marks.importedAt ?? marks.remadeAt;
  const when = at === null ? '' : `, about ${clock(at)}`;
  const running = input.facts.stale.length > 0 ? ' while this node kept running' : '';
  switch (kind) {
    case 'none-seen': return 'no trace of a whole-realm import';
    case 'piecewise': return marks.partialImport.length > 0 ? 'a partialImport of single objects' : 'single objects were changed through REST; no whole-realm import is seen';
    case 'import-all-kept': return `a whole-realm import${when}${running}, from a file with ids, keys and users`;
    case 'import-sessions-gone': return `a whole-realm import${when}${running}, from a partial export: ids, but no keys and users`;
    case 'import-new-identity': return `a whole-realm import${when}${running}, from a file without ids, keys and users (written by hand)`;
    case 'unknown': return marks.importedAt === null ? 'signing keys changed, and nothing shows how' : `a whole-realm import${when}; what it kept is not known`;
  }
}

function reasons(input: TriageInput, marks: Marks, sessions: readonly string[]): readonly string[] {
  const { facts } = input;
  const events = facts.adminEvents;
  const quiet = facts.recentAdminEvents.length === 0;
  return [
    ...(marks.importMark === null ? ['no built-in client got a secret, as an import gives them one'] : [marks.importMark]),
    ...(events === null ? ['admin events cannot be read'] : !events.enabled ? ['admin events are off, so they say nothing'] : quiet ? ['no admin event around that time although they are on: an import leaves none'] : []),
    ...(marks.partialImport.length > 0 ? ['admin events of type REALM with a client path: only partialImport writes those'] : []),
    ...(marks.partialImport.length === 0 && marks.edits.length > 0 ? [editors(marks)] : []),
    marks.keys.because, ...(input.evidence.length > 0 ? [marks.realmId.because, marks.clientIds.because] : []),
    ...(marks.newServiceAccounts ? ['service accounts were made by the import: the file had no users'] : []),
    ...(marks.keys.renewed === true && marks.keyComponentsKept ? ['key providers kept their ids while the keys changed: the file was a partial export'] : []),
    ...(marks.maskedSecrets ? ['client secrets are ten asterisks: the file was a partial export with masked secrets'] : []),
    ...(input.evidence.length === 0 ? ['nothing from before was read yet, so ids and keys are judged by their dates only'] : []),
    ...sessions,
    ...twinMappers(input.live.representation),
    ...facts.stale.map((finding) => finding.text),
  ];
}

/** Clients that hold two mappers of one name, as two writers at the same moment make them (tried on 26.7.4). */
function twinMappers({ clients = [] }: RealmRepresentation): readonly string[] {
  return clients.flatMap(({ clientId = '', protocolMappers = [] }) => {
    const byName = Map.groupBy(protocolMappers, ({ name, protocol }) => JSON.stringify([name, protocol]));
    return [...byName.values()].filter(({ length }) => length > 1).map((twins) =>
      `${clientId} has ${twins.length} mappers called ${twins[0]?.name ?? ''}, made by two writers at once: until one is left, saving the client in the console is answered with 500`);
  });
}

function editors(marks: Marks): string {
  const clients = [...new Set(marks.edits.map((event) => event.client))].toSorted().slice(0, 3);
  const count = marks.edits.length === 1 ? '1 admin event' : `${marks.edits.length} admin events`;
  return `${count} by ${list(clients)}: objects were changed through REST`;
}

function identity(input: TriageInput, marks: Marks): { readonly kept: readonly string[]; readonly gone: readonly string[] } {
  const renewed = marks.clientIds.renewed;
  const rows: readonly (readonly [string, boolean | null])[] = [
    ['realm id', marks.realmId.renewed],
    [renewed.length > 0 && marks.clientIds.same > 0 ? `client ids of ${list(renewed.slice(0, 3))}` : 'client ids', marks.clientIds.same + renewed.length === 0 ? null : renewed.length > 0],
    ['signing keys', marks.keys.renewed],
    ['users', marks.users.renewed],
    ['client secrets', marks.maskedSecrets ? true : null],
  ];
  // A stale cache answers for the realm as it was, so it proves nothing about what is there now.
  const seen = input.facts.stale.length > 0 && input.facts.stale.some((finding) => finding.test !== 'client-only-by-name') ? [] : rows;
  return { kept: seen.filter(([, is]) => is === false).map(([name]) => name), gone: seen.filter(([, is]) => is === true).map(([name]) => name) };
}
