/** The end: what was reached, and what to type next. */
import type { RunSnapshot } from '../../runner/handle.ts';
import { deniedLines } from '../../runbook/choices.ts';
import { pausedBy } from '../../runbook/paused.ts';
import { unproven } from '../../runbook/summary.ts';
import type { RunState } from '../../runbook/model.ts';
import { count } from '../../runbook/lines.ts';
import type { Size } from '../terminal.ts';
import { line, span, wrap, type Line } from './line.ts';
import { duration } from './words.ts';

/** Why a run that came to its end is not "done". */
function open(state: RunState): readonly string[] {
  return [
    ...unproven(state).map(({ owner, count: n }) => `NOT PROVEN: ${count(n, 'claim')} of ${owner}`),
    ...Object.entries(state.accepted).map(([owner, reason]) => `not proven, but accepted: ${owner}: ${reason}`),
    ...(state.account?.ok === false ? ['NOT EQUAL: the account shows what moved'] : []),
    ...(state.thaw.equal === false ? ['CHANGED: the sync after the thaw changed the realm again'] : []),
    ...(state.skipped.length > 0 ? [`skipped: ${state.skipped.join(', ')}`] : []),
  ];
}

/** Time between start and the last journal line; the views read no clock. */
function took({ state, lastLine }: RunSnapshot): string {
  const from = Date.parse(state.run?.startedAt ?? '');
  const to = Date.parse(lastLine?.at ?? '');
  return Number.isNaN(from) || Number.isNaN(to) ? '' : ` in ${duration(to - from)}`;
}

/** A command on this run, as it can be typed. */
function command(verb: 'resume' | 'undo' | 'thaw' | 'transcript verify', { state, record }: RunSnapshot): string {
  return `realm-rescue ${verb} ${state.run?.id ?? ''}${(verb === 'transcript verify' ? record?.flag : record?.again) ?? ''}`;
}

/** Where the record lies, and what holds it: whoever notes the head can show later that no line was altered or cut off. */
function recordLines(snapshot: RunSnapshot): readonly Line[] {
  const { record } = snapshot;
  return [
    ...(record === undefined ? [] : [line(`   record: ${record.directory}`), line(`   head ${record.head}`)]),
    line(`   verify with: ${command('transcript verify', snapshot)}`),
    ...(Object.values(snapshot.state.writes).includes('verified') ? [line(`   take everything back with: ${command('undo', snapshot)}`)] : []),
    ...(pausedBy(snapshot.state) === 'run' ? [line(`   let the writer run again with: ${command('thaw', snapshot)}`)] : []),
  ];
}

/** The lines that a run leaves last. */
export function endLines(snapshot: RunSnapshot, size: Size): readonly Line[] {
  const { state } = snapshot;
  const lines: Line[] = [];
  if (state.finished !== null) {
    const { summary, exit } = state.finished;
    const done = exit === 0;
    lines.push(
      line(' ', span(done ? 'ok' : 'warn', done ? `Done${took(snapshot)}.` : `Ended${took(snapshot)}, but not everything is done.`), ` ${summary.restored} restored, ${summary.proven} proven, ${summary.failed} failed, ${summary.left} left.`),
      ...open(state).map((text) => line('   ', span('danger', text))),
      ...(state.run === null ? [] : deniedLines(state.differences, state.choices, state.run.settings)).map((text) => line('   ', span('warn', text))),
      ...recordLines(snapshot),
    );
  } else if (state.stopped !== null) {
    lines.push(line(' ', span('warn', 'Stopped'), `: ${state.stopped.note}`), line(`   resume with: ${command('resume', snapshot)}`));
  }
  return lines.flatMap((of) => wrap(of, size.columns, 3));
}

/** What a front end says when a first ctrl-c has come and something is in flight. */
export const STOPPING = 'Stopping after the request in flight. Ctrl-C again leaves now; the journal is intact either way.';

/** What a front end says when it has to leave while the run has not ended: ctrl-c twice, or a signal. */
export function leftLines(snapshot: RunSnapshot, size: Size): readonly Line[] {
  return [' Left at once. The journal is intact.', `   resume with: ${command('resume', snapshot)}`].flatMap((text) => wrap(line(text), size.columns, 3));
}
