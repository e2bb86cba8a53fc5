import { choiceOf, fieldsByChoice, type Choices } from '../realm/choice.ts';
import { lossLines } from '../realm/hand-over.ts';
import type { Difference } from '../realm/model.ts';
import { sanitise } from '../ui/text.ts';
import { excerpt } from './claims.ts';
import { code, fenced, prose, sentence, table } from './escape.ts';
import { reference } from './moments.ts';
import type { ClientStory, Story, WriteStory } from './story.ts';
import { WAY, awaited, count, signatureWords } from './words.ts';

/** Of so many fields both values stand in the table; all of them stand in transcript.json. */
const SIDES = 3;

/** What kind of overwrite it was, with the evidence for that. */
export function triageSection({ state: { triage } }: Story): string[] {
  if (!triage) return [];
  const row = (label: string, texts: readonly string[]) => texts.map((text) => `- ${label}: ${prose(text)}`);
  return [
    '## What had happened',
    '',
    `${sentence(triage.title)} ${sentence(triage.promise)}`,
    '',
    ...row('because', triage.because),
    ...row('kept', triage.kept),
    ...row('gone', triage.gone),
    ...row('stale cache', triage.staleCache.map((finding) => finding.text)),
  ];
}

/** From what the lost configuration was read, and what was captured. */
export function evidenceSection(story: Story): string[] {
  const { evidence, snapshots } = story.state;
  const rows = [
    ...Object.values(snapshots).map((captured) => [`live (${captured.label})`, 'full', code(captured.file), code(captured.sha256.slice(0, 19))]),
    ...evidence.map((read) => [code(read.source), read.completeness, code(read.file), code(read.sha256.slice(0, 19))]),
  ];
  const notes = [...Object.values(snapshots), ...evidence].flatMap((read) => read.notes.map((note) => `- ${prose(note)}`));
  return rows.length === 0 ? [] : ['## Evidence', '', ...table(['Source', 'Completeness', 'Snapshot', 'SHA-256'], rows), ...notes];
}

/** Every difference and what was decided about it. */
export function choicesSection(story: Story): string[] {
  const { differences, choices } = story.state;
  const rows = differences.map((difference) => [code(difference.owner), `${difference.kind} ${code(difference.name)}`, changeWords(difference), choiceWords(difference, choices), prose(difference.effect), difference.source === null ? 'no source' : code(difference.source)]);
  return rows.length === 0 ? [] : ['## Differences and choices', '', ...table(['Owner', 'Object', 'Difference', 'Choice', 'What it costs', 'Source'], rows)];
}

/** `keep`; of a change that was answered field by field each field by its answer. */
function choiceWords(difference: Difference, choices: Choices): string {
  const choice = choiceOf(difference, choices);
  const parts = fieldsByChoice(difference, choices).map(([word, paths]) => `${word} ${paths.map(code).join(', ')}`);
  if (choice === 'mixed') return parts.join('; ');
  return choice ?? ['**not answered**', ...parts].join('; ');
}

function changeWords(difference: Difference): string {
  if (difference.change !== 'changed') return difference.change === 'live-only' ? 'only live' : 'lost';
  const sides = difference.fields.slice(0, SIDES).map((field) => `${code(field.path)}: live ${code(JSON.stringify(field.live ?? null))}, evidence ${code(JSON.stringify(field.evidence ?? null))}`);
  const more = difference.fields.length - sides.length;
  return ['changed', ...sides, ...(more > 0 ? [`and ${count(more, 'more field')}`] : [])].join('; ');
}

/** The exact requests, in the order in which they were sent. */
export function writesSection(story: Story): string[] {
  const rows = story.writes.map((write) => [
    code(write.owner), `${code(`${write.method} ${write.path}`)}${write.undo ? ' (undo)' : ''}`, prose(write.title), write.status === null ? 'none' : String(write.status), resultWords(write), reference(write.seqs),
  ]);
  const done = story.state.plan?.groups.flatMap((group) => group.operations).filter(({ id }) => story.state.writes[id] === 'verified') ?? [];
  const losses = lossLines(done).map((loss) => `- ${prose(loss)}`);
  return rows.length === 0 ? [] : ['## Writes', '', ...table(['Client', 'Request', 'Makes', 'Status', 'Seen afterwards', 'Evidence'], rows), ...losses];
}

function resultWords(write: WriteStory): string {
  const seen = write.outcome === 'read back' || write.outcome === 'found by a look';
  return seen ? write.outcome : `**${write.outcome}**${write.failure ? `: ${prose(write.failure.title)}` : ''}`;
}

/** Each proof with the claims that were read. */
export function proofsSection(story: Story): string[] {
  const proved = story.clients.filter((client) => client.proofs.length > 0);
  return proved.length === 0 ? [] : ['## Proofs', '', ...proved.flatMap(proofsOf)];
}

function proofsOf(client: ClientStory): string[] {
  const paragraphs = client.proofs.flatMap((proof) => {
    const verdict = proof.outcome === 'proven' ? 'Proven' : proof.outcome === 'not-proven' ? '**NOT PROVEN**' : '**Could not be shown**, and is not counted';
    const whose = proof.expectation.client === client.owner ? '' : ` of ${code(proof.expectation.client)}`;
    const signed = signatureWords(proof);
    const rows = excerpt(proof).map((row) => sanitise(`${row.sign} ${row.text}`));
    return [
      `${verdict}: ${awaited(proof, code)}${whose}, by ${WAY[proof.way]}${proof.user === null ? '' : `, user ${code(proof.user)}`}${signed === '' ? '' : `; ${prose(signed)}`}. ${sentence(proof.because)}`,
      '',
      ...(rows.length > 0 ? [...fenced('diff', rows), ''] : []),
    ];
  });
  return [`### ${code(client.owner)} ${client.provedAt === null ? '' : reference([client.provedAt])}`, '', ...paragraphs];
}
