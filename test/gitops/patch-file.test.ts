import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { patchFile } from '../../src/gitops/patch-file.ts';
import { objectId } from '../../src/realm/keys.ts';
import { stateOf } from './story.ts';
import type { PatchedFile } from '../../src/gitops/patch-file.ts';
import type { Difference, KindName } from '../../src/realm/model.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';

const GIT: RealmRepresentation = {
  realm: 'primary', enabled: true,
  clientScopes: [{ name: 'orders', protocol: 'openid-connect' }],
  clients: [{ clientId: 'api', secret: '${API_SECRET}', redirectUris: ['https://a/*'], defaultClientScopes: [], protocolMappers: [] }, { clientId: 'web', publicClient: true, redirectUris: ['${WEB_URL}/*'] }],
};
const MAPPER = { name: 'groups', protocol: 'openid-connect', protocolMapper: 'oidc-group-membership-mapper', config: { 'claim.name': 'groups', 'access.token.claim': 'true' } };
const LIVE: RealmRepresentation = {
  ...GIT,
  clients: [
    { clientId: 'api', secret: 'plain-api-secret', redirectUris: ['https://b/*', 'https://a/*'], defaultClientScopes: ['orders'], protocolMappers: [MAPPER] },
    { clientId: 'web', publicClient: true, redirectUris: ['https://web.example.com/*'] },
  ],
};

const difference = (kind: KindName, owner: string, ...name: string[]): Difference =>
  ({ id: objectId(kind, owner, ...name), kind, owner, name: name.join('/'), change: 'live-only', fields: [], effect: '', suggest: 'keep', because: '', source: null });
const ALL = [difference('client-mapper', 'api', 'groups'), difference('client-scope-link', 'api', 'orders'), difference('client-setting', 'api', 'redirectUris', 'https://b/*'), difference('client-setting', 'web', 'redirectUris', 'https://web.example.com/*')];

function patched(path: string, text: string, differences: readonly Difference[] = ALL, version = '26.7.4'): PatchedFile {
  const choices = Object.fromEntries(differences.map(({ id }) => [id, 'keep' as const]));
  const result = patchFile(path, text, { realm: 'primary', serverVersion: version, live: stateOf(LIVE), differences, choices });
  if (!result) throw new Error(`${path} is not recognised`);
  return result;
}

const indent = (text: string, by: number) => text.replace(/^(?=.)/gm, ' '.repeat(by));
const JSON_TEXT = JSON.stringify(GIT, null, 2);

/** The API client as the text has it after the export. */
function apiIn(realmText: string) {
  return (JSON.parse(realmText.replace(/^\uFEFF/, '')) as RealmRepresentation).clients?.[0];
}
const EXPECTED = { redirectUris: ['https://a/*', 'https://b/*'], defaultClientScopes: ['orders'], secret: '${API_SECRET}', protocolMappers: [MAPPER] };

