import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { patchFile } from '../../../src/gitops/patch-file.ts';
import { classify, STRATEGY_SETTINGS } from '../../../src/gitops/catalogue/index.ts';
import { compareVersions } from '../../../src/gitops/catalogue/setting.ts';
import { stateOf } from '../story.ts';

function patched(path: string, text: string, serverVersion: string | null = '26.7.4') {
  const result = patchFile(path, text, { realm: 'primary', serverVersion, live: stateOf({ realm: 'primary' }), differences: [], choices: {} });
  return { after: result?.after ?? text, findings: result?.findings ?? [], refusal: result?.refusal ?? null };
}

const container = (rest: string) => `apiVersion: batch/v1\nkind: Job\nspec:\n  template:\n    spec:\n      containers:\n        - name: import # once\n          image: quay.io/keycloak/keycloak:26.7.4\n${rest}`;

describe('what really overwrites is made harmless', () => {
  test.each([
    ['command and args', container('          command: [/opt/keycloak/bin/kc.sh]\n          args: ["import", "--file=/r.json"]   # odd\n'), '["import"', '["import", "--override=false"'],
    ['a block list', container('          args:\n            - import\n            - --file\n            - /r.json\n'), '- import\n', '- import\n            - --override=false\n'],
    ['--override=true', container('          args: [import, --override=true]\n'), '--override=true', '--override=false'],
    ['--override true', container('          args: [import, --override, "true"]\n'), '"true"', '"false"'],
    ['a shell line', container('          command: ["/bin/sh", "-c", "/opt/keycloak/bin/kc.sh import --file /r.json && echo done"]\n'), 'kc.sh import', 'kc.sh import --override=false'],
    ['a script in a literal', container('          command:\n            - sh\n            - -c\n            - |\n              # kc.sh import --file old\n              /opt/keycloak/bin/kc.sh \\\n                import --dir /x\n'), '                import --dir', '                import --override=false --dir'],
    ['a property in a list', container('          args:\n            - start\n            - "-Dkeycloak.migration.action=import"\n            - -Dkeycloak.migration.dir=/x\n'), 'action=import"\n', 'action=import"\n            - "-Dkeycloak.migration.strategy=IGNORE_EXISTING"\n'],
    ['a property in JAVA_OPTS', container('          env:\n            - name: JAVA_OPTS_APPEND\n              value: "-Xmx1g -Dkeycloak.migration.action=import -Dkeycloak.migration.strategy=OVERWRITE_EXISTING"\n'), 'OVERWRITE_EXISTING', 'IGNORE_EXISTING'],
    ['an init container in a string', 'extraInitContainers: |\n  - name: i\n    image: keycloak\n    command: ["kc.sh"]\n    args: ["import"]\n', '["import"', '["import", "--override=false"'],
  ])('%s', (_, text, old, wanted) => {
    const { after, findings } = patched('deploy/x.yaml', text);
    expect(after).toBe(text.replace(old, wanted));
    expect(findings.map((finding) => finding.class)).toContain('destructive');
    expect(patched('deploy/x.yaml', after)).toMatchObject({ after });
    expect(patched('deploy/x.yaml', after).findings.map((finding) => finding.class)).not.toContain('destructive');
    expect(parseAllDocuments(after).flatMap((document) => ('errors' in document ? document.errors : []))).toEqual([]);
  });

  test('scripts and Dockerfiles', () => {
    expect(patched('bin/entrypoint.sh', '#!/bin/sh\n# kc.sh import\nexport KEYCLOAK_IMPORT_STRATEGY="OVERWRITE_EXISTING"\n"$KC_HOME/bin/kc.sh" import --file x\n').after)
      .toBe('#!/bin/sh\n# kc.sh import\nexport KEYCLOAK_IMPORT_STRATEGY="IGNORE_EXISTING"\n"$KC_HOME/bin/kc.sh" import --override=false --file x\n');
    expect(patched('Dockerfile', 'FROM keycloak\nENV KC_SPI_IMPORT_SINGLE_FILE_STRATEGY=OVERWRITE_EXISTING\n').after).toContain('STRATEGY=IGNORE_EXISTING\n');
  });
});

