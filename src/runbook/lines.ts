/** The one line that a finished step leaves behind. Plain text without colour; screens, transcript and pipes share it. */
import { triedOn } from '../realm/tried.ts';
import type { Account, Captured, Connection, EvidenceRead, Exported, RunState } from './model.ts';
import { choiceOf } from '../realm/choice.ts';
import type { Choice, Difference } from '../realm/model.ts';

/** `2 clients`, `1 client`. */
export function count(n: number, noun: string): string {
  // Small numbers look the same without the format, which is made anew for each.
  return `${n < 1000 ? n : n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;
}

/** `a, b, and c`. The format is made when it is asked for: making one costs more than a whole frame, and the first frame lists nothing. */
function listed(texts: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(texts);
}

export function connectLine(connection: Connection): string {
  const missing = connection.rights.filter((right) => right.allowed === false);
  const rights = missing.length === 0
    ? 'may do everything the later steps need'
    : `may not ${listed(missing.map((right) => `${right.job} (no role ${right.role})`))}`;
  const tried = triedOn(connection.serverVersion);
  return `${connection.clientId} as ${connection.user}; ${rights}${tried === null ? '' : `; ${tried}`}`;
}

export function captureLine(captured: Captured): string {
  const counts = Object.entries(captured.counts).filter(([, n]) => n > 0).slice(0, 6).map(([noun, n]) => `${n.toLocaleString('en-US')} ${noun}`);
  const view = captured.label === 'live-stale' ? ' (both views of a stale cache)' : '';
  return `${counts.join(', ')} in ${(captured.milliseconds / 1000).toFixed(1)} s → ${captured.file}${view}`;
}

export function evidenceLine(evidence: readonly EvidenceRead[]): string {
  return evidence.map((read) => {
    const counts = Object.entries(read.counts).filter(([, n]) => n > 0).slice(0, 3).map(([noun, n]) => `${n.toLocaleString('en-US')} ${noun}`);
    return `${read.source}, ${read.completeness}: ${counts.join(', ')}`;
  }).join(' · ');
}

/** @param unseen  what was not compared, one clause each: agreement there would be a guess */
export function compareLine(differences: readonly Difference[], unseen: readonly string[] = []): string {
  const dark = unseen.length === 0 ? '' : `; NOT COMPARED: ${unseen.join('; ')}`;
  if (differences.length === 0) return `${unseen.length === 0 ? 'live and evidence agree' : 'what could be compared agrees'}${dark}`;
  const of = (change: Difference['change']) => differences.filter((difference) => difference.change === change).length;
  const owners = new Set(differences.map((difference) => difference.owner)).size;
  return `${of('lost')} lost, ${of('changed')} changed, ${of('live-only')} only live, on ${count(owners, 'owner')}${dark}`;
}

export function chooseLine(state: RunState): string {
  const answers = state.differences.map((difference) => choiceOf(difference, state.choices));
  const of = (choice: Choice | 'mixed') => answers.filter((made) => made === choice).length;
  return `${of('restore')} to restore, ${of('mixed') > 0 ? `${of('mixed')} field by field, ` : ''}${of('keep')} kept for git, ${of('leave')} left alone`;
}

export function restoreLine(state: RunState): string {
  const done = Object.values(state.writes).filter((status) => status === 'verified').length;
  const failed = Object.values(state.writes).filter((status) => status === 'failed' || status === 'unknown' || status === 'diverged').length;
  const skipped = state.skipped.length > 0 ? `, ${count(state.skipped.length, 'client')} skipped` : '';
  const undone = Object.values(state.writes).filter((status) => status === 'undone').length;
  return `${count(done, 'write')} sent once and read back${undone > 0 ? `, ${undone} taken back` : ''}${failed > 0 ? `, ${failed} not done` : ''}${skipped}`;
}

export function proveLine(state: RunState): string {
  const proofs = Object.values(state.proofs).flat();
  const of = (outcome: string) => proofs.filter((proof) => proof.outcome === outcome).length;
  if (proofs.length === 0) return 'no claim was awaited';
  const rest = [of('not-proven') > 0 ? `${of('not-proven')} NOT PROVEN` : '', of('not-showable') > 0 ? `${of('not-showable')} could not be shown` : ''].filter(Boolean);
  return [`${count(of('proven'), 'claim')} proven in tokens`, ...rest].join(', ');
}

export function accountLine(account: Account): string {
  const sessions = account.sessionsBefore === null || account.sessionsAfter === null
    ? 'sessions not visible to these credentials'
    : `sessions ${account.sessionsBefore.toLocaleString('en-US')} → ${account.sessionsAfter.toLocaleString('en-US')} (${account.sessionsLost.length} lost, ${account.sessionsNew} new)`;
  return [
    sessions,
    account.keysUnchanged ? 'signing keys unchanged' : 'SIGNING KEYS CHANGED',
    account.clientIdsUnchanged ? 'client ids unchanged' : 'CLIENT IDS CHANGED',
    account.moved.length === 0 ? 'nothing else moved' : `${count(account.moved.length, 'thing')} MOVED: ${account.moved.slice(0, 3).map((difference) => difference.id).join(', ')}`,
    ...((account.overwritten?.length ?? 0) > 0 ? ['OVERWRITTEN AGAIN underneath this node'] : []),
  ].join(' · ');
}

export function exportLine(exported: Exported): string {
  const patched = exported.files.filter((file) => !file.refusal);
  const sum = (key: 'added' | 'removed') => patched.reduce((total, file) => total + file[key], 0);
  const check = exported.applyCheck ? (exported.applyCheck.ok ? '; git apply --check passes' : `; git apply --check FAILS: ${exported.applyCheck.message}`) : '';
  const secrets = exported.secretsToCreate.length > 0 ? `; ${count(exported.secretsToCreate.length, 'secret')} left for you: secrets-to-create.txt` : '';
  const refused = exported.files.length - patched.length;
  return `changes.patch: ${count(patched.length, 'file')}, +${sum('added')} −${sum('removed')}${check}${refused > 0 ? `; ${count(refused, 'file')} left alone` : ''}${secrets}`;
}
