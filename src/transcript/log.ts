import { STEPS, type RunEvent } from '../runbook/model.ts';
import { accountLine, captureLine, compareLine, connectLine, evidenceLine, exportLine } from '../runbook/lines.ts';
import { afterAnnounced } from '../runbook/cluster-lines.ts';
import { WAY, WHO, awaited, count } from './words.ts';

type Event<T extends RunEvent['type']> = Extract<RunEvent, { readonly type: T }>;
type Tellers = { readonly [T in RunEvent['type']]: (event: Event<T>) => string };

/** Any event in one line of plain text, not sanitised yet: for the complete log. */
export function logLine(event: RunEvent): string {
  const tell = TELLERS[event.type] as ((event: RunEvent) => string) | undefined;
  return tell ? tell(event) : event.type;
}

const many = (texts: readonly string[], shown = 5) => `${texts.slice(0, shown).join(', ')}${texts.length > shown ? ` and ${texts.length - shown} more` : ''}`;
const undone = (undo: boolean) => (undo ? 'undo of ' : '');

const TELLERS: Tellers = {
  'run.started': ({ run }) => `run ${run.id} of realm-rescue ${run.tool} begins, ${run.mode}${run.demo ? ', demo' : ''}${run.readOnly ? ', read-only' : ''}: realm ${run.realm} of ${run.url}${run.envTag ? ` (${run.envTag})` : ''}`,
  'run.resumed': ({ tool, mode, pid }) => `the run goes on in process ${pid}, realm-rescue ${tool}, ${mode}`,
  'connect.succeeded': ({ connection }) => `connected to Keycloak ${connection.serverVersion ?? 'of unknown version'}: ${connectLine(connection)}`,
  'freeze.begun': ({ freeze }) => `record ${freeze.id} of realm-rescue ${freeze.tool} begins: ${freeze.from} in context ${freeze.place}`,
  'thaw.begun': ({ tool, by }) => `thaw by ${WHO[by]}, realm-rescue ${tool}`,
  'cluster.remembered': ({ versions, notes }) => `${count(versions.length, 'earlier version')} read from the memory of the API server${versions.length > 0 ? `: ${many(versions.map(({ file }) => file))}` : ''}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`,
  'cluster.seen': ({ sight }) => `writer of ${sight.source} in context ${sight.context}: ${many(sight.controllers.map(({ title, object, automation }) => `${title} ${object.name}, ${automation}`)) || 'none found'}`,
  'pause.answered': ({ pause, by }) => `${WHO[by]} ${pause ? 'confirms the pauses' : 'leaves the writer as it is'}`,
  'terminate.answered': ({ terminate, by }) => `${WHO[by]} ${terminate ? 'has the running operation ended' : 'lets the running operation finish'}`,
  'operations.ended': ({ ended, running }) => `${many(ended.map(({ name }) => name)) || 'no operation'} ended${running.length === 0 ? '' : `; STILL RUNNING: ${many(running.map(({ name }) => name))}`}`,
  'safe.answered': ({ object, safe, by }) => `${WHO[by]} ${safe ? 'confirms the live patch of' : 'leaves'} ${object.resource.kind} ${object.name}`,
  'restart.answered': ({ restart, by }) => `${WHO[by]} ${restart ? 'lets the pods restart once' : 'leaves the pods as they are'}`,
  'restart.awaited': ({ fingerprint }) => `before the restart the realm is ${fingerprint ?? 'not looked at'}`,
  'restart.checked': ({ objects, realm }) => `after a restart of ${many(objects.map(({ name }) => name))} the realm was ${realm.noOp === false ? 'CHANGED' : 'the same'}: ${realm.because}`,
  'resume.answered': ({ resume, by }) => `${WHO[by]} ${resume ? 'lets the writer run again' : 'leaves the writer paused'}`,
  'patch.intended': ({ patch }) => `intent: ${patch.title} (${patch.id})`,
  'patch.sent': ({ id, resourceVersion, found }) => `${found === 'look' ? 'found by a look' : 'taken by the API server'}${resourceVersion === '' ? '' : `, resourceVersion ${resourceVersion}`} (${id})`,
  'patch.failed': ({ id, failure }) => `FAILED: ${failure.title} (${id})`,
  'pause.checked': ({ checks, after }) => (checks.every(({ holds }) => holds) ? `${count(checks.length, 'pause')} looked at again${after === undefined ? '' : ` after ${after} s`}, all hold` : `UNDONE: ${checks.filter(({ holds }) => !holds).map(({ because }) => because).join('; ')}`),
  'sync.awaited': ({ before }) => `before the writer runs: ${many(before.controllers.map(({ object, above, synced, differing }) => `${object.name}${above === true ? ' (above)' : ''} ${synced === true ? 'agrees with git' : differing.length > 0 ? `will bring ${differing.join(', ')}` : 'may bring changes'}`))}`,
  'sync.abandoned': ({ because }) => `paused again, because nobody can say what the sync did: ${because}`,
  'sync.watched': ({ levels, changes, revisions, ok }) => `the next sync${revisions === '' ? '' : ` (${revisions})`}${afterAnnounced(changes)} was ${ok ? 'a no-op' : 'NOT a no-op'}: ${levels.map(({ level, because }) => `${level}: ${because}`).join('; ')}${changes.length > 0 ? `; changed: ${many(changes)}` : ''}`,
  'freeze.stated': ({ statement, by }) => (statement === null ? `nobody states that the writer is paused (${WHO[by]})` : `${WHO[by]} states: ${statement}`),
  'capture.succeeded': ({ captured }) => `captured ${captured.label}: ${captureLine(captured)}, ${count(captured.requests, 'request')}, ${captured.sha256}`,
  'triage.found': ({ triage }) => `triage: ${triage.title}; ${triage.promise}`,
  'caches.confirmed': ({ by }) => `clearing the caches is confirmed by ${WHO[by]}`,
  'caches.left': ({ by }) => `the stale cache is left as it is by ${WHO[by]}`,
  'caches.intended': () => 'about to clear the caches of realm and users',
  'caches.cleared': () => 'the caches of realm and users are cleared',
  'evidence.found': ({ candidates }) => `${count(candidates.length, 'source')} found: ${many(candidates.map((candidate) => candidate.spec))}`,
  'evidence.chosen': ({ specs, by }) => `${WHO[by]} chose ${specs.length > 0 ? specs.join(', ') : 'no source'}`,
  'evidence.read': ({ evidence }) => `evidence read: ${evidenceLine(evidence)}`,
  'compare.done': ({ differences, unseen }) => `compared: ${compareLine(differences, unseen)}`,
  'choice.made': ({ choices, by }) => `${WHO[by]} decided: ${many(Object.entries(choices).map(([id, choice]) => `${choice} ${id}`))}`,
  'order.moved': ({ owners }) => `order of clients is now ${many(owners, 12)}`,
  'choices.settled': ({ by }) => `all differences are answered (${WHO[by]})`,
  'plan.made': ({ plan }) => `plan of ${count(plan.groups.flatMap((group) => group.operations).length, 'write')} in ${count(plan.groups.length, 'group')}${plan.refused.length > 0 ? `, ${plan.refused.length} refused` : ''}`,
  'probe.chosen': ({ user, by }) => (user === null ? 'the tool looks for a probe user itself' : `probe user ${user}, chosen by ${WHO[by]}`),
  'group.confirmed': ({ owner, all, by }) => `writes of ${owner}${all ? ' and of all that follow' : ''} confirmed by ${WHO[by]}`,
  'group.skipped': ({ owner, by }) => `${owner} skipped by ${WHO[by]}`,
  'write.intended': ({ operation, undo, method, path }) => `intent: ${method} ${path} (${undone(undo)}${operation})`,
  'write.sent': ({ operation, undo, status, milliseconds }) => `answer ${status} after ${milliseconds} ms (${undone(undo)}${operation})`,
  'write.verified': ({ operation, undo, found }) => `${found === 'look' ? 'found by a look' : 'read back'} (${undone(undo)}${operation})`,
  'write.failed': ({ operation, undo, failure }) => `FAILED: ${failure.title} (${undone(undo)}${operation})`,
  'write.unknown': ({ operation, undo, failure }) => `UNKNOWN: ${failure.title} (${undone(undo)}${operation})`,
  'write.looked': ({ operation, undo, found }) => `looked at the server: ${found} (${undone(undo)}${operation})`,
  'write.overwritten': ({ operation, failure }) => `OVERWRITTEN AGAIN: ${failure.title} (${operation})`,
  'write.kept': ({ operation, by }) => `${WHO[by]} keeps what is there; not sent (${operation})`,
  'prove.done': ({ owner, proofs }) => `proofs of ${owner}: ${many(proofs.map((proof) => `${awaited(proof)} ${proof.outcome} by ${WAY[proof.way]}`))}`,
  'proof.accepted': ({ owner, reason, by }) => `${WHO[by]} accepts that ${owner} is not proven: ${reason}`,
  'account.done': ({ account }) => accountLine(account),
  'export.done': ({ exported }) => `exported to ${exported.directory}: ${exportLine(exported)}`,
  'export.skipped': ({ because }) => `nothing exported: ${because}`,
  'thaw.stated': ({ statement, by }) => (statement === null ? `nobody states that the writer runs again (${WHO[by]})` : `${WHO[by]} states: ${statement}`),
  'thaw.checked': ({ equal, fingerprintAfter }) => `realm fingerprint ${equal ? 'unchanged' : 'CHANGED'} after the sync: ${fingerprintAfter}`,
  'step.failed': ({ step, failure }) => `step ${STEPS.indexOf(step) + 1} (${step}) failed, ${failure.code}: ${failure.title}`,
  'step.retried': ({ step, by }) => `step ${step} is tried again by ${WHO[by]}`,
  'run.stopped': ({ reason, note }) => `stopped (${reason}): ${note}`,
  'run.finished': ({ exit, summary }) => `finished with exit code ${exit}: ${summary.restored} restored, ${summary.proven} proven, ${summary.failed} failed, ${summary.left} left`,
  'undo.started': ({ owners, operations = [], deleteClients, by }) => `undo of ${many(operations.length > 0 ? operations : owners) || 'everything'}${deleteClients === true ? ', clients too,' : ''} started by ${WHO[by]}`,
  'undo.finished': ({ undone: taken, left }) => `undo finished: ${taken} taken back, ${left.length} not`,
  'journal.recovered': ({ droppedBytes }) => `the last line of the journal had been cut; ${count(droppedBytes, 'byte')} kept aside`,
};
