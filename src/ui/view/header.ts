/** Where we are: the target, and the step. */
import { STEPS, type RunInfo, type RunState } from '../../runbook/model.ts';
import type { RunSnapshot } from '../../runner/handle.ts';
import type { Size } from '../terminal.ts';
import { displayWidth, sanitise, truncateMiddle } from '../text.ts';
import { fit, flow, line, lineWidth, span, type Line, type Span } from './line.ts';
import { STEP_TITLE } from './words.ts';

/** `keycloak.example.com / primary`. */
function target(run: RunInfo): string {
  const host = URL.canParse(run.url) ? new URL(run.url).host : run.url;
  return `${sanitise(host)} / ${sanitise(run.realm)}`;
}

/** The words that change what a key press means: which environment, and whether anything can be written. */
function tags(run: RunInfo): readonly Span[] {
  return [
    ...(run.envTag ? [span('danger', run.envTag), span('plain', '  ')] : []),
    ...(run.demo && run.envTag !== 'SANDBOX' ? [span('warn', 'DEMO'), span('plain', '  ')] : []),
    ...(run.readOnly ? [span('warn', 'READ-ONLY'), span('plain', '  ')] : []),
  ];
}

/** Scrolls up once, as the head of the record: tool, environment, target, server version, session. */
export function banner(state: RunState, size: Size): readonly Line[] {
  const { run } = state;
  if (!run) return [];
  const tool = run.tool.startsWith('realm-rescue') ? run.tool : `realm-rescue ${run.tool}`;
  const version = state.connection?.serverVersion;
  const parts = [line(span('strong', tool)), line(...tags(run), target(run)), line(version ?? ''), line(span('muted', `session ${run.id}`))];
  return flow(parts, size.columns, size.width === 'wide' ? '   ' : '  ');
}

/** The rule above the live part. It repeats the target, because the banner scrolls away and a wrong realm is the worst mistake. */
export function rule({ state, lastSeq }: RunSnapshot, size: Size): Line {
  const { run } = state;
  if (!run) return line(span('muted', '─'.repeat(size.columns)));
  const journal = `journal #${lastSeq}`;
  if (size.width === 'narrow') {
    const head = line(...tags(run));
    const room = size.columns - lineWidth(head) - journal.length - 1;
    return fit(line(...head, truncateMiddle(target(run), Math.max(8, room)), ' ', span('muted', journal)), size.columns);
  }
  const left = line(span('muted', '── '), ...tags(run), target(run), ' ', span('muted', `── ${journal} `));
  return fit(line(...left, span('muted', '─'.repeat(Math.max(0, size.columns - lineWidth(left))))), size.columns);
}

const MARK: Readonly<Record<RunState['steps']['connect']['status'], string>> = {
  pending: '·', active: '>', done: '✓', warned: '!', failed: 'x', skipped: '-',
};

/** One line with the marks of all steps, the present one by name, and what comes next. */
export function rail(state: RunState, size: Size): Line {
  const index = STEPS.indexOf(state.step);
  const place = `${index + 1}/${STEPS.length} ${STEP_TITLE[state.step]}`;
  if (size.width === 'narrow') return fit(line(span('focus', `step: ${place}`)), size.columns);
  const marks = STEPS.map((step) => (step === state.step ? '>' : MARK[state.steps[step].status])).join('');
  const head = line(' ', span('muted', size.width === 'wide' ? `${marks}  ` : ''), span('focus', `Step ${place}`));
  const coming = STEPS.slice(index + 1).map((step) => STEP_TITLE[step]);
  let next = '';
  for (const title of coming) {
    const longer = next === '' ? `   next: ${title}` : `${next}, ${title}`;
    if (lineWidth(head) + displayWidth(longer) > size.columns) break;
    next = longer;
  }
  return line(...head, span('muted', next));
}
