import { isMap, isSeq } from 'yaml';
import type { Node } from 'yaml';
import { columnOf, endOf, itemStart, rangeOf } from '../splice/yaml-nodes.ts';
import { eolOf, nextLine } from '../splice/text.ts';
import { EXPECTED_IN_EXTRA_ENV } from '../strategy.ts';
import type { SettingSite } from '../artefacts/artefact.ts';

/**
 * The spellings that people look for in the `extraEnv` of a Keycloak chart (a string, or a list) and do not find there: each is added below the
 * last variable, in the list's own indent. Nothing is added where the list has nothing of Keycloak in it.
 */
export function missingInExtraEnv(content: Node, text: string): readonly SettingSite[] {
  if (!isSeq(content) || content.flow || content.items.length === 0) return [];
  const names = content.items.flatMap((item) => (isMap(item) ? [String(item.get('name'))] : []));
  if (!names.some((name) => /^(?:KC_|KEYCLOAK_|JAVA_OPTS)/.test(name))) return [];
  const last = content.items.at(-1) as Node;
  const eol = eolOf(text);
  const column = columnOf(text, itemStart(content, content.items.length - 1));
  const gap = rangeOf(last)[0] - itemStart(content, content.items.length - 1);
  const at = nextLine(text, endOf(text, last, true));
  return EXPECTED_IN_EXTRA_ENV.filter((name) => !names.includes(name)).map((name) => {
    const lead = ' '.repeat(column);
    const lines = [`${lead}-${' '.repeat(gap - 1)}name: ${name}`, `${lead}${' '.repeat(gap)}value: IGNORE_EXISTING`];
    const edit = text[at - 1] === '\n' ? lines.map((line) => line + eol).join('') : lines.map((line) => eol + line).join('');
    return { setting: name, offset: itemStart(content, content.items.length - 1), value: 'IGNORE_EXISTING', fix: { edits: [{ start: at, end: at, text: edit }], done: 'added as IGNORE_EXISTING' } };
  });
}
