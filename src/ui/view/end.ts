/** The end: what was reached, and what to type next. */
import type { RunSnapshot } from '../../runner/handle.ts';
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

/** The lines that a run leaves last. */
export function endLines(snapshot: RunSnapshot, size: Size): readonly Line[] {
  const { state } = snapshot;
  const id = state.run?.id ?? '';
  const lines: Line[] = [];
  if (state.finished !== null) {
    const { summary, exit } = state.finished;
    const left = open(state);
    const done = exit === 0;
    lines.push(
      line(' ', span(done ? 'ok' : 'warn', done ? `Done${took(snapshot)}.` : `Ended${took(snapshot)}, but not everything is done.`), ` ${summary.restored} restored, ${summary.proven} proven, ${summary.failed} failed, ${summary.left} left.`),
      ...left.map((text) => line('   ', span('danger', text))),
      line(`   verify the record with: realm-rescue transcript verify ${id}`),
      line(`   take everything back with: realm-rescue undo ${id}`),
    );
  } else if (state.stopped !== null) {
    lines.push(line(' ', span('warn', `Stopped (${state.stopped.reason}).`), ` ${state.stopped.note}`), line(`   resume with: realm-rescue resume ${id}`));
  }
  return lines.flatMap((of) => wrap(of, size.columns, 3));
}

/** What a front end says when it has to leave while the run has not ended: ctrl-c twice. */
export function leftLines(snapshot: RunSnapshot, size: Size): readonly Line[] {
  const id = snapshot.state.run?.id ?? '';
  return [` Left at once. The journal is intact.`, `   resume with: realm-rescue resume ${id}`].flatMap((text) => wrap(line(text), size.columns, 3));
}
