import { foundPaused, pausedBy } from '../runbook/paused.ts';
import { leftAlone } from '../runbook/summary.ts';
import { choiceOf, fieldsByChoice } from '../realm/choice.ts';
import { code, prose, table } from './escape.ts';
import { reference } from './moments.ts';
import type { ClientStory, Story } from './story.ts';
import { awaited, count, number } from './words.ts';

/** What is not proven, not done, or was left as it is, and why. Absent when there is nothing of the kind. */
export function openSection(story: Story): string[] {
  const { state } = story;
  const left = leftAlone(state);
  const inPart = state.differences.flatMap((difference) => (choiceOf(difference, state.choices) !== 'mixed' ? [] : fieldsByChoice(difference, state.choices).flatMap(([choice, paths]) => (choice === 'leave' ? [{ difference, paths }] : []))));
  const refused = state.plan?.refused ?? [];
  const undoLeft = story.lines.flatMap(({ seq, event }) => (event.type === 'undo.finished' ? event.left.map((entry) => `- ${code(entry.operation)} was not taken back: ${prose(entry.because)} ${reference([seq])}`) : []));
  const items = [
    ...story.clients.flatMap(openOf),
    ...left.map((difference) => `- left: ${difference.kind} ${code(difference.name)} of ${code(difference.owner)} (${difference.change}): ${prose(difference.onlyCompared ?? difference.effect)}`),
    ...inPart.map(({ difference, paths }) => `- left: ${count(paths.length, 'field')} of ${difference.kind} ${code(difference.name)} of ${code(difference.owner)}: ${paths.map(code).join(', ')}`),
    ...refused.map((refusal) => `- could not be planned: ${code(refusal.id)}: ${prose(refusal.because)}`),
    ...(state.plan?.newSecrets ?? []).map((client) => `- ${code(client)} has a new secret, because no evidence had the old one; it has to be handed to whoever uses it${runsAt(state.plan?.deployments?.[client] ?? [])}`),
    ...undoLeft,
    ...(state.frozen === null ? ['- nobody stated that the writer was paused: it may have struck again'] : []),
    ...(state.thaw.statement === null ? stillPaused(story) : []),
    ...(state.thaw.equal === false ? ['- **the realm changed after the sync**: the writer struck again'] : []),
  ];
  return items.length === 0 ? [] : ['## Not proven, left, or still to do', '', ...items];
}

/** Only where somebody has paused it. */
function stillPaused({ state, id }: Story): readonly string[] {
  switch (pausedBy(state)) {
    case 'run': return [`- the writer is still paused: once git is merged, ${code(`realm-rescue thaw ${id}`)} lets it run again`];
    case 'before': return [`- the writer was paused before this run and still is: once git is merged, ${foundPaused(state).map(code).join(', ')} lets it run again`];
    case 'stated': return ['- nobody stated that the writer runs again: resume it and compare again'];
    case null: return [];
  }
}

function runsAt(hosts: readonly string[]): string {
  return hosts.length === 0 ? '' : `, at ${hosts.map(code).join(', ')}`;
}

function openOf(client: ClientStory): string[] {
  const proofs = client.proofs.filter((proof) => proof.outcome !== 'proven').map((proof) => `- ${code(client.owner)}: ${awaited(proof, code)} ${proof.outcome === 'not-proven' ? 'is **not proven**' : 'could not be shown'}: ${prose(proof.because)}`);
  const accepted = client.accepted === null ? [] : [`- ${code(client.owner)}: accepted all the same, because ${prose(client.accepted)}`];
  const state: Partial<Record<ClientStory['verdict'], string>> = { 'failed': '**a write failed**', 'unfinished': client.writes.length === 0 ? '**was not begun**' : '**not all writes were sent**', 'taken back': 'its writes were taken back' };
  const word = state[client.verdict] ?? (client.verdict === 'left' && client.planned > 0 ? 'was skipped' : undefined);
  return [...proofs, ...accepted, ...(word ? [`- ${code(client.owner)}: ${word}`] : [])];
}

/** Sessions, keys, ids, and what else moved. */
export function accountSection(story: Story): string[] {
  const { account } = story.state;
  if (!account) return [];
  const seen = account.sessionsBefore !== null && account.sessionsAfter !== null;
  return [
    '## Account',
    '',
    seen ? `- sessions: ${number(account.sessionsBefore ?? 0)} before, ${number(account.sessionsAfter ?? 0)} after; ${number(account.sessionsLost.length)} lost, ${number(account.sessionsNew)} new` : '- sessions: not visible to these credentials',
    ...account.sessionsLost.slice(0, 20).map((session) => `  - lost: ${code(session.id)} of ${code(session.username)}${session.explained === null ? ', **not explained**' : `: ${prose(session.explained)}`}`),
    ...(account.sessionsLost.length > 20 ? [`  - and ${number(account.sessionsLost.length - 20)} more, all in transcript.json`] : []),
    `- signing keys: ${account.keysUnchanged ? 'unchanged' : '**changed**'}`,
    `- client ids: ${account.clientIdsUnchanged ? 'unchanged' : '**changed**'}`,
    account.moved.length === 0 ? '- nothing else in the realm moved' : `- **${count(account.moved.length, 'thing')} moved that nobody chose**: ${account.moved.slice(0, 10).map((difference) => code(difference.id)).join(', ')}`,
    ...account.notes.map((note) => `- ${prose(note)}`),
  ];
}

/** The patch, and what each strategy setting really does. */
export function exportSection(story: Story): string[] {
  const { exported, exportSkipped } = story.state;
  if (!exported) return exportSkipped === null ? [] : ['## Export', '', `Nothing was exported: ${prose(exportSkipped)}.`];
  const { applyCheck } = exported;
  return [
    '## Export',
    '',
    ...table(['File', 'Lines', 'What'], exported.files.map((file) => [code(file.path), `+${file.added} −${file.removed}`, file.refusal === null ? file.changes.map(prose).join(', ') : `left alone: ${prose(file.refusal)}`])),
    ...(applyCheck ? [applyCheck.ok ? '`git apply --check` passes.' : `**\`git apply --check\` fails**: ${prose(applyCheck.message)}`, ''] : []),
    ...(exported.commit === null ? [] : [`Committed as ${code(exported.commit)} on branch ${code(exported.branch ?? '')}.`, '']),
    ...table(['Strategy setting', 'Where', 'Class', 'What it really does', 'Done'], exported.strategy.map((found) => [code(found.setting), code(`${found.file}:${found.line}`), found.class, prose(found.because), prose(found.done)])),
    ...(exported.secretsToCreate.length > 0 ? [`Secrets that a person has to create (names only): ${exported.secretsToCreate.map(code).join(', ')}`, ''] : []),
    ...exported.notes.map((note) => `- ${prose(note)}`),
  ];
}
