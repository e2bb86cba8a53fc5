import { describe, expect, test } from 'vitest';
import { openFile } from '../../src/gitops/artefacts/artefact.ts';
import { recognise } from '../../src/gitops/artefacts/index.ts';
import { applyEdits, Refusal } from '../../src/gitops/splice/text.ts';
import { verifyPatched } from '../../src/gitops/verify.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import type { TextEdit } from '../../src/gitops/splice/text.ts';

/** Checks a patch made by hand: right or wrong on purpose. */
function verify(path: string, text: string, edits: readonly TextEdit[], intended: (realm: JsonObject) => JsonObject, result = applyEdits(text, edits)) {
  const file = openFile(path, text);
  const realms = recognise(file)?.realms ?? [];
  const index = realms.findIndex(({ realm }) => realm === 'primary');
  verifyPatched(file, result, edits, new Map(index === -1 ? [] : [[index, intended(realms[index]?.value ?? {})]]));
}
const edit = (text: string, old: string, replacement: string): TextEdit => ({ start: text.indexOf(old), end: text.indexOf(old) + old.length, text: replacement });

describe('what was spliced is read again', () => {
  const json = '[{"realm":"primary","enabled":true,"displayName":"x"},{"realm":"other","enabled":true}]';
  const disabled = (realm: JsonObject) => ({ ...realm, enabled: false });

  test('the intended change passes', () => {
    expect(() => verify('r.json', json, [edit(json, 'true', 'false')], disabled)).not.toThrow();
  });

  test.each([['nothing changed', [edit(json, 'true', 'true')]], ['another field', [edit(json, '"x"', '"y"')]], ['broken JSON', [edit(json, 'true', 'false,')]],
    ['another realm as well', [edit(json, 'true', 'false'), { start: json.lastIndexOf('true'), end: json.lastIndexOf('true') + 4, text: 'null' }]]])('%s does not', (_, edits) => {
    expect(() => verify('r.json', json, edits, disabled)).toThrow(Refusal);
  });

  test('in YAML nothing may differ outside of the edits', () => {
    const yaml = 'a: [1, 2]\nb:\n  - x: 1\n    y: 2\nc: |\n  text\n';
    const change = [edit(yaml, 'x: 1', 'x: 3')];
    expect(() => verify('v.yaml', yaml, change, disabled)).not.toThrow();
    for (const wrong of ['a: [1, 5]', 'a: [1]', 'a: 1', 'd: [1, 2]', 'a: [1, 2]\n---\nz: 1']) {
      expect(() => verify('v.yaml', yaml, change, disabled, applyEdits(yaml, change).replace('a: [1, 2]', wrong)), wrong).toThrow(Refusal);
    }
  });
});
