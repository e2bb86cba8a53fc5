import { classify } from './catalogue/index.ts';
import { settingsOf } from './launches/judge.ts';
import type { Recognised, SettingSite } from './artefacts/artefact.ts';
import type { SettingClass } from './catalogue/setting.ts';

/** What weighs more where one setting is read in several launches. */
export const WEIGHT: Readonly<Record<SettingClass | 'none', number>> = { destructive: 3, 'seed-only': 2, inert: 1, none: 0 };

/**
 * The strategy settings of a file, in its order: one entry for each place, with the worst that it does in any launch.
 *
 * @param version  the server's, where somebody knows it
 */
export function strategySites(found: Recognised, version: string | null): readonly SettingSite[] {
  const all = [...found.settings, ...found.launches.flatMap((launch) => settingsOf(launch, version))];
  const worst = new Map<string, SettingSite>();
  for (const site of all) {
    const key = `${site.offset} ${site.setting}`;
    const known = worst.get(key);
    if (!known || weigh(site) > weigh(known)) worst.set(key, site);
  }
  // A value under a name that decides is no literal beside it.
  const named = new Set([...worst.values()].flatMap(({ setting, offset }) => (setting === 'a literal' ? [] : [offset])));
  return [...worst.values()].filter(({ setting, offset }) => setting !== 'a literal' || !named.has(offset)).sort((a, b) => a.offset - b.offset);
}

/** A setting as people find it in the file, with its value. */
export function spelled({ setting, name = setting, value }: SettingSite): string {
  return value === null || value === 'guarded' || value === 'seed-only' || setting.includes('=') || setting === 'keycloak_*' ? name : `${name}=${value}`;
}

/** What a setting does where it stands. */
export function judged({ setting, value, version, beside, idle }: SettingSite): { readonly class: SettingClass; readonly because: string } {
  return idle ? { class: 'inert', because: 'What it belongs to is switched off here, or used by nothing in this file.' } : classify(setting, value, version, beside);
}

const weigh = (site: SettingSite) => WEIGHT[judged(site).class];
