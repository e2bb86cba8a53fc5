import type { By } from '../runbook/events.ts';
import type { JournalLine } from '../runbook/model.ts';
import { afterAnnounced } from '../runbook/cluster-lines.ts';
import { compareLine } from '../runbook/lines.ts';
import { code, prose } from './escape.ts';
import { countOf, type Story } from './story.ts';
import { WHO, count, number, timeOf } from './words.ts';

/** One row of the timeline: Markdown, past tense, actor first. */
export interface Moment {
  /** ISO time. */
  readonly at: string;
  readonly text: string;
  /** Sequence numbers of the journal that show it. */
  readonly evidence: readonly number[];
}

const who = (by: By) => WHO[by].replace(/^[a-z]/, (letter) => letter.toUpperCase());

/** The key moments of a run. What is not here stands in the complete log. */
export function momentsOf(story: Story): Moment[] {
  const incident = story.state.triage?.at;
  const moments = story.lines.flatMap((line) => {
    const text = momentOf(line, story);
    return text === null ? [] : [{ at: line.at, text, evidence: evidenceOf(line, story) }];
  });
  const seq = story.seqOf('triage.found');
  // What was found out about the past stands where it happened.
  return incident && seq !== null ? [{ at: incident, text: `The realm was overwritten: ${prose(story.state.triage?.title ?? '')}`, evidence: [seq] }, ...moments] : moments;
}

function momentOf(line: JournalLine, story: Story): string | null {
  const { event } = line;
  switch (event.type) {
    case 'run.started': return `The recovery of realm ${code(event.run.realm)} began${event.run.demo ? ' (demo on the sandbox)' : ''}`;
    case 'run.resumed': return 'The run was resumed';
    case 'journal.recovered': return 'The run had ended without warning; the last line of the journal was cut and set aside';
    case 'connect.succeeded': return `${code(event.connection.user)} logged in to Keycloak ${prose(event.connection.serverVersion ?? 'of unknown version')} by ${code(event.connection.clientId)}`;
    case 'freeze.begun': return `The writer of ${code(event.freeze.from)} was looked for in context ${code(event.freeze.place)}`;
    case 'thaw.begun': return `${who(event.by)} began to thaw`;
    case 'cluster.remembered': return event.versions.length === 0 ? null : `${count(event.versions.length, 'earlier version')} of the objects that carry the realm ${event.versions.length === 1 ? 'was' : 'were'} read from the memory of the API server`;
    case 'pause.answered': return `${who(event.by)} ${event.pause ? `${event.by === 'person' ? 'typed the confirming word' : 'confirmed'}: the writer was to be paused` : 'left the writer as it was'}`;
    case 'terminate.answered': return event.terminate ? `${who(event.by)} ${event.by === 'person' ? 'typed the confirming word' : 'confirmed'}: the operation that ran under the pause was to be ended` : 'The operation that ran under the pause was left to finish';
    case 'operations.ended': return event.running.length === 0 ? 'The running operation was ended' : `The running operation **went on**: ${event.running.map(({ name }) => code(name)).join(', ')}`;
    case 'safe.answered': return event.safe ? `${who(event.by)} ${event.by === 'person' ? 'typed the confirming word' : 'confirmed'}: ${code(event.object.name)} was to be made safe live` : null;
    case 'restart.checked': return `After a deliberate restart of ${event.objects.map(({ name }) => code(name)).join(', ')} the realm was ${event.realm.noOp === false ? '**changed**' : 'the same'}`;
    case 'resume.answered': return event.resume ? `${who(event.by)} ${event.by === 'person' ? 'typed the confirming word' : 'confirmed'}: the writer was to run again` : 'The writer stayed paused';
    case 'patch.sent': return patchMoment(event.id, story);
    case 'patch.failed': return `A patch failed: ${prose(event.failure.title)}`;
    case 'pause.checked': return event.checks.every(({ holds }) => holds) ? null : `A pause was **undone**: ${prose(event.checks.filter(({ holds }) => !holds).map(({ because }) => because).join('; '))}`;
    case 'sync.abandoned': return `The writer was paused again, because nobody could say what its sync did: ${prose(event.because)}`;
    case 'sync.watched': return `The next sync${afterAnnounced(event.changes)} was ${event.ok ? 'a no-op' : '**not a no-op**'}: ${event.levels.map(({ level, noOp, because }) => `${level} ${noOp === null ? 'not looked at' : noOp ? 'no-op' : '**changed**'} (${prose(because)})`).join(', ')}`;
    case 'freeze.stated': return event.statement === null ? 'Nobody stated that the writer was paused' : `${who(event.by)} stated that the writer was paused: ${prose(event.statement)}`;
    case 'capture.succeeded': return event.captured.label === 'live-after' ? null : `The realm was captured before anything was written (${code(event.captured.file)})`;
    case 'triage.found': return `The overwrite was classified: ${prose(event.triage.promise)}`;
    case 'caches.cleared': return 'The stale caches of realm and users were cleared';
    case 'caches.left': return `${who(event.by)} left the stale cache as it was`;
    case 'evidence.read': return `The lost configuration was read from ${event.evidence.map((read) => code(read.source)).join(', ')}`;
    case 'compare.done': return `Live and evidence were compared: ${compareLine(event.differences, event.unseen)}`;
    case 'choices.settled': return `${who(event.by)} answered every difference`;
    case 'group.confirmed': return `${who(event.by)} ${event.by === 'person' ? 'typed the confirming word' : 'confirmed'}: writes of ${code(event.owner)}${event.all ? ' and of all that followed' : ''}`;
    case 'group.skipped': return `${who(event.by)} skipped ${code(event.owner)}`;
    case 'write.failed': return `A write failed: ${prose(event.failure.title)}`;
    case 'write.unknown': return `A write got no answer: ${prose(event.failure.title)}`;
    case 'write.looked': return `The server was looked at after a write of unknown outcome: ${event.found === 'done' ? 'it had happened' : event.found === 'not-done' ? 'it had not happened' : 'something else was there'}`;
    case 'write.overwritten': return `The realm was **overwritten again**: ${prose(event.failure.title)}`;
    case 'write.kept': return `${who(event.by)} kept what somebody else had made meanwhile (${code(event.operation)})`;
    case 'prove.done': return provedText(event.owner, event.proofs.filter((proof) => proof.outcome === 'proven').length, event.proofs.length, provedWrites(line, story).length);
    case 'proof.accepted': return `${who(event.by)} accepted that ${code(event.owner)} was not proven: ${prose(event.reason)}`;
    case 'account.done': return event.account.ok ? 'Sessions, keys and client ids were accounted for; nothing else had moved' : 'The account did **not** come out even';
    case 'export.done': return `The patch for git was written (${count(event.exported.files.filter((file) => file.refusal === null).length, 'file')})`;
    case 'thaw.stated': return event.statement === null ? 'Nobody stated that the writer ran again' : `${who(event.by)} stated that the writer ran again: ${prose(event.statement)}`;
    case 'thaw.checked': return event.equal ? 'After the sync the realm was unchanged' : 'After the sync the realm had **changed**';
    case 'step.failed': return `${prose(event.step.replace(/^[a-z]/, (letter) => letter.toUpperCase()))} failed: ${prose(event.failure.title)}`;
    case 'run.stopped': return `The run stopped (${event.reason}): ${prose(event.note)}`;
    case 'run.finished': return `The run finished with exit code ${event.exit}`;
    case 'undo.started': return `${who(event.by)} began to take back ${(event.operations ?? event.owners).map(code).join(', ') || 'everything'}${event.deleteClients === true ? ', clients with their sessions too' : ''}`;
    case 'undo.finished': return `${count(event.undone, 'write')} taken back, ${number(event.left.length)} not`;
    default: return null;
  }
}

