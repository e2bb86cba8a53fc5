/** While something runs: what, and how far, in numbers. Nothing spins. */
import type { Effect } from '../../runbook/model.ts';
import type { RunSnapshot } from '../../runner/handle.ts';
import type { Size } from '../terminal.ts';
import { sanitise } from '../text.ts';
import { line, span, wrap, type Line } from './line.ts';
import type { Screen } from './types.ts';

const DOING: Readonly<Record<Effect['type'], string>> = {
  'connect': 'Logging in and finding out what these credentials may do',
  'capture': 'Reading the realm; nothing is written',
  'triage': 'Finding out what kind of overwrite this was',
  'remember': 'Reading what the API server still remembers',
  'find-writer': 'Looking for the writer in the cluster',
  'pause': 'Pausing the writer',
  'terminate': 'Ending the operation that runs under the pause',
  'make-safe': 'Patching the live workload',
  'restart': 'Restarting the pods once, and reading the realm again',
  'resume': 'Letting the writer run again, and watching its sync',
  'clear-caches': 'Clearing the caches of realm and users',
  'find-evidence': 'Looking for places that have the lost configuration',
  'read-evidence': 'Reading the evidence',
  'compare': 'Comparing live with the evidence',
  'plan': 'Putting the writes into order',
  'write': 'Sending one write and reading it back',
  'look': 'Looking at the server: did the last write happen?',
  'prove': 'Issuing and reading tokens',
  'account': 'Comparing sessions, keys, client ids and the whole realm with before',
  'export': 'Writing the patch for git',
  'check-thaw': 'Reading the realm again after the sync',
  'finish': 'Writing the transcript',
};

/** `Reading the realm   client scopes 9 of 14`. */
export function runningLine({ busy, progress }: RunSnapshot): Line {
  if (busy === null) return line(' …');
  const far = progress === null ? '' : progress.done === null ? `   ${progress.part}` : `   ${progress.part} ${progress.done.toLocaleString('en-US')}${progress.total === null ? '' : ` of ${progress.total.toLocaleString('en-US')}`}`;
  return line(` ${DOING[busy]} …`, span('strong', far));
}

export function runningScreen(snapshot: RunSnapshot, size: Size): Screen {
  const { state, busy, progress } = snapshot;
  const confirmed = state.plan?.groups.flatMap((group) => group.operations) ?? [];
  const done = confirmed.filter((operation) => state.writes[operation.id] === 'verified').length;
  const writes = busy === 'write' || busy === 'look' ? [line(span('muted', `   ${done} of ${confirmed.length} writes verified`))] : [];
  const found = progress?.found === undefined ? [] : wrap(line(span('warn', `   ${sanitise(progress.found)}`)), size.columns, 3);
  return { body: [...wrap(runningLine(snapshot), size.columns, 3), ...found, ...writes], prompt: [] };
}
