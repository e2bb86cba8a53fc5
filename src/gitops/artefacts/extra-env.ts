import { isMap, isScalar, isSeq, visit } from 'yaml';
import type { Node } from 'yaml';
import { isYamlPath } from './artefact.ts';
import { EXPECTED_IN_EXTRA_ENV } from '../catalogue/index.ts';
import { newItems } from '../launches/container.ts';
import { wholeFile } from '../launches/launch.ts';
import { insideScalar, yamlInside } from '../launches/nested.ts';
import { itemStart, keyOf } from '../splice/yaml-nodes.ts';
import type { Layer } from '../launches/launch.ts';
import type { Recogniser, SettingSite } from './artefact.ts';

/**
 * The spellings that people look for in the `extraEnv` of a Keycloak chart (a text, or a list) and do not find there: each is added below
 * the last variable, in the list's own indent. Nothing is added where the list has nothing of Keycloak in it.
 */
export const extraEnv: Recogniser = {
  name: 'extraEnv of a chart',
  recognise(file) {
    if (!isYamlPath(file.path) || !file.text.includes('extraEnv')) return null;
    const settings: SettingSite[] = [];
    for (const document of file.yaml()) {
      visit(document, {
        Pair(_, pair) {
          if (keyOf(pair) === 'extraEnv') settings.push(...missingIn(pair.value as Node | null, wholeFile(file.text)));
        },
      });
    }
    return settings.length === 0 ? null : { artefact: 'helm-values', realms: [], settings, launches: [], refusal: null };
  },
};

function missingIn(node: Node | null, layer: Layer): readonly SettingSite[] {
  if (isScalar(node)) {
    const inside = typeof node.value === 'string' ? yamlInside(insideScalar(node, layer)) : null;
    return inside ? missingIn(inside.content, inside.layer) : [];
  }
  if (!isSeq(node) || node.items.length === 0 || layer.lift === null) return [];
  const names = node.items.flatMap((item) => (isMap(item) ? [String(item.get('name'))] : []));
  if (!names.some((name) => /^(?:KC_|KEYCLOAK_|JAVA_OPTS)/.test(name))) return [];
  const missing = EXPECTED_IN_EXTRA_ENV.filter((name) => !names.includes(name));
  const edits = newItems(node, layer.text, missing.map((name) => [name, 'IGNORE_EXISTING'] as const));
  const offset = edits.length === 0 ? 0 : layer.place(itemStart(node, node.items.length - 1));
  return edits.flatMap((edit, index) => [{
    setting: missing[index] ?? '', offset, value: 'IGNORE_EXISTING', version: null, beside: new Set<never>(), absent: true,
    fix: { edits: layer.lift?.([edit]) ?? [], done: 'added as IGNORE_EXISTING' },
  }]);
}