describe('realm content', () => {
  test.each([
    ['two blanks', JSON_TEXT], ['tabs and CRLF', JSON.stringify(GIT, null, '\t').replaceAll('\n', '\r\n')], ['a byte order mark', `\uFEFF${JSON_TEXT}\n`], ['one line', JSON.stringify(GIT)],
  ])('realm.json with %s', (_, text) => {
    const result = patched('realm.json', text);
    expect(result.refusal).toBeNull();
    expect(apiIn(result.after)).toMatchObject(EXPECTED);
    expect(result.after.startsWith('\uFEFF')).toBe(text.startsWith('\uFEFF'));
    if (text.includes('\r\n')) expect(result.after.replaceAll('\r\n', '')).not.toContain('\n');
    if (!text.includes('\n')) expect(result.after).not.toContain('\n');
    expect(result.after.endsWith('\n')).toBe(text.endsWith('\n'));
    expect(result.notes.join()).toContain('a placeholder in git already stands for it');
  });

  const scalars: Record<string, string> = {
    'literal': `|\n${indent(JSON_TEXT, 4)}`, 'literal, strip': `|-\n${indent(JSON_TEXT, 6)}`, 'folded': `>\n${indent(JSON_TEXT, 4)}`,
    'single quotes': `'${JSON.stringify(GIT)}'`, 'double quotes': JSON.stringify(JSON.stringify(GIT)), 'double quotes with line ends': JSON.stringify(JSON_TEXT),
    'single quotes over lines': `'${indent(JSON_TEXT, 4).trim()}'`,
  };
  test.each(Object.entries(scalars))('a ConfigMap with a scalar in style: %s', (_, scalar) => {
    const text = `apiVersion: v1\nkind: ConfigMap # for kc\nmetadata: {name: realm}\ndata:\n  other: "a"   # odd\n  realm.json: ${scalar}\n  last: 'x'\n`;
    const result = patched('cm.yaml', text);
    expect(result).toMatchObject({ refusal: null, artefact: 'configmap' });
    const [document] = parseAllDocuments(result.after);
    expect(apiIn(String(document && 'getIn' in document ? document.getIn(['data', 'realm.json']) : ''))).toMatchObject(EXPECTED);
    expect(result.after.startsWith(text.slice(0, text.indexOf('realm.json:')))).toBe(true);
    expect(result.after.endsWith("\n  last: 'x'\n")).toBe(true);
  });

  test('an operator CR in YAML, and keycloak-config-cli with its own placeholders', () => {
    const cr = 'apiVersion: k8s.keycloak.org/v2alpha1\nkind: KeycloakRealmImport\nmetadata:\n  name: x\nspec:\n  realm:\n    realm: primary\n    clients:\n      # the api\n      - clientId: api\n        redirectUris: ["https://a/*"]\n        protocolMappers: []\n';
    const result = patched('cr.yaml', cr, ALL.slice(0, 3));
    expect(result.refusal).toBeNull();
    expect(result.after).toContain('redirectUris: ["https://a/*", "https://b/*"]\n');
    expect(result.after).toContain('        defaultClientScopes:\n          - "orders"\n');
    const config = patched('realm.yaml', 'realm: primary\nenabled: true\nclients:\n  - clientId: other\n    secret: $(env:OTHER)\n', [difference('client', 'api')]);
    expect(config.after).toContain('secret: "$(env:PRIMARY_API_SECRET)"');
    expect(config.secrets.map(({ name }) => name)).toEqual(['PRIMARY_API_SECRET']);
  });

  test.each([
    ['a template', 'templates/cm.yaml', 'kind: ConfigMap\ndata:\n  realm.json: |\n{{ .Files.Get "primary.json" }}\n# realm', 'template'],
    ['a merge that was not finished', 'realm.json', '{\n"realm": "primary",\n<<<<<<< HEAD\n"enabled": true,\n=======\n"enabled": false,\n>>>>>>> main\n"clients": []\n}\n', 'Line 3 is the mark of a merge'],
    ['JSON that is cut off', 'realm.json', '{"realm": "primary", "clients": [', 'column'],
    ['SOPS', 'realm.enc.yaml', 'apiVersion: v1\ndata: ENC[AES256_GCM,data:xx]\nsops:\n  mac: x\n', 'sops edit'],
    ['a SealedSecret', 'sealed.yaml', 'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: realm-primary}\n', 'kubeseal'],
    ['base64', 'secret.yaml', `apiVersion: v1\nkind: Secret\ndata:\n  realm.json: ${Buffer.from(JSON_TEXT).toString('base64')}\n`, 'base64'],
    ['immutable', 'cm.yaml', `apiVersion: v1\nkind: ConfigMap\nimmutable: true\nmetadata: {name: r}\ndata:\n  realm.json: |\n${indent(JSON_TEXT, 4)}\n`, 'immutable'],
  ])('%s is left alone, with an instruction', (_, path, text, word) => {
    const result = patched(path, text);
    expect(result.refusal).toContain(word);
    expect(result.after).toBe(text);
  });

  test('a removed object goes, a file of another realm and an adapter file are not ours', () => {
    const text = JSON.stringify({ ...GIT, clients: [...(GIT.clients ?? []), { clientId: 'gone' }], roles: { client: { gone: [{ name: 'r' }] } } }, null, 1);
    const result = patched('realm.json', text, [difference('client', 'gone')]);
    expect(JSON.parse(result.after)).toMatchObject({ clients: [{ clientId: 'api' }, { clientId: 'web' }], roles: { client: {} } });
    const request = { realm: 'primary', serverVersion: null, live: stateOf(LIVE), differences: ALL, choices: {} };
    expect(patchFile('keycloak.json', '{"realm":"primary","auth-server-url":"x","enabled":true}', request)).toBeNull();
    expect(patchFile('realm.json', JSON_TEXT.replace('"primary"', '"other"'), request)).toBeNull();
  });

  test('property: with nothing chosen no byte changes, whatever the layout', () => {
    const layout = fc.record({ unit: fc.constantFrom('', ' ', '    ', '\t'), eol: fc.constantFrom('\n', '\r\n'), tail: fc.constantFrom('', '\n', '\n\n'), bom: fc.constantFrom('', '\uFEFF'), wrap: fc.boolean(), text: fc.string() });
    fc.assert(fc.property(layout, ({ unit, eol, tail, bom, wrap, text }) => {
      const json = JSON.stringify({ ...GIT, displayName: text }, null, unit);
      const file = wrap ? `kind: ConfigMap # c\napiVersion: v1\ndata:\n    r.json: |\n${indent(json, 6)}\n${tail}` : json + tail;
      const source = bom + file.replaceAll('\n', eol);
      expect(patched(wrap ? 'cm.yaml' : 'realm.json', source, []).after).toBe(source);
    }), { numRuns: 100 });
  });
});