describe('what does not overwrite is no alarm', () => {
  test.each([
    ['comments', '# KEYCLOAK_IMPORT_STRATEGY: OVERWRITE_EXISTING\nargs: [start] # kc.sh import\n'],
    ['a property that only begins alike', container('          args: [start, -Dkeycloak.migration.action=importer]\n')],
    ['another import', container('          args: [start]\n          env: [{name: X, value: "terraform import"}]\n')],
    ['KC_OVERRIDE=false beside it', container('          args: [import]\n          env:\n            - {name: KC_OVERRIDE, value: "false"}\n')],
  ])('%s', (_, text) => {
    const { after, findings } = patched('x.yaml', text);
    expect(after).toBe(text);
    expect(findings.filter((finding) => finding.class === 'destructive')).toEqual([]);
  });

  test('missing spellings are added to the extraEnv of a Keycloak chart only, below the last variable', () => {
    const values = 'extraEnv: |\n  - name: KC_DB\n    value: postgres   # c\n  # end\n\nreplicas: 1\n';
    expect(patched('values.yaml', values).after).toBe(values.replace('# c\n', '# c\n  - name: KEYCLOAK_IMPORT_STRATEGY\n    value: IGNORE_EXISTING\n  - name: KC_SPI_IMPORT_SINGLE_FILE_STRATEGY\n    value: IGNORE_EXISTING\n'));
    const other = 'extraEnv: |\n  - name: DB\n    value: postgres\n';
    expect(patched('values.yaml', other).after).toBe(other);
    const crlf = values.replaceAll('\n', '\r\n');
    expect(patched('values.yaml', crlf).after.replaceAll('\r\n', '')).not.toContain('\n');
  });

  test('an extraEnv with Helm control lines is not touched', () => {
    const text = 'extraEnv: |\n  {{- if .Values.x }}\n  - name: KEYCLOAK_IMPORT_STRATEGY\n    value: OVERWRITE_EXISTING\n  {{- end }}\n';
    expect(patched('values.yaml', text).after).toBe(text);
  });
});

describe('the catalogue', () => {
  test('the SPI option depends on the version, the variable of the story never works', () => {
    const beside = new Set(['kc-import' as const]);
    expect(classify('KC_SPI_IMPORT_SINGLE_FILE_STRATEGY', 'IGNORE_EXISTING', '26.7.4', beside).class).toBe('seed-only');
    for (const version of ['26.0.8', '24.0.5', '26.3.0', null]) expect(classify('KC_SPI_IMPORT_SINGLE_FILE_STRATEGY', 'IGNORE_EXISTING', version, beside).class).toBe('inert');
    expect(classify('KC_SPI_IMPORT_SINGLE_FILE_STRATEGY', 'IGNORE_EXISTING', '26.7.4', new Set()).class).toBe('inert');
    for (const version of ['26.7.4', '22.0.0', null]) expect(classify('KEYCLOAK_IMPORT_STRATEGY', 'OVERWRITE_EXISTING', version, beside).class).toBe('inert');
    expect(classify('KC_OVERRIDE', 'true', '26.7.4', beside).class).toBe('destructive');
    expect(classify('KC_OVERRIDE', 'true', '26.7.4', new Set(['import-realm' as const])).class).toBe('inert');
  });

  test('every setting has a last rule for everything, a sentence and a source', () => {
    for (const setting of STRATEGY_SETTINGS) {
      expect(setting.source).not.toBe('');
      const last = setting.rules.at(-1);
      expect([last?.values, last?.from, last?.before, last?.beside]).toEqual([undefined, undefined, undefined, undefined]);
      for (const rule of setting.rules) expect(rule.because).toMatch(/^\S.*\.$/);
    }
    expect(compareVersions('26.10.0', '26.7.4')).toBeGreaterThan(0);
    expect(compareVersions('26.0.8.redhat-00001', '26.0.8')).toBe(0);
  });
});
