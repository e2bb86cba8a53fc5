/** When a step or a write did not succeed: what happened, what it means, what can be done. */
import { sameImages } from '../../realm/images.ts';
import type { Json } from '../../realm/json.ts';
import type { Image } from '../../realm/model.ts';
import type { Failure, Question } from '../../runbook/model.ts';
import type { Size } from '../terminal.ts';
import { sanitise } from '../text.ts';
import { line, span, wrap, type Line } from './line.ts';
import type { Describe, Screen } from './types.ts';
import { valueLines } from './values.ts';
import { STEP_TITLE } from './words.ts';

type Trouble = Extract<Question, { kind: 'write-trouble' | 'failure' }>;

const WRITE_MEANING = {
  failed: 'The server did not do it.',
  unknown: 'No answer came: it may or may not have happened. It is looked for before anything else is sent.',
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
    // Where somebody else has been at work, it is not the request that matters.
    ...(question.status === 'diverged' ? [] : [...wrap(line('   ', describe(question.operation)), size.columns, 3), ...wrap(line('   ', WRITE_MEANING[question.status]), size.columns, 3)]),
    ...(question.failure ? failureLines(question.failure, size) : []),
    ...imageLines(question, size),
  ];
}

/** What each object is by now: against what this run knew of it, and against what it would make of it. */
function imageLines({ images, expected, operation }: Extract<Trouble, { kind: 'write-trouble' }>, size: Size): readonly Line[] {
  const valueIn = (of: readonly Image[], id: string) => of.find((image) => image.id === id)?.value ?? null;
  return images.flatMap(({ id, value }) => {
    const [known, wanted] = [valueIn(expected, id), valueIn(operation.after, id)];
    const sides = (from: Json, to: Json, names: readonly [string, string]) =>
      (sameImages([{ id, value: from }], [{ id, value: to }]) ? [] : valueLines({ ...(from === null ? {} : { live: from }), ...(to === null ? {} : { evidence: to }) }, size, names));
    return [
      ...wrap(line('   ', span('strong', sanitise(id))), size.columns, 5),
      ...(expected === operation.after ? sides(known, value, ['restored', 'now']) : [...sides(known, value, ['captured', 'now']), ...sides(value, wanted, ['now', 'to restore'])]),
    ];
  });
}

/** What can be done now, in the words of the screen and of the plain prompts. */
export function troubleNext(question: Trouble): string {
  if (question.kind === 'failure') return question.step === 'choose' ? 'r goes back to the choices, q leaves; nothing is lost.' : 'r tries again, q leaves; nothing is lost.';
  const keep = question.status === 'diverged' ? ', k keeps what is there' : '';
  return `r looks at the server and goes on from what it shows${keep}, q leaves; resume goes on from here.`;
}

export function troubleScreen(question: Trouble, describe: Describe, size: Size): Screen {
  return { body: troubleLines(question, describe, size), prompt: wrap(line(' ', troubleNext(question)), size.columns, 1) };
}
