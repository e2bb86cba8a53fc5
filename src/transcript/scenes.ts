import { summarise } from '../runbook/summary.ts';
import { restartable } from '../runbook/cluster-state.ts';
import { controllerWord } from '../runbook/next.ts';
import type { RunEvent, RunState } from '../runbook/model.ts';
import { hostOf } from './moments.ts';
import { piece } from './paint.ts';
import { chooseRows, triageRows, candidateRows } from './question-scenes.ts';
import { groupRows, proofRows, writeRows } from './restore-scenes.ts';
import { confirmation, plain, stepRows, typing, type Row, type Shot } from './rows.ts';
import type { Story } from './story.ts';
import { count, duration } from './words.ts';

export interface Scene {
  /** Set where a step begins. */
  readonly marker: string | null;
  readonly rows: readonly Row[];
}

/** What one event brings onto the screen; nothing for those that a person never saw. */
export function scene(shot: Shot): Scene {
  const { line: { event }, after, story } = shot;
  switch (event.type) {
    case 'run.started': return { marker: 'Connect', rows: banner(story) };
    case 'run.resumed': return { marker: 'Resumed', rows: plain([piece('warn', ' Resumed'), ` from the journal by process ${event.pid}`]) };
    case 'journal.recovered': return { marker: null, rows: plain([piece('warn', ' Recovered'), `  the last line of the journal was cut; ${count(event.droppedBytes, 'byte')} kept aside`]) };
    case 'connect.succeeded': return step('Connect', stepRows(after, 'connect'));
    case 'pause.answered': return event.pause ? step('Freeze', confirmation(' Type the name of the controller to pause it:', controllerOf(after), event.by)) : nothing;
    case 'terminate.answered': return event.terminate ? step(null, confirmation(' Type the name of the controller to end its running operation:', controllerOf(after), event.by)) : nothing;
    case 'operations.ended': return step(null, stepRows(after, 'freeze'));
    case 'safe.answered': return event.safe ? step(null, confirmation(` Type ${event.object.name} to patch it now:`, event.object.name, event.by)) : nothing;
    case 'resume.answered': return event.resume ? step('Thaw', confirmation(' Type the name of the controller to let it run again:', controllerOf(after), event.by)) : step('Thaw', stepRows(after, 'thaw'));
    case 'restart.answered': return event.restart ? step(null, confirmation(' Type the name of the workload to restart it once:', restartable(after.cluster)[0]?.name ?? '', event.by)) : nothing;
    case 'patch.sent': return step(null, plain([piece('ok', ' ✓ '), after.cluster.patches[event.id]?.patch.title ?? event.id]));
    case 'patch.failed': return step(null, plain([piece('danger', ' ✗ '), event.failure.title]));
    case 'pause.checked': return shot.before.steps.freeze.line === after.steps.freeze.line ? nothing : step(null, stepRows(after, 'freeze'));
    case 'sync.watched': case 'restart.checked': return step('Thaw', stepRows(after, 'thaw'));
    case 'freeze.stated': return step('Freeze', stepRows(after, 'freeze'));
    case 'capture.succeeded': return event.captured.label === 'live-after' ? nothing : step('Capture', stepRows(after, 'capture'));
    case 'triage.found': return step('Triage', triageRows(event.triage));
    case 'caches.confirmed': return step(null, confirmation(` Type ${after.run?.realm ?? ''} to clear the caches, Esc to leave it:`, after.run?.realm ?? '', event.by));
    case 'caches.cleared': return step(null, plain([piece('ok', ' ✓ '), 'caches of realm and users cleared; no session has ended']));
    case 'evidence.found': return step('Evidence', candidateRows(event.candidates, story));
    case 'evidence.read': return step('Evidence', stepRows(after, 'evidence'));
    case 'compare.done': return step('Compare', stepRows(after, 'compare'));
    case 'choices.settled': return step('Choose', [...chooseRows(after), ...stepRows(after, 'choose')]);
    case 'group.confirmed': return groupScene(shot, event.owner, event);
    case 'write.intended': return shot.before.confirmed.length > 0 && firstOfImplied(shot, event.operation) ? groupScene(shot, ownerOf(shot, event.operation)) : nothing;
    case 'write.verified': case 'write.failed': case 'write.unknown': case 'write.looked': case 'write.overwritten': case 'write.kept': return step(null, writeRows(shot));
    case 'group.skipped': return step(null, plain([piece('muted', ' - '), `${event.owner} skipped`]));
    case 'prove.done': return step(`Prove ${event.owner}`, proofRows(event.owner, event.proofs, after));
    case 'proof.accepted': return step(null, event.by === 'person' ? typing(' Reason:', event.reason) : plain([piece('muted', ' Accepted without a key: '), event.reason]));
    case 'account.done': return step('Account', [...stepRows(after, 'restore'), ...stepRows(after, 'prove'), ...stepRows(after, 'account')]);
    case 'export.done': return step('Export', [...stepRows(after, 'export'), ...strategyRows(event)]);
    case 'export.skipped': return step('Export', stepRows(after, 'export'));
    case 'thaw.stated': return event.statement === null ? step('Thaw', stepRows(after, 'thaw')) : nothing;
    case 'thaw.checked': return step('Thaw', stepRows(after, 'thaw'));
    case 'step.failed': return step(null, [...stepRows(after, event.step), ...event.failure.next.flatMap((next) => plain([piece('muted', '              Next: '), next], 14))]);
    case 'run.stopped': return step('Stopped', plain([piece('warn', ' STOPPED'), `  ${event.note}. Go on with: realm-rescue resume ${after.run?.id ?? ''}`]));
    case 'undo.started': return step('Undo', plain([piece('strong', ' Undo'), `  ${(event.operations ?? event.owners).join(', ') || 'everything'}`]));
    case 'undo.finished': return step(null, plain([piece(event.left.length > 0 ? 'warn' : 'ok', event.left.length > 0 ? ' ! ' : ' ✓ '), `${count(event.undone, 'write')} taken back, ${event.left.length} not`]));
    case 'run.finished': return step('Done', ending(story, event.exit));
    default: return nothing;
  }
}

