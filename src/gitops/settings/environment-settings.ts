import { ENVIRONMENT_SETTINGS } from '../strategy.ts';
import type { SettingSite } from '../artefacts/artefact.ts';
import type { TextEdit } from '../splice/text.ts';

/** The site of an environment variable; `replace` makes the edits that give it another value, null where that is not possible. */
export function environmentSite(name: string, value: string, offset: number, replace: ((value: string) => TextEdit[]) | null): SettingSite | null {
  if (!ENVIRONMENT_SETTINGS.has(name)) return null;
  const wanted = name === 'KC_OVERRIDE' ? 'false' : 'IGNORE_EXISTING';
  const fix = value.toLowerCase() === wanted.toLowerCase() || !replace ? null : { edits: replace(wanted), done: `set to ${wanted}` };
  return { setting: name, offset, value, fix };
}

const ASSIGNMENT = /^([ \t]*(?:-[ \t]+)?(?:export[ \t]+|ENV[ \t]+|ARG[ \t]+)?)([A-Z][A-Z0-9_]*)=(["']?)([^\s"';#]*)\3/gm;

/** `KEY=value` at the beginning of a line: shell, Dockerfile, .env. Lines that are comments do not begin with a name. */
export function assignments(text: string): readonly SettingSite[] {
  return [...text.matchAll(ASSIGNMENT)].flatMap((match) => {
    const [, lead = '', name = '', quote = '', value = ''] = match;
    const start = match.index + lead.length + name.length + 1 + quote.length;
    const site = environmentSite(name, value, match.index + lead.length, (wanted) => [{ start, end: start + value.length, text: wanted }]);
    return site ? [site] : [];
  });
}