function patchMoment(id: string, { state }: Story): string | null {
  const patch = state.cluster.patches[id]?.patch;
  return patch === undefined ? null : `Patched: ${prose(patch.title)}`;
}

function provedText(owner: string, proven: number, all: number, writes: number): string {
  const claims = all === 0 ? 'no claim was awaited' : proven === all ? `${count(proven, 'claim')} proven` : `**not proven** (${proven} of ${count(all, 'claim')})`;
  return `${code(owner)}: ${writes === 0 ? '' : `${count(writes, 'write')} sent and read back, `}${claims}`;
}

/** The writes that a proof followed: without those of before an undo. */
function provedWrites({ seq, event }: JournalLine, story: Story): Story['writes'] {
  const undone = story.lines.findLast((line) => line.seq < seq && line.event.type === 'undo.started')?.seq ?? 0;
  return story.writes.filter(({ owner, undo, seqs: [first = 0] }) => event.type === 'prove.done' && owner === event.owner && !undo && first > undone && first < seq);
}

function evidenceOf(line: JournalLine, story: Story): readonly number[] {
  const { seq } = line;
  const first = provedWrites(line, story)[0]?.seqs[0];
  return first === undefined ? [seq] : [first, seq];
}

/** `journal#14`, `journal#14–17`. */
export function reference(seqs: readonly number[]): string {
  const [first] = seqs;
  const last = seqs.at(-1);
  if (first === undefined || last === undefined) return '';
  return first === last ? `\`journal#${first}\`` : `\`journal#${first}–${last}\``;
}

/** The one sentence at the top. */
export function summarySentence(story: Story): string {
  const { run, finished, stopped } = story.state;
  if (!run) return 'This journal does not say what run it belongs to.';
  const realm = `realm ${code(run.realm)}${run.demo ? ' of the demo sandbox' : ` of ${code(hostOf(run.url))}`}${run.envTag ? ` (${prose(run.envTag)})` : ''}`;
  const restored = countOf(story, 'proven', 'restored', 'accepted', 'not proven');
  const groups = story.state.plan?.groups.length ?? 0;
  const clients = groups === 0 ? '' : ` ${restored} of ${count(groups, 'client')} with lost configuration ${restored === 1 ? 'was' : 'were'} restored, ${countOf(story, 'proven')} proven in tokens;`;
  const login = story.state.account === null ? ' sessions were not accounted for' : story.state.account.sessionsLost.length === 0 && story.state.triage?.sessionsAlive !== false ? ' nobody had to log in again' : ' sessions were lost';
  if (finished) return `${finished.exit === 0 ? 'Recovered' : 'Worked on, **not everything is done and proven**'}: ${realm}.${clients}${login}.`;
  if (stopped) return `**Stopped before the end** (${prose(stopped.reason)}, ${timeOf(story.to)} UTC): ${realm}.${clients} ${prose(stopped.note)}.`;
  return `**The record ends at ${timeOf(story.to)} UTC without an end of the run**: ${realm}.${clients}${login}.`;
}

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
