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

/** All that the flags decide, by difference id. */
export function presetChoices(differences: readonly Difference[], settings: RunSettings): Record<string, Choice> {
  const choices: Record<string, Choice> = {};
  for (const difference of differences) {
    const choice = flagChoice(difference, settings);
    if (choice) choices[difference.id] = choice;
  }
  return choices;
}

/** Ids that nobody has answered yet. */
export function missingChoices(differences: readonly Difference[], choices: Readonly<Record<string, Choice>>): string[] {
  return differences.filter((difference) => choices[difference.id] === undefined).map((difference) => difference.id);
}