describe('what somebody fills in before Keycloak reads it', () => {
  const live: RealmRepresentation = { realm: 'primary', clients: [
    { clientId: 'api', name: '${client_account}', secret: 'plain-api-secret', redirectUris: ['https://a/*'] },
    { clientId: 'new', name: '${client_new}', secret: 'plain-new-secret', redirectUris: ['https://n/*'] },
  ] };
  const bring = (path: string, text: string, ...differences: readonly Difference[]) =>
    patchFile(path, text, { realm: 'primary', serverVersion: '26.7.4', live: stateOf(live), differences, choices: Object.fromEntries(differences.map(({ id }) => [id, 'keep' as const])) });

  test('a file that Flux or Terraform goes through keeps its escapes, and what comes in is escaped', () => {
    const text = JSON.stringify({ realm: 'primary', displayName: '${CLUSTER_NAME}', clients: [{ clientId: 'api', name: '$${client_account}', secret: '$${API_SECRET}', redirectUris: ['https://old/*'] }] }, null, 2);
    const result = bring('realm.json', text, difference('client-setting', 'api', 'redirectUris', 'https://a/*'), difference('client', 'new'));
    expect(result?.refusal).toBeNull();
    expect(JSON.parse(result?.after ?? '')).toMatchObject({ displayName: '${CLUSTER_NAME}', clients: [
      { name: '$${client_account}', secret: '$${API_SECRET}', redirectUris: ['https://old/*', 'https://a/*'] },
      { clientId: 'new', name: '$${client_new}', secret: '$${PRIMARY_NEW_SECRET}' },
    ] });
    expect(result?.secrets.map(({ name }) => name)).toEqual(['PRIMARY_NEW_SECRET']);
  });

  test('a quoted token stays, an unquoted one is a comment to YAML and refused', () => {
    const text = (secret: string) => `realm: primary\nenabled: true\nclients:\n  - clientId: api\n    secret: ${secret}\n    redirectUris: []\n`;
    const setting = { ...difference('client-setting', 'api', 'secret'), change: 'changed' as const, fields: [{ path: '', live: 'a', evidence: 'b' }] };
    expect(bring('realm.yaml', text('"###API_SECRET###"'), setting)).toMatchObject({ after: text('"###API_SECRET###"'), refusal: null });
    expect(bring('realm.yaml', text('###API_SECRET###'), setting)).toMatchObject({ after: text('###API_SECRET###'), refusal: expect.stringContaining('quote it first') as string });
    const other = bring('realm.yaml', text('###API_SECRET###'), difference('client-setting', 'api', 'redirectUris', 'https://a/*'));
    expect(other).toMatchObject({ refusal: null, after: text('###API_SECRET###').replace('[]', '["https://a/*"]') });
  });
});
