/** Triage: what kind of overwrite this was, and what can be promised. */
import type { Triage } from '../../realm/snapshot.ts';
import type { Size } from '../terminal.ts';
import { labelled, line, span, wrap, type Line } from './line.ts';
import type { Screen } from './types.ts';

/** How much of the reasons is shown: `brief` is what scrolls up, `full` is what is asked for. */
export type Depth = 'brief' | 'full';

/** A wall of reasons is not read at 23:00. Triage gives the most telling ones first. */
const TELLING = 2;

/** The reasons that are not said elsewhere on the screen: a finding of a stale cache stands under `careful`. */
function reasonsOf(triage: Triage): readonly string[] {
  return triage.because.filter((text) => !triage.staleCache.some((finding) => finding.text === text));
}

function becauseText(triage: Triage, depth: Depth): string {
  const reasons = reasonsOf(triage);
  const more = reasons.length - TELLING;
  if (depth === 'full' || more <= 1) return reasons.join(' · ');
  return `${reasons.slice(0, TELLING).join(' · ')} · ${more} more reasons: w`;
}

/** The facts and the promise, one labelled paragraph each. The line of the finished step has the promise already. */
export function triageLines(triage: Triage, size: Size, { depth, promise }: { readonly depth: Depth; readonly promise: boolean }): readonly Line[] {
  const narrow = size.width === 'narrow';
  const paragraph = (label: string, text: string, token: 'plain' | 'ok' | 'danger' | 'warn' = 'plain') => (text === '' ? [] : labelled(label, text, size.columns, { narrow, text: token }));
  const alive = triage.sessionsAlive === false ? 'danger' : triage.sessionsAlive === null ? 'warn' : 'ok';
  return [
    ...paragraph('because', becauseText(triage, depth)),
    ...paragraph('kept', triage.kept.join(' · ')),
    ...paragraph('gone', triage.gone.join(' · '), 'danger'),
    ...(promise ? paragraph('promise', triage.promise, alive) : []),
    ...paragraph('careful', triage.staleCache.map((finding) => finding.text).join(' · '), 'warn'),
  ];
}

/** Everything that Triage found, one reason a line: what `w` shows. */
export function whyScreen(triage: Triage | null, size: Size): Screen {
  const prompt = [line(' Any other key closes this.')];
  if (triage === null) return { body: [line('   Triage has not been reached yet.')], prompt };
  const title = wrap(line(' ', span('strong', `Why Triage says: ${triage.title}`)), size.columns, 1);
  const reasons = reasonsOf(triage).flatMap((text) => wrap(line(`   - ${text}`), size.columns, 5));
  return { body: [...title, ...reasons, ...triageLines({ ...triage, because: [] }, size, { depth: 'full', promise: true })], prompt };
}

/** The question whether the caches may be cleared: what it does, and what happens otherwise. */
export function clearCachesLines(triage: Triage | null, size: Size): readonly Line[] {
  const narrow = size.width === 'narrow';
  return [
    ...(triage ? [...wrap(line(' ', span('strong', triage.title)), size.columns, 1), ...triageLines(triage, size, { depth: 'full', promise: true })] : []),
    ...labelled('captured', 'The realm was read through both views of the server: this is the last copy of what was lost.', size.columns, { narrow }),
    ...labelled('next', 'Clear the caches of realm and users. No session ends. The first write without that would log users out of the clients it touches.', size.columns, { narrow }),
  ];
}
