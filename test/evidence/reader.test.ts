import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createEvidenceReader, specFiles } from '../../src/evidence/reader.ts';
import type { Snapshot } from '../../src/realm/snapshot.ts';
import { scratch } from '../gitops/story.ts';
import { refusal } from '../harness/failure.ts';

const REALM = { realm: 'primary', enabled: true, clients: [{ clientId: 'a', secret: '**********', rootUrl: '${A_URL}', baseUrl: '${client_a}' }], clientScopes: [] };
const TEXT = JSON.stringify(REALM, null, 2);
const indent = (text: string, by: number) => text.replace(/^(?=.)/gm, ' '.repeat(by));

function reading(files: Record<string, string>) {
  const cwd = scratch();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true });
    writeFileSync(path.join(cwd, name), text);
  }
  return { cwd, read: (spec: string, realm = 'primary') => createEvidenceReader({ cwd }).read(spec, realm) };
}

describe('shapes', () => {
  const scalar = (style: string) => `apiVersion: v1\nkind: ConfigMap\ndata:\n  notes.txt: 'the "realm": none'\n  other.json: '{"realm":"other","enabled":true}'\n  realm.json: ${style}\n`;
  test.each([
    ['realm JSON', 'realm.json', TEXT], ['with a byte order mark', 'realm.json', `\uFEFF${TEXT}`],
    ['a list of realms', 'all.json', JSON.stringify([{ realm: 'master', enabled: true }, REALM])],
    ['a ConfigMap, literal', 'cm.yaml', scalar(`|\n${indent(TEXT, 4)}`)], ['a ConfigMap, double quotes', 'cm.yaml', scalar(JSON.stringify(TEXT))],
    ['a ConfigMap, single quotes', 'cm.yaml', scalar(`'${JSON.stringify(REALM)}'`)], ['a ConfigMap, folded', 'cm.yaml', scalar(`>-\n${indent(TEXT, 4)}`)],
    ['a ConfigMap as JSON', 'cm.json', JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', data: { 'realm.json': TEXT } })],
    ['a Secret', 'secret.yaml', `apiVersion: v1\nkind: Secret\ndata:\n  r: ${Buffer.from(TEXT).toString('base64')}\n`],
    ['Helm values', 'values.yaml', `keycloak:\n  realm:\n    config: |\n${indent(TEXT, 6)}\nx: "{{ .Release.Name }}"\n`],
    ['a KeycloakRealmImport', 'cr.yaml', `apiVersion: k8s.keycloak.org/v2alpha1\nkind: KeycloakRealmImport\nspec:\n  realm: ${JSON.stringify(REALM)}\n`],
    ['keycloak-config-cli YAML', 'cli.yaml', 'realm: primary\nenabled: true\nclients:\n  - {clientId: a, secret: "**********", rootUrl: "${A_URL}", baseUrl: "${client_a}"}\nclientScopes: []\n'],
  ])('%s', async (_, name, text) => {
    const { read } = reading({ [name]: text });
    const snapshot = await read(name);
    expect(snapshot.representation).toEqual(REALM);
    expect(snapshot).toMatchObject({ schema: 'realm-rescue/snapshot/v1', source: `file:${name}`, realm: 'primary', completeness: 'stated', serverVersion: null });
    expect(snapshot.fingerprint).toBe((await reading({ 'r.json': JSON.stringify(REALM) }).read('file:r.json')).fingerprint);
    expect(snapshot.notes.join('\n')).toMatch(/1 masked secret .*\n1 placeholder /);
  });

  test('what is null is absent, and a setting may be written as a number: Keycloak reads both so', async () => {
    const client = { clientId: 'a', attributes: { 'access.token.lifespan': 60 } };
    const { read } = reading({ 'with.json': JSON.stringify({ ...REALM, roles: null, clients: [{ ...client, protocolMappers: null, secret: null }] }), 'without.json': JSON.stringify({ ...REALM, clients: [client] }) });
    const [given, absent] = [await read('with.json'), await read('without.json')];
    expect(given.representation).toEqual(absent.representation);
    expect(given.fingerprint).toBe(absent.fingerprint);
  });

  test('completeness comes from what is in the file', async () => {
    const exported = { ...REALM, keycloakVersion: '26.7.4', clients: [{ id: 'x', clientId: 'a' }] };
    const components = { 'org.keycloak.keys.KeyProvider': [{ config: { privateKey: ['MIIE'] } }] };
    const users = [{ username: 'kim' }];
    const clients = [...exported.clients, { id: 'y', clientId: 'realm-management' }];
    const { read } = reading({
      'full.json': JSON.stringify({ ...exported, clients, components, users }), 'cut.json': JSON.stringify({ ...exported, components, users }), 'by-hand.json': JSON.stringify({ ...REALM, clients: [{ clientId: 'realm-management' }], components, users }),
      'partial.json': JSON.stringify({ ...exported, components: { 'org.keycloak.keys.KeyProvider': [{ config: { priority: ['100'] } }] } }),
      'plain.json': JSON.stringify({ ...exported, clients: [{ clientId: 'a' }] }),
    });
    expect(await read('full.json')).toMatchObject({ completeness: 'full', serverVersion: '26.7.4' });
    // Built-in objects that a file leaves out nobody has added.
    for (const name of ['cut.json', 'by-hand.json']) expect(await read(name)).toMatchObject({ completeness: 'stated', notes: [expect.stringContaining('lacks what every full export has')] });
    expect((await read('partial.json'))).toMatchObject({ completeness: 'partial', notes: ['a partial export: without users and keys'] });
    expect(await read('plain.json')).toMatchObject({ completeness: 'stated' });
  });

  test('a snapshot keeps its facts; another realm is captured', async () => {
    const { cwd, read } = reading({ 'realm.json': TEXT });
    const snapshot = { ...await read('realm.json'), source: 'live', facts: { realmId: 'r', keys: [] } };
    writeFileSync(path.join(cwd, 's.json'), JSON.stringify(snapshot));
    expect(await read('snapshot:s.json')).toMatchObject({ source: 'snapshot:s.json', facts: { realmId: 'r' }, fingerprint: snapshot.fingerprint });
    expect(await read('s.json')).toMatchObject({ source: 'snapshot:s.json' });
    expect(await refusal(read('snapshot:s.json', 'other'))).toMatchObject({ code: 'evidence-other-realm' });
    expect(await refusal(read('snapshot:realm.json'))).toMatchObject({ code: 'evidence-unreadable' });
    const captured = await createEvidenceReader({ cwd, captureRealm: () => Promise.resolve(snapshot as unknown as Snapshot) }).read('realm:staging', 'primary');
    expect(captured.source).toBe('realm:staging');
    expect(await refusal(read('realm:staging'))).toMatchObject({ code: 'usage' });
  });
});

describe('bad input gets one clear sentence', () => {
  test.each([
    ['missing.json', '', 'evidence-unreadable', 'does not exist'],
    ['broken.json', '{\n  "realm": "primary",\n  "clients": [,]\n}', 'evidence-unreadable', 'line 3, column 15'],
    ['trailing.json', '{"realm": "primary",}', 'evidence-unreadable', 'line 1, column 21'],
    ['broken.yaml', 'a: [1\nb: 2\n', 'evidence-unreadable', 'line 2'],
    ['list.json', '[1, 2]', 'evidence-unreadable', 'holds no realm'],
    ['adapter.json', '{"realm":"primary","auth-server-url":"x","resource":"y","enabled":true}', 'evidence-unreadable', 'holds no realm'],
    ['empty.json', ' \n', 'evidence-unreadable', 'is empty'],
    ['other.json', '{"realm":"staging","enabled":true}', 'evidence-other-realm', 'holds realm staging, not realm primary'],
    ['mistyped.json', '{"realm":"primary","enabled":true,"clients":[{"clientId":"a","protocolMappers":{"groups":{}}}]}', 'evidence-unreadable', 'Keycloak would not take: clients[0].protocolMappers is no list.'],
    ['number.yaml', 'realm: primary\nenabled: true\nroles:\n  client:\n    a.b/c: [{name: 7}]\n', 'evidence-unreadable', 'roles.client["a.b/c"][0].name is no text.'],
    ['half-list.json', '{"realm":"primary","enabled":true,"defaultDefaultClientScopes":[null]}', 'evidence-unreadable', 'defaultDefaultClientScopes[0] is no text.'],
    ['template.json', '{"realm": "primary", "clients": {{ .Values.clients | toJson }} }', 'evidence-unreadable', 'template'],
  ])('%s', async (name, text, code, words) => {
    const { read } = reading(text === '' ? {} : { [name]: text });
    const error = await refusal(read(`file:${name}`));
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    expect(error.message.split('\n')).toHaveLength(1);
  });

  test.each([['configmap:ns/name', '--kubeconfig'], ['configmap:name', 'configmap:NAMESPACE/NAME'], ['events:2h', 'git:'], ['git:realm.json', 'git:PATH@REVISION'], ['git:realm.json@--output=x', 'git:PATH@REVISION'], ['', 'file:PATH']])('spec "%s"', async (spec, words) => {
    const error = await refusal(reading({}).read(spec));
    expect(error).toMatchObject({ code: 'usage' });
    expect(error.next.join()).toContain(words);
  });
});

describe('files', () => {
  test('names the files behind specs for the export', () => {
    expect(specFiles(['a.json', 'file:/x/b.json', 'git:c.json@HEAD', 'snapshot:s.json', 'realm:r', 'a.json'], '/w')).toEqual(['/w/a.json', '/x/b.json', '/w/c.json']);
  });
});
