/** When a step or a write did not succeed: what happened, what it means, what can be done. */
import type { Failure, Question } from '../../runbook/model.ts';
import type { Size } from '../terminal.ts';
import { truncateEnd, sanitise } from '../text.ts';
import { line, span, wrap, type Line } from './line.ts';
import type { Describe, Screen } from './types.ts';
import { STEP_TITLE } from './words.ts';

type Trouble = Extract<Question, { kind: 'write-trouble' | 'failure' }>;

const WRITE_MEANING = {
  failed: 'The server did not do it.',
  unknown: 'No answer came: it may or may not have happened. It is looked for before anything else is sent.',
  diverged: 'The server now shows something else than what was written. Somebody or something else may be writing.',
} as const;

function failureLines(failure: Failure, size: Size): readonly Line[] {
  return [
    ...wrap(line('   ', failure.title), size.columns, 3),
    ...failure.next.flatMap((next) => wrap(line(`   → ${next}`), size.columns, 5)),
  ];
}

export function troubleLines(question: Trouble, describe: Describe, size: Size): readonly Line[] {
  if (question.kind === 'failure') {
    return [...wrap(line(' ', span('danger', 'FAILED'), `  ${STEP_TITLE[question.step]}`, span('muted', `   ${question.failure.code}`)), size.columns, 1), ...failureLines(question.failure, size)];
  }
  return [
    ...wrap(line(' ', span('danger', question.status.toUpperCase()), `  ${question.operation.title} of ${question.operation.owner}`), size.columns, 1),
    ...wrap(line('   ', describe(question.operation)), size.columns, 3),
    ...wrap(line('   ', WRITE_MEANING[question.status]), size.columns, 3),
    ...(question.failure ? failureLines(question.failure, size) : []),
    ...question.images.flatMap((image) => wrap(line('   ', span('muted', `found: ${image.id} ${truncateEnd(sanitise(JSON.stringify(image.value)), 300)}`)), size.columns, 5)),
  ];
}

/** What can be done now, in the words of the screen and of the plain prompts. */
export function troubleNext(question: Trouble): string {
  if (question.kind === 'failure' && question.step === 'choose') return 'r goes back to the choices, q leaves; nothing is lost.';
  return question.kind === 'failure' ? 'r tries again, q leaves; nothing is lost.' : 'r looks at the server and goes on from what it shows, q leaves; resume goes on from here.';
}

export function troubleScreen(question: Trouble, describe: Describe, size: Size): Screen {
  return { body: troubleLines(question, describe, size), prompt: wrap(line(' ', troubleNext(question)), size.columns, 1) };
}
