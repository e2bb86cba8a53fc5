/** Triage: what kind of overwrite this was, and what can be promised. */
import type { Triage } from '../../realm/snapshot.ts';
import type { Size } from '../terminal.ts';
import { labelled, line, span, wrap, type Line } from './line.ts';

/** The facts and the promise, one labelled paragraph each. The line of the finished step has the promise already. */
export function triageLines(triage: Triage, size: Size, withPromise: boolean): readonly Line[] {
  const narrow = size.width === 'narrow';
  const paragraph = (label: string, texts: readonly string[], token: 'plain' | 'ok' | 'danger' | 'warn' = 'plain') =>
    texts.length === 0 ? [] : labelled(label, texts.join(' · '), size.columns, { narrow, text: token });
  const promise = triage.sessionsAlive === false ? 'danger' : triage.sessionsAlive === null ? 'warn' : 'ok';
  return [
    ...paragraph('because', triage.because),
    ...paragraph('kept', triage.kept),
    ...paragraph('gone', triage.gone, 'danger'),
    ...(withPromise ? paragraph('promise', [triage.promise], promise) : []),
    ...paragraph('careful', triage.staleCache.map((finding) => finding.text), 'warn'),
  ];
}

/** The question whether the caches may be cleared: what it does, and what happens otherwise. */
export function clearCachesLines(triage: Triage | null, size: Size): readonly Line[] {
  const narrow = size.width === 'narrow';
  return [
    ...(triage ? [...wrap(line(' ', span('strong', triage.title)), size.columns, 1), ...triageLines(triage, size, true)] : []),
    ...labelled('captured', 'The realm was read through both views of the server: this is the last copy of what was lost.', size.columns, { narrow }),
    ...labelled('next', 'Clear the caches of realm and users. No session ends. The first write without that would log users out of the clients it touches.', size.columns, { narrow }),
  ];
}
