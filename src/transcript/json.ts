import { choiceOf, fieldChoice } from '../realm/choice.ts';
import { printable } from '../realm/harmful.ts';
import { prettyChunks } from '../realm/pretty.ts';
import type { JournalLine } from '../runbook/model.ts';
import { summarise } from '../runbook/summary.ts';
import { tell } from './story.ts';

/**
 * The record of a run for programs, schema `realm-rescue/transcript/v1`: what came out, and the whole journal.
 *
 * @returns one JSON document with a newline at its end; the same lines give the same bytes
 */
export function transcriptJson(lines: readonly JournalLine[]): string {
  return [...transcriptJsonPieces(lines)].join('');
}

/** The same text piece by piece: with thousands of differences it is megabytes long. */
export function* transcriptJsonPieces(lines: readonly JournalLine[]): Generator<string> {
  const story = tell(lines);
  const { run, connection, finished, stopped, steps, triage, differences, choices, account, exported, thaw } = story.state;
  const document = {
    schema: 'realm-rescue/transcript/v1',
    session: story.id === '' ? null : story.id,
    tool: story.tool === '' ? null : story.tool,
    target: { url: run?.url ?? null, realm: run?.realm ?? null, envTag: run?.envTag ?? null, serverVersion: connection?.serverVersion ?? null },
    startedAt: story.from === '' ? null : story.from,
    endedAt: story.to === '' ? null : story.to,
    finished: finished !== null,
    exit: finished?.exit ?? null,
    stopped,
    summary: finished?.summary ?? { ...summarise(story.state), session: story.id },
    steps,
    triage,
    differences: differences.map((difference) => ({
      ...difference, fields: difference.fields.map((field) => ({ ...field, choice: fieldChoice(difference, field.path, choices) ?? null })), choice: choiceOf(difference, choices) ?? null,
    })),
    clients: story.clients.map(({ owner, verdict, planned, proofs, accepted }) => ({ owner, verdict, planned, proofs, accepted })),
    writes: story.writes,
    account,
    export: exported,
    cluster: story.state.cluster,
    thaw: { statement: thaw.statement ?? null, equal: thaw.equal },
    head: story.head,
    verify: `realm-rescue transcript verify ${story.id}`,
    journal: lines,
  };
  for (const piece of prettyChunks(document, 2)) yield printable(piece);
}
