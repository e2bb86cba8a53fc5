import { answerKeys, answerWhole, choiceOf, fieldKey, hasFields, openKeys, type Choices } from '../realm/choice.ts';
import type { Choice, Difference } from '../realm/model.ts';
import { remembered } from '../realm/remember.ts';
import type { RunSettings, RunState } from './model.ts';

/**
 * What the flags decide about one difference; undefined where they leave it to the person.
 * An answers file names differences one by one and so wins over `--lost`, `--changed` and `--live-only`;
 * `--client` limits the run: what belongs to other owners is left alone.
 */
export function flagChoice(difference: Difference, settings: RunSettings): Choice | undefined {
  const answer = wish(difference, settings);
  return answer && allowed(difference, answer);
}

/** What the flags ask for, whether or not it can be had. */
function wish(difference: Difference, settings: RunSettings): Choice | undefined {
  const answer = settings.answers[difference.id] ?? onlyField(difference, settings);
  if (answer) return answer;
  if (settings.clients.length > 0 && !settings.clients.includes(difference.owner)) return 'leave';
  const setting = difference.change === 'lost' ? settings.lost : difference.change === 'changed' ? settings.changed : settings.liveOnly;
  return setting === 'ask' ? undefined : setting;
}

/** How many are named; the rest is counted. */
const NAMED = 5;

/**
 * Why what the flags wanted restored is left all the same, one line a reason: `2 differences are left although restore was asked for: ...`.
 * Nobody answered these with leave, so they must not look as if somebody had.
 */
export function deniedLines(differences: readonly Difference[], choices: Choices, settings: RunSettings): readonly string[] {
  const denied = differences.filter((difference) => {
    const asked = wish(difference, settings) === 'restore' || answerKeys(difference).some((key) => settings.answers[key] === 'restore');
    return difference.onlyCompared !== undefined && asked && choiceOf(difference, choices) === 'leave';
  });
  return [...Map.groupBy(denied, ({ onlyCompared = '' }) => onlyCompared)].map(([because, left]) => {
    const names = left.slice(0, NAMED).map(({ id }) => id).join(', ');
    return `${left.length === 1 ? '1 difference is' : `${left.length} differences are`} left although restore was asked for (${names}${left.length > NAMED ? ` and ${left.length - NAMED} more` : ''}): ${because}`;
  });
}

/** A change with one field may be answered by the key of that field, too: it is the same question. */
function onlyField(difference: Difference, settings: RunSettings): Choice | undefined {
  const [field] = difference.fields;
  return difference.change !== 'changed' || hasFields(difference) || field === undefined ? undefined : settings.answers[fieldKey(difference.id, field.path)];
}

/** A difference that this tool only compares cannot be restored; asked to, it is kept out of the plan and reported as left. */
function allowed(difference: Difference, choice: Choice): Choice {
  return choice === 'restore' && difference.onlyCompared ? 'leave' : choice;
}

/** All that the flags decide, by difference id and, where an answers file names single fields, by their keys. */
export function presetChoices(differences: readonly Difference[], settings: RunSettings): Record<string, Choice> {
  const choices: Record<string, Choice> = {};
  for (const difference of differences) {
    const choice = flagChoice(difference, settings);
    if (choice) choices[difference.id] = choice;
    for (const key of answerKeys(difference).slice(1)) {
      const answer = settings.answers[key];
      if (answer) choices[key] = allowed(difference, answer);
    }
  }
  return choices;
}

/** What the flags decide of what is still open: fields that were answered before keep their answers. */
export function flagChoices(differences: readonly Difference[], choices: Choices, settings: RunSettings): Choices {
  return Object.fromEntries(differences.flatMap((difference): (readonly [string, Choice])[] => {
    const open = openKeys(difference, choices);
    if (open.includes(difference.id)) return Object.entries(presetChoices([difference], settings));
    return open.flatMap((key) => {
      const answer = settings.answers[key];
      const choice = answer ? allowed(difference, answer) : flagChoice(difference, settings);
      return choice === undefined ? [] : [[key, choice] as const];
    });
  }));
}

/**
 * The choices of a run that goes on after they stood, but before its plan was made: where its file of answers has grown since, the new ones hold. So a plan that
 * was refused for a missing role can go on with less.
 */
export function choicesAgain({ run, differences, choices }: Pick<RunState, 'run' | 'differences' | 'choices'>, { answers }: Pick<RunSettings, 'answers'>): Choices {
  const known = run?.settings.answers ?? {};
  const fresh = differences.flatMap((difference) => answerKeys(difference).flatMap((key): (readonly [string, Choice])[] => {
    const answer = answers[key];
    return answer === undefined || answer === known[key] ? [] : [[key, allowed(difference, answer)]];
  }));
  return answerWhole(differences, Object.fromEntries(fresh), choices);
}

/** Ids that nobody has answered yet; where only some fields of a change are answered, the keys of the others. */
export const missingChoices: (differences: readonly Difference[], choices: Choices) => readonly string[] = remembered((differences, choices) => differences.flatMap((difference) => openKeys(difference, choices)));

/** What the suggestions answer of what is still open, and how many answers only a person can give. */
export function suggestedChoices(differences: readonly Difference[], choices: Choices): { readonly choices: Choices; readonly open: number } {
  const taken: Record<string, Choice> = {};
  let open = 0;
  for (const difference of differences) {
    for (const key of openKeys(difference, choices)) {
      if (difference.suggest === 'ask') open += 1;
      else taken[key] = difference.suggest;
    }
  }
  return { choices: taken, open };
}
