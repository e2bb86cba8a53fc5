import { choiceOf, fieldWords } from '../realm/choice.ts';
import type { Difference } from '../realm/model.ts';
import type { Triage } from '../realm/snapshot.ts';
import type { EvidenceCandidate, RunState } from '../runbook/model.ts';
import { displayWidth, padTo, truncateEnd, truncateMiddle } from '../ui/text.ts';
import { COLUMNS, piece, recorded, type Paint, type Piece } from './paint.ts';
import { plain, type Row } from './rows.ts';
import type { Story } from './story.ts';
import { count } from './words.ts';

/** So many lines of one screen are drawn; the rest is counted. */
const SHOWN = 12;

/** What kind of overwrite this was, and what can be promised. */
export function triageRows(triage: Triage): Row[] {
  const row = (label: string, texts: readonly string[], paint: Paint = 'plain') => (texts.length === 0 ? [] : plain(['   ', piece('muted', label.padEnd(11)), piece(paint, texts.join(' · '))], 14));
  const promise: Paint = triage.sessionsAlive === true ? 'ok' : triage.sessionsAlive === false ? 'danger' : 'warn';
  return [
    ...plain([' ', piece(promise, triage.sessionsAlive === true ? '✓' : '!'), piece('strong', ' Triage     '), triage.title], 14),
    ...row('because', triage.because),
    ...row('kept', triage.kept),
    ...row('gone', triage.gone, 'danger'),
    ...row('careful', triage.staleCache.map((finding) => finding.text), 'warn'),
    ...row('promise', [triage.promise], promise),
  ];
}

/** The sources that were found, the chosen ones marked. */
export function candidateRows(candidates: readonly EvidenceCandidate[], story: Story): Row[] {
  const chosen = new Set(story.state.evidence.map((read) => read.spec));
  const rows = candidates.slice(0, SHOWN).map((candidate): Row => {
    const mark = chosen.has(candidate.spec) ? piece('info', ' > ') : piece('plain', '   ');
    const text = `${recorded(candidate.title)}   ${recorded(candidate.detail)}${candidate.recommended ? '   recommended' : ''}`;
    return { pieces: [mark, piece(chosen.has(candidate.spec) ? 'strong' : 'plain', truncateEnd(text, COLUMNS - 3))] };
  });
  return candidates.length === 0 ? [] : [...plain([piece('strong', ' Where can the lost configuration be read from?')]), ...rows, ...more(candidates.length - rows.length)];
}

const CHOICE: Readonly<Record<string, Paint>> = { restore: 'ok', keep: 'info', leave: 'muted', mixed: 'ok' };

/** The clients in their order, each difference with its answer. */
export function chooseRows(state: RunState): Row[] {
  const owners = [...new Set([...state.order.map((entry) => entry.owner), ...state.differences.map((difference) => difference.owner)])].filter((owner) => state.differences.some((difference) => difference.owner === owner));
  const heading = plain([piece('strong', ' Choose'), `   ${count(owners.length, 'owner')} in dependency order, every difference answered`]);
  const rows = owners.slice(0, SHOWN).flatMap((owner, index) => {
    const entry = state.order.find((one) => one.owner === owner);
    const after = (entry?.after ?? []).map((one) => owners.indexOf(one.owner) + 1).filter((place) => place > 0);
    const why = after.length > 0 ? `  ← ${after.join(', ')}` : entry?.reason ? `  ${entry.reason}` : '';
    const own = state.differences.filter((difference) => difference.owner === owner);
    return [...plain([`${String(index + 1).padStart(3)}  `, piece('strong', owner), piece('muted', why)], 5), ...own.slice(0, SHOWN).flatMap((difference) => [differenceRow(difference, state, nameWidth(own)), ...fieldRows(difference, state)]), ...more(own.length - SHOWN)];
  });
  return [...heading, ...rows, ...more(owners.length - SHOWN)];
}

const nameOf = (difference: Difference) => truncateMiddle(`${difference.kind} ${recorded(difference.name)}`, 40);
const nameWidth = (differences: readonly Difference[]) => Math.max(...differences.map((difference) => displayWidth(nameOf(difference))));

function differenceRow(difference: Difference, state: RunState, width: number): Row {
  const choice = choiceOf(difference, state.choices) ?? 'ask';
  const change = difference.change === 'live-only' ? 'live only' : difference.change;
  const pieces: Piece[] = [piece('plain', '     '), piece(CHOICE[choice] ?? 'warn', `[${choice.padEnd(7)}]`), piece('plain', ` ${padTo(nameOf(difference), width)}  ${change}  `), piece('muted', truncateEnd(recorded(difference.effect), COLUMNS - 19 - width - change.length))];
  return { pieces };
}

/** What was answered field by field. */
function fieldRows(difference: Difference, { choices }: RunState): Row[] {
  return choiceOf(difference, choices) === 'mixed' ? plain([piece('muted', `               ${fieldWords(difference, choices)}`)], 15) : [];
}

function more(n: number): Row[] {
  return n > 0 ? plain([piece('muted', `     and ${n} more`)]) : [];
}