function controllerOf({ cluster }: RunState): string {
  return cluster.sight === null ? '' : controllerWord(cluster.sight);
}

const nothing: Scene = { marker: null, rows: [] };
const step = (marker: string | null, rows: readonly Row[]): Scene => ({ marker, rows });

function banner({ state: { run, connection } }: Story): Row[] {
  if (!run) return [];
  const tag = run.envTag === null ? [] : [piece('danger', `  ${run.envTag}`)];
  return [
    ...plain([piece('strong', ` realm-rescue ${run.tool}`), ...tag, `  ${hostOf(run.url)} / ${run.realm}`, piece('muted', `  ${connection?.serverVersion ?? ''}  session ${run.id}`)]),
    { pieces: [piece('muted', ' '.padEnd(79, '─'))] },
  ];
}

/** With `--all` only the first client is confirmed by an event; the others begin with their first write. */
function firstOfImplied(shot: Shot, operation: string): boolean {
  const owner = ownerOf(shot, operation);
  const own = shot.story.state.plan?.groups.find((group) => group.owner === owner);
  const untouched = own?.operations.every((one) => shot.before.writes[one.id] === undefined) ?? false;
  const said = shot.story.lines.some(({ seq, event }) => seq < shot.line.seq && event.type === 'group.confirmed' && event.owner === owner);
  return untouched && !said;
}

function ownerOf({ story }: Shot, operation: string): string {
  return story.writes.find((write) => write.id === operation)?.owner ?? '';
}

function groupScene(shot: Shot, owner: string, confirmed?: Extract<RunEvent, { type: 'group.confirmed' }>): Scene {
  const groups = shot.story.state.plan?.groups ?? [];
  const index = groups.findIndex((group) => group.owner === owner);
  const group = groups[index];
  if (!group) return nothing;
  const realm = shot.after.run?.realm ?? '';
  const word = confirmed?.all === true ? `${realm} all` : realm;
  const asked = confirmed ? confirmation(` Type ${word} to send them, Esc to go back:`, word, confirmed.by) : [];
  return { marker: `Restore ${index + 1}/${groups.length} ${owner}`, rows: [...groupRows(shot.story, group, `${index + 1}/${groups.length}`), ...asked] };
}

function strategyRows({ exported }: Extract<RunEvent, { type: 'export.done' }>): Row[] {
  return exported.strategy.flatMap((found) => plain([piece('muted', '              strategy: '), found.setting, piece('muted', `  (${found.class}; ${found.done})`)], 16));
}

function ending(story: Story, exit: number): Row[] {
  const { run } = story.state;
  const { proven, failed } = summarise(story.state);
  const word = exit === 0 ? piece('ok', ' Done') : piece('danger', ` NOT ALL DONE AND PROVEN (exit ${exit})`);
  return [
    ...plain([word, ` in ${duration(story.milliseconds)}.  ${count(proven, 'claim')} proven${failed > 0 ? `, ${failed} not` : ''}.  transcript.md  transcript.cast`]),
    ...plain([piece('muted', ` head ${story.head.slice(0, 19)}…  verify with: `), `realm-rescue transcript verify ${run?.id ?? ''}`]),
  ];
}
