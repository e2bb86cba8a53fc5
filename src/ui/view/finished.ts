/** What scrolls up and stays: the banner, finished steps, restored clients with their proofs, the end. */
import { STEPS, type RunState, type StepName, type StepState } from '../../runbook/model.ts';
import { lossLines } from '../../realm/hand-over.ts';
import type { Group } from '../../realm/model.ts';
import { count } from '../../runbook/lines.ts';
import type { RunSnapshot } from '../../runner/handle.ts';
import type { Size } from '../terminal.ts';
import { endLines } from './end.ts';
import { banner } from './header.ts';
import { line, span, wrap, type Line, type Token } from './line.ts';
import { proofsLines } from './prove.ts';
import { exportLines, movedLines, planLines } from './results.ts';
import { triageLines } from './triage.ts';
import type { Block } from './types.ts';
import { STEP_TITLE } from './words.ts';

const MARK: Readonly<Record<StepState['status'], readonly [string, Token]>> = {
  pending: [' ', 'muted'], active: ['>', 'focus'], done: ['✓', 'ok'], warned: ['!', 'warn'], failed: ['x', 'danger'], skipped: ['-', 'muted'],
};
/** A mark alone is easily missed, and a screen reader may not read it. */
const WORD: Partial<Record<StepState['status'], string>> = { failed: 'FAILED: ', skipped: 'skipped: ' };

function marked(status: StepState['status'], title: string, text: string, size: Size): readonly Line[] {
  const [mark, token] = MARK[status];
  const indent = size.width === 'narrow' ? 3 : 14;
  const head = size.width === 'narrow' ? `${title}: ` : title.padEnd(11);
  return wrap(line(' ', span(token, mark), ` ${head}`, `${WORD[status] ?? ''}${text}`), size.columns, indent);
}

function stepLines(step: StepName, state: RunState, size: Size): readonly Line[] {
  const { status, line: text } = state.steps[step];
  const own = marked(status, STEP_TITLE[step], text ?? '', size);
  switch (step) {
    case 'triage': return [...own, ...(state.triage ? triageLines(state.triage, size, { depth: size.whole === true ? 'full' : 'brief', promise: false }) : [])];
    case 'choose': return [...own, ...planLines(state, size)];
    case 'account': return [...own, ...movedLines(state, size)];
    case 'export': return [...own, ...exportLines(state, size)];
    default: return own;
  }
}

/** True when the run has gone past a step, so that its line will not change any more. */
function isPast(step: StepName, state: RunState): boolean {
  const ended = state.finished !== null || state.stopped !== null;
  return state.steps[step].line !== null && (ended || STEPS.indexOf(step) < STEPS.indexOf(state.step)) && !(step === 'restore' && state.step === 'prove');
}

function groupBlocks(group: Group, index: number, total: number, state: RunState, size: Size): readonly Block[] {
  const { owner, operations } = group;
  const place = `${index + 1}/${total}  ${owner}`;
  if (state.skipped.includes(owner)) return [{ key: `skipped ${owner}`, lines: marked('skipped', 'Restore', place, size) }];
  const verified = operations.filter((operation) => state.writes[operation.id] === 'verified').length;
  if (verified < operations.length || operations.length === 0) return [];
  const losses = lossLines(operations).flatMap((loss) => wrap(line('   ', span('warn', loss)), size.columns, 5));
  const restored = { key: `restored ${owner}`, lines: [...marked('done', 'Restore', `${place}   ${verified === 1 ? '1 write,' : `${count(verified, 'write')}, each`} read back`, size), ...losses] };
  const proofs = state.proofs[owner];
  const reason = state.accepted[owner];
  const asked = state.question?.kind === 'not-proven' && state.question.owner === owner;
  if (proofs === undefined || proofs.length === 0 || asked) return [restored];
  const bad = proofs.some((proof) => proof.outcome !== 'proven');
  const lines = [
    ...marked(bad ? 'warned' : 'done', 'Prove', place, size),
    ...proofsLines(owner, proofs, size),
    ...(reason === undefined ? [] : wrap(line(' ', span('warn', 'ACCEPTED'), `  not proven, with the reason: ${reason}`), size.columns, 3)),
  ];
  return [restored, { key: `proven ${owner} ${proofs.map((proof) => `${proof.outcome} ${proof.user ?? ''}`).join()} ${reason ?? ''}`, lines }];
}

/** Everything that is finished so far, in the order in which it is shown. Keys tell what a screen has already written. */
export function finishedBlocks(snapshot: RunSnapshot, size: Size): readonly Block[] {
  const { state } = snapshot;
  if (state.run === null) return [];
  const known = state.connection !== null || state.failure !== null || state.stopped !== null;
  const blocks: Block[] = known ? [{ key: 'banner', lines: banner(state, size) }] : [];
  for (const step of STEPS) {
    if (step === 'restore') {
      const groups = state.plan?.groups ?? [];
      blocks.push(...groups.flatMap((group, index) => groupBlocks(group, index, groups.length, state, size)));
    }
    if (isPast(step, state)) blocks.push({ key: `${step} ${state.steps[step].line ?? ''}`, lines: stepLines(step, state, size) });
  }
  if (state.finished !== null || state.stopped !== null) blocks.push({ key: 'end', lines: endLines(snapshot, size) });
  return blocks;
}

/** Adds what is new: what was written stays as it was written. */
export function commit(written: readonly Block[], blocks: readonly Block[]): readonly Block[] {
  const keys = new Set(written.map((block) => block.key));
  const fresh = blocks.filter((block) => !keys.has(block.key));
  return fresh.length === 0 ? written : [...written, ...fresh];
}
