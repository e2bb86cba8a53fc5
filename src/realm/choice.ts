/**
 * Answers: for a whole difference under its id, and for one of its fields under `id#path`. A field's own answer wins; the others follow
 * the difference. So evidence can be chosen for one field without bringing the others.
 */
import type { Choice, Difference } from './model.ts';
import { remembered } from './remember.ts';

export type Choices = Readonly<Record<string, Choice>>;

/** The key of an answer for one field: `client-mapper:app/groups#config.claim.name`. */
export function fieldKey(id: string, path: string): string {
  return `${id}#${path}`;
}

/** Every key under which a difference can be answered: its id, and one for each field of a change. */
export function answerKeys(difference: Pick<Difference, 'id' | 'change' | 'fields'>): readonly string[] {
  return [difference.id, ...(hasFields(difference) ? difference.fields.map((field) => fieldKey(difference.id, field.path)) : [])];
}

/** Only a change with several fields can be answered field by field; with one field it is the same question. */
export function hasFields(difference: Pick<Difference, 'change' | 'fields'>): boolean {
  return difference.change === 'changed' && difference.fields.length > 1;
}

/** The answer that holds for one field. */
export function fieldChoice(difference: Pick<Difference, 'id' | 'change' | 'fields'>, path: string, choices: Choices): Choice | undefined {
  return (hasFields(difference) ? choices[fieldKey(difference.id, path)] : undefined) ?? choices[difference.id];
}

/** The answer of a difference; `mixed` where its fields are answered differently, undefined while one of them is open. */
export function choiceOf(difference: Pick<Difference, 'id' | 'change' | 'fields'>, choices: Choices): Choice | 'mixed' | undefined {
  const whole = choices[difference.id];
  if (!hasFields(difference)) return whole;
  let found: Choice | 'mixed' | undefined;
  for (const { path } of difference.fields) {
    const choice = choices[fieldKey(difference.id, path)] ?? whole;
    if (choice === undefined) return undefined;
    found = found === undefined || found === choice ? choice : 'mixed';
  }
  return found;
}

/** Whether anything of a difference is answered with `choice`. */
export function isAnswered(difference: Pick<Difference, 'id' | 'change' | 'fields'>, choice: Choice, choices: Choices): boolean {
  if (!hasFields(difference)) return choices[difference.id] === choice;
  return difference.fields.some((field) => fieldChoice(difference, field.path, choices) === choice);
}

/** The keys that still want an answer: the id while nothing of the difference is answered, afterwards those of its open fields. */
export function openKeys(difference: Pick<Difference, 'id' | 'change' | 'fields'>, choices: Choices): readonly string[] {
  if (choiceOf(difference, choices) !== undefined) return [];
  const open = answerKeys(difference).slice(1).filter((key) => choices[key] === undefined);
  return open.length === difference.fields.length || open.length === 0 ? [difference.id] : open;
}

/** The paths of the fields by what was chosen for them, in the order restore, keep, leave; what nobody chose is left out. */
export function fieldsByChoice(difference: Pick<Difference, 'id' | 'change' | 'fields'>, choices: Choices): readonly (readonly [Choice, readonly string[]])[] {
  return (['restore', 'keep', 'leave'] as const).flatMap((choice) => {
    const paths = difference.fields.map((field) => field.path).filter((path) => fieldChoice(difference, path, choices) === choice);
    return paths.length === 0 ? [] : [[choice, paths] as const];
  });
}

/** `restore config.claim.name; keep config.multivalued`: what was chosen field by field, as one clause. */
export function fieldWords(difference: Pick<Difference, 'id' | 'change' | 'fields'>, choices: Choices): string {
  return fieldsByChoice(difference, choices).map(([choice, paths]) => `${choice} ${paths.join(', ')}`).join('; ');
}

/** Answers for a whole difference, with the answers of its fields taken back: an answer for the whole is meant for all of it. */
export function answerWhole(differences: readonly Difference[], made: Choices, before: Choices): Choices {
  const byId = withFields(differences, null);
  const stale = new Set(Object.keys(made).flatMap((id) => byId.get(id)?.fields.map((field) => fieldKey(id, field.path)).filter((key) => before[key] !== undefined) ?? []));
  return { ...(stale.size === 0 ? before : Object.fromEntries(Object.entries(before).filter(([key]) => !stale.has(key)))), ...made };
}

const withFields = remembered((differences: readonly Difference[], _none: null): ReadonlyMap<string, Difference> => new Map(differences.filter(hasFields).map((difference) => [difference.id, difference])));

/** The answers of some differences that are restored: what was chosen within them, and `restore` for those that were pulled in. */
export function settledAnswers(restored: readonly Difference[], choices: Choices): Choices {
  return Object.fromEntries(restored.flatMap((difference): (readonly [string, Choice])[] => {
    if (!isAnswered(difference, 'restore', choices)) return [[difference.id, 'restore']];
    return answerKeys(difference).flatMap((key) => (choices[key] === undefined ? [] : [[key, choices[key]] as const]));
  }));
}
