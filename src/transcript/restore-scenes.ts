import { lossLines } from '../realm/hand-over.ts';
import type { Group } from '../realm/model.ts';
import type { Proof, RunState } from '../runbook/model.ts';
import { displayWidth, truncateEnd, truncateMiddle } from '../ui/text.ts';
import { excerpt } from './claims.ts';
import { COLUMNS, piece, recorded, type Paint } from './paint.ts';
import { plain, type Row, type Shot } from './rows.ts';
import type { Story } from './story.ts';
import { WAY, awaited, signatureWords } from './words.ts';

/** The requests of one client as they are about to be sent. */
export function groupRows(story: Story, group: Group, place: string): Row[] {
  const requests = group.operations.flatMap((operation): Row[] => {
    const write = story.writes.find((one) => one.id === operation.id && !one.undo);
    const path = write ? write.path : `/admin/realms/${story.state.run?.realm ?? ''}/${operation.request.path.map((part) => (typeof part === 'string' ? part : '…')).join('/')}`;
    const request = [piece('plain', '   '), piece('info', operation.request.method.padEnd(6)), piece('plain', truncateMiddle(shortIds(path), COLUMNS - 9))];
    const note = piece('muted', recorded(operation.note === undefined ? operation.title : `${operation.title}, ${operation.note}`));
    const used = request.reduce((sum, part) => sum + displayWidth(part.text), 0);
    return used + displayWidth(note.text) + 3 <= COLUMNS ? [{ pieces: [...request, piece('plain', '   '), note] }] : [{ pieces: request }, ...plain(['         ', note], 9)];
  });
  const room = COLUMNS - 1;
  const head = truncateEnd(recorded(` Restore ${place}  ${group.owner}`), 48);
  const undo = truncateEnd(recorded(`undo: realm-rescue undo ${story.state.run?.id ?? ''}`), room - displayWidth(head) - 2);
  return [
    ...plain(['']),
    { pieces: [piece('strong', head), piece('muted', ' '.repeat(room - displayWidth(head) - displayWidth(undo)) + undo)] },
    ...requests,
    ...lossLines(group.operations).flatMap((loss) => plain([piece('warn', recorded(` ${loss}`))])),
    ...plain([group.operations.length === 1 ? ' 1 write, sent once and read back.' : ` ${group.operations.length} writes, each sent once and read back.`]),
  ];
}

/** As screens show them: `clients/7d0e…`. The whole path stands in the journal and in transcript.md. */
function shortIds(path: string): string {
  return recorded(path).replace(/\b([0-9a-f]{4})[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '$1…');
}

/** What became of one write. */
export function writeRows({ story, line: { event, seq }, after }: Shot): Row[] {
  if (!('operation' in event)) return [];
  const write = story.writes.find((one) => one.seqs.includes(seq));
  // Clients go beside each other: a row that does not stand below its own requests says whose it is.
  const above = story.writes.findLast((one) => (one.seqs[0] ?? seq) < seq);
  const owner = write === undefined || above === undefined || above.owner === write.owner ? '' : ` of ${write.owner}`;
  const name = `${write?.undo ? 'undo of ' : ''}${write?.title ?? event.operation}${owner}`;
  const row = (paint: Paint, mark: string, words: string) => plain([' ', piece(paint, mark), ` ${name}  `, piece(paint === 'ok' ? 'muted' : paint, words)], 5);
  switch (event.type) {
    case 'write.verified': return row('ok', '✓', event.found === 'look' ? 'found by a look' : `${write?.status ?? ''} in ${write?.milliseconds ?? '?'} ms, read back`);
    case 'write.failed': return row('danger', '✗', `FAILED  ${event.failure.title}`);
    case 'write.unknown': return row('warn', '?', `UNKNOWN  ${event.failure.title}`);
    case 'write.looked': return row(event.found === 'done' ? 'ok' : 'warn', event.found === 'done' ? '✓' : '?', event.found === 'done' ? 'looked: it had happened' : event.found === 'not-done' ? 'looked: it had not happened' : `looked: something else is there in ${after.run?.realm ?? 'the realm'}`);
    case 'write.overwritten': return row('danger', '✗', `OVERWRITTEN AGAIN  ${event.failure.title}`);
    case 'write.kept': return row('warn', '-', 'what is there instead is kept');
    default: return [];
  }
}

/** What the tokens of one client showed. NOT PROVEN differs from OK without any colour. */
export function proofRows(owner: string, proofs: readonly Proof[], state: RunState): Row[] {
  const groups = state.plan?.groups ?? [];
  const place = `${groups.findIndex((group) => group.owner === owner) + 1}/${groups.length}`;
  return proofs.flatMap((proof) => {
    const signed = signatureWords(proof);
    return [
      ...plain([piece('strong', ` Prove ${place}  ${owner}`), piece('muted', `  ${WAY[proof.way]}${proof.user === null ? '' : `, user ${proof.user}`}${signed === '' ? '' : `, ${signed}`}`)], 3),
      ...excerpt(proof, COLUMNS - 5).map((row): Row => ({ pieces: [piece(row.sign === '+' ? 'ok' : row.sign === '-' ? 'danger' : 'plain', ` ${row.sign} ${row.text}`)] })),
      ...verdictRows(proof, owner),
    ];
  });
}

function verdictRows(proof: Proof, owner: string): Row[] {
  switch (proof.outcome) {
    case 'proven': return plain([piece('ok', ' OK'), `  ${awaited(proof)}: the claim is there`]);
    case 'not-proven': return [...plain([piece('danger', ' NOT PROVEN'), `  ${owner}: ${awaited(proof)} is still missing.`]), ...plain([`   ${proof.because}`], 3)];
    case 'not-showable': return [...plain([piece('warn', ' NOT SHOWN'), `  ${owner}: ${awaited(proof)} cannot be shown, and is not counted as proven.`]), ...plain([`   ${proof.because}`], 3)];
  }
}
