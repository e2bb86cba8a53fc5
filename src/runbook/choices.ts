import { answerKeys, choiceOf, fieldKey, hasFields } from '../realm/choice.ts';
import type { Choice, Difference } from '../realm/model.ts';
import type { RunSettings } from './model.ts';

/**
 * What the flags decide about one difference; undefined where they leave it to the person.
 * An answers file names differences one by one and so wins over `--lost`, `--changed` and `--live-only`;
 * `--client` limits the run: what belongs to other owners is left alone.
 */
export function flagChoice(difference: Difference, settings: RunSettings): Choice | undefined {
  const answer = settings.answers[difference.id];
  if (answer) return allowed(difference, answer);
  if (settings.clients.length > 0 && !settings.clients.includes(difference.owner)) return 'leave';
  const setting = difference.change === 'lost' ? settings.lost : difference.change === 'changed' ? settings.changed : settings.liveOnly;
  return setting === 'ask' ? undefined : allowed(difference, setting);
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

/** Ids that nobody has answered yet; where only some fields of a change are answered, the keys of the others. */
export function missingChoices(differences: readonly Difference[], choices: Readonly<Record<string, Choice>>): string[] {
  return differences.filter((difference) => choiceOf(difference, choices) === undefined).flatMap((difference) => {
    const open = hasFields(difference) ? difference.fields.map((field) => fieldKey(difference.id, field.path)).filter((key) => choices[key] === undefined) : [];
    return open.length === 0 || open.length === difference.fields.length ? [difference.id] : open;
  });
}
