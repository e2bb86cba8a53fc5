import { describe, expect, test } from 'vitest';
import { lintFile } from '../../src/gitops/lint.ts';

const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]', ...[...'bcdefghi'].map((key, index) => `${key}: &${key} [${Array.from({ length: 9 }, () => `*${'abcdefghi'[index] ?? ''}`).join(', ')}]`)].join('\n');

describe('a file that is made to be slow', () => {
  test.each([
    ['values.yaml', `kc.sh import\n${'{{'.repeat(60_000)}`],
    ['run.sh', `kc.sh import\n${'<<A\n'.repeat(60_000)}`],
    ['main.tf', `kc.sh import\n${'x = <<A\n'.repeat(30_000)}`],
    ['main.tf', `args = ["import"]\n${'a = {\nargs = [""]\n'.repeat(5_000)}`],
    ['Dockerfile', `FROM a\n${'RUN kc.sh import \\\n'.repeat(20_000)}`],
    ['Makefile', `${'x = kc.sh import \\\n'.repeat(20_000)}`],
    ['run.sh', `kc.sh import ${'"'.repeat(60_001)}`],
  ])('%s is judged all the same', (file, text) => {
    expect(lintFile(file, text, null).file).toBe(file);
  }, 5_000);

  test('a script that is longer than any is refused', () => {
    expect(lintFile('run.sh', `kc.sh import\n${'#\n'.repeat(300_000)}`, null)).toMatchObject({ verdict: 'none', refusal: expect.stringContaining('not judged') as string });
  });
});

describe('YAML that means nothing is no YAML', () => {
  test.each([
    ['aliases that stand for more than a machine can hold', `${bomb}\nargs: [kc.sh, import, *i]\n`],
    ['the same in a realm', `realm: primary\nenabled: true\n${bomb}\n`],
    ['an alias without an anchor', 'args: [kc.sh, import, *nowhere]\n'],
    ['an anchor that holds itself', 'a: &a {args: [kc.sh, import], b: *a}\n'],
    ['brackets without end', `${'['.repeat(20_000)} kc.sh import`],
  ])('%s', (_, text) => {
    expect(lintFile('x.yaml', text, null)).toMatchObject({ verdict: 'none', findings: [] });
  });

  test('aliases that people use are followed', () => {
    const text = 'x-args: &args ["import", "--file=/r.json"]\nservices:\n  import:\n    image: keycloak/keycloak:26.7\n    command: *args\n';
    expect(lintFile('compose.yaml', text, null).verdict).toBe('destructive');
  });
});

test.each([
  ['registry.example.com/identity/sso:4', 'args: [import, --dir=/realms]', 'destructive'],
  ['registry.example.com/shop/worker:4', 'args: [import, --file, /data/orders.csv]', 'none'],
  ['quay.io/keycloak/keycloak:26.7', 'args: [import, --file, /data/orders.json]', 'destructive'],
  ['quay.io/keycloak/keycloak-operator:26.7', 'args: [import, --file, /data/orders.json]', 'none'],
])('an image called %s with %s is %s', (image, args, verdict) => {
  expect(lintFile('x.yaml', `image: ${image}\n${args}\n# keycloak\n`, null).verdict).toBe(verdict);
});

test('a version that is not known counts as the worst one, one that is known as itself', () => {
  const text = 'export KC_SPI_IMPORT_SINGLE_FILE_STRATEGY=IGNORE_EXISTING\nkc.sh import --file r.json\n';
  expect([null, '26.0.8', '26.7.4', '27.0.0'].map((version) => lintFile('run.sh', text, version).verdict)).toEqual(['destructive', 'destructive', 'seed-only', 'seed-only']);
});

test('a variable that an argument wins over decides nothing', () => {
  const text = 'services:\n  import:\n    image: keycloak/keycloak:26.7.4\n    command: [import, --file=/r.json, --override=false]\n    environment: {KC_OVERRIDE: "true"}\n';
  expect(lintFile('compose.yaml', text, null).findings.map(({ setting, class: verdict }) => [setting, verdict])).toEqual([['kc.sh import=false', 'seed-only'], ['KC_OVERRIDE=true', 'inert']]);
  expect(lintFile('compose.yaml', text.replace(', --override=false', ''), null).verdict).toBe('destructive');
});

test('a value under a name that is known is not found twice', () => {
  const text = 'apiVersion: k8s.keycloak.org/v2beta1\nkind: KeycloakRealmImport\nmetadata: {name: r}\nspec:\n  realmImport:\n    strategy: OVERWRITE_EXISTING\n';
  expect(lintFile('cr.yaml', text, null).findings.map(({ setting }) => setting)).toEqual(['KeycloakRealmImport', 'spec.realmImport.strategy=OVERWRITE_EXISTING']);
  expect(lintFile('values.yaml', 'keycloak:\n  mode: OVERWRITE_EXISTING\n  image: keycloak/keycloak\n', null).findings.map(({ setting }) => setting)).toEqual(['a literal=OVERWRITE_EXISTING']);
});
