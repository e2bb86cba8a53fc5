/** Restore: the exact requests, what stays as it is, and the word. */
import { choiceOf, fieldWords } from '../../realm/choice.ts';
import { lossLines, newSecretLine } from '../../realm/hand-over.ts';
import type { Group, Operation } from '../../realm/model.ts';
import type { Question, RunState } from '../../runbook/model.ts';
import type { RunSnapshot } from '../../runner/handle.ts';
import type { Size } from '../terminal.ts';
import { displayWidth, padTo, sanitise, truncateMiddle } from '../text.ts';
import { line, span, wrap, type Line } from './line.ts';
import type { Describe, Scene, Screen } from './types.ts';
import { kindNoun } from './words.ts';

export type ConfirmQuestion = Extract<Question, { kind: 'confirm' }>;

/** Heading with the way back. */
export function confirmHeading(question: ConfirmQuestion, { state, record }: RunSnapshot, size: Size): readonly Line[] {
  const head = line(' ', span('strong', `Restore ${question.index + 1}/${question.total}  ${question.group.owner}`), span('muted', `   undo: realm-rescue undo ${state.run?.id ?? ''}${record?.again ?? ''}`));
  return wrap(head, size.columns, 1);
}

/** Every request as it will be sent. Long paths are cut in the middle only where the screen is too narrow for one line. */
export function requestLines(group: Group, describe: Describe, size: Size): readonly Line[] {
  const described = group.operations.map((operation) => ({ operation, text: sanitise(describe(operation)) }));
  if (size.width === 'narrow') return described.flatMap(({ operation, text }) => [...wrap(line(`  ${text}`), size.columns, 4), ...about(operation, size.columns)]);
  const room = size.columns - 4;
  const longest = Math.max(...described.map(({ text }) => displayWidth(text)), 0);
  return described.flatMap(({ operation, text }) => {
    const note = noteOf(operation);
    if (longest + 3 + displayWidth(note) <= room) return [line('   ', padTo(text, longest), '   ', span('muted', note))];
    return [line('   ', truncateMiddle(text, room)), ...about(operation, size.columns)];
  });
}

function noteOf(operation: Operation): string {
  return sanitise(operation.note === undefined ? operation.title : `${operation.title}, ${operation.note}`);
}

function about(operation: Operation, columns: number): readonly Line[] {
  return wrap(line('      ', span('muted', noteOf(operation))), columns, 6);
}

/** True sentences about what these writes leave alone, and about what they cannot take back. */
export function promiseLines(group: Group, state: RunState, size: Size): readonly Line[] {
  const { operations } = group;
  const onClient = (operation: Operation, method: string) => operation.request.method === method && operation.request.path[0] === 'clients' && operation.request.path.length === 2;
  const removed = operations.some((operation) => onClient(operation, 'DELETE'));
  const rewritten = operations.some((operation) => onClient(operation, 'PUT'));
  const forGood = operations.filter((operation) => operation.inverse === null);
  const onRequest = operations.filter((operation) => operation.inverseEndsSessions === true);
  const secrets = state.plan?.newSecrets.filter((client) => client === group.owner) ?? [];
  const sentences = [
    removed ? 'A client is removed: its sessions end with it.' : 'Sessions stay.',
    rewritten ? 'Of the client only the fields named here change.' : 'No client is rewritten.',
    operations.length === 1 ? '1 write, sent once and read back.' : `${operations.length} writes, each sent once and read back.`,
  ];
  return [
    ...wrap(line(' ', sentences.join(' ')), size.columns, 1),
    ...forGood.flatMap((operation) => wrap(line(' ', span('warn', `Cannot be taken back: ${operation.title}. ${operation.inverseNote ?? ''}`)), size.columns, 1)),
    ...onRequest.flatMap((operation) => wrap(line(' ', `Taken back only with undo --delete-clients: ${operation.title}. ${operation.inverseNote ?? ''}`), size.columns, 1)),
    ...lossLines(operations).flatMap((loss) => wrap(line(' ', span('warn', loss)), size.columns, 1)),
    ...secrets.flatMap((client) => wrap(line(' ', span('warn', state.plan === null ? '' : newSecretLine(state.plan, client))), size.columns, 1)),
  ];
}

/** Of changes that were answered field by field: which fields go out with these writes, and which stay as they are. */
export function partLines(group: Group, { differences, choices }: RunState, size: Size): readonly Line[] {
  const covered = new Set(group.operations.flatMap((operation) => operation.covers));
  return differences.filter((difference) => covered.has(difference.id) && choiceOf(difference, choices) === 'mixed')
    .flatMap((difference) => wrap(line(' ', `Of ${kindNoun(difference.kind)} ${difference.name}: `, span('strong', fieldWords(difference, choices)), '.'), size.columns, 3));
}

/** What `WORD all` would cover, as the end of a sentence; empty for the last client, where it means nothing more. */
export function allWords(question: ConfirmQuestion): string {
  const left = question.total - question.index;
  return left < 2 ? '' : `, ${question.word} all for the ${left} that remain`;
}

export function confirmScreen(question: ConfirmQuestion, scene: Scene): Screen {
  const { size, snapshot: { state }, local } = scene;
  const typing = local.field === 'word';
  const ask = typing
    ? line(` Type ${question.word} to send them${allWords(question)}, Esc for more: `, span('focus', `${local.typed}▏`))
    : line(' Nothing is sent. The choices stand, there is no way back to Choose: s skips this client, q leaves, and a new run chooses anew. Enter goes back to typing.');
  return {
    body: [...confirmHeading(question, scene.snapshot, size), ...requestLines(question.group, scene.describe, size), ...partLines(question.group, state, size), ...promiseLines(question.group, state, size)],
    prompt: wrap(ask, size.columns, 1),
  };
}
