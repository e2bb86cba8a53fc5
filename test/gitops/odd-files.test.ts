import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { realmInText } from '../../src/evidence/document.ts';
import { compareStates } from '../../src/realm/compare.ts';
import { exportNotes } from '../../src/gitops/export-notes.ts';
import { patchFile } from '../../src/gitops/patch-file.ts';
import type { Difference } from '../../src/realm/model.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { stateOf } from './story.ts';

// Files that a second pair of eyes found to be patched wrongly, or refused without need.
const HEAD = 'realm: primary\nenabled: true\n';

/** Everything in which live differs from another state of the realm is kept. */
function kept(path: string, text: string, live: RealmRepresentation, evidence: RealmRepresentation) {
  const state = stateOf(live);
  const differences: readonly Difference[] = compareStates(state, [stateOf(evidence, 'file:x', 'partial')]);
  const patched = patchFile(path, text, { realm: 'primary', serverVersion: '26.7.4', live: state, differences, choices: Object.fromEntries(differences.map(({ id }) => [id, 'keep' as const])) });
  const notes = patched === null ? [] : exportNotes({ realm: 'primary', live: state, files: [patched], copies: [], seen: [] });
  return { differences, after: patched?.after ?? text, refusal: patched === null ? 'nothing was found' : patched.refusal, notes };
}

const api = (...redirectUris: readonly string[]): RealmRepresentation => ({ realm: 'primary', enabled: true, clients: [{ clientId: 'api', redirectUris: [...redirectUris] }] });
const added = (path: string, text: string) => kept(path, text, api('a', 'b'), api('a'));

test('a merged value is not written over: nobody else would see the rest of it', () => {
  const text = `${HEAD}x-defaults: &d\n  redirectUris:\n    - a\nclients:\n  - <<: *d\n    clientId: api\n`;
  expect(realmInText('r.yaml', text, 'primary').representation.clients).toEqual([{ clientId: 'api', redirectUris: ['a'] }]);
  expect(added('r.yaml', text)).toMatchObject({ after: text, refusal: expect.stringMatching(/merge key/) as string });
});

test.each([
  ['a number for a name', `${HEAD}clients: [{clientId: api, redirectUris: [a]}]\nroles: {realm: [{name: 2024}]}\n`, 'roles.realm[0].name is no text'],
  ['a number for a client', `${HEAD}clients: [{clientId: 7, redirectUris: [a]}]\n`, 'clients[0].clientId is no text'],
  ['an item without anything', `${HEAD}clients:\n  -\n  - {clientId: api, redirectUris: [a]}\n`, 'clients[0] is no object'],
  ['a map of clients', `${HEAD}clients: {api: {redirectUris: [a]}}\n`, 'clients is no list'],
])('%s is refused, and the export goes on', (_, text, reason) => {
  expect(added('r.yaml', text)).toMatchObject({ after: text, refusal: `The realm here cannot be read: ${reason}. Correct it first.` });
});

test.each(['clients', 'clientScopes', 'users', 'components', 'roles', 'groups'])('an empty %s is as good as none', (field) => {
  expect(added('r.yaml', `${HEAD}${field}:\ndisplayName: X\n`).refusal).toBeNull();
});

test('a placeholder stands for one member, not for every one', () => {
  const text = JSON.stringify(api('${WEB_URL}/*'), null, 2);
  expect((JSON.parse(kept('r.json', text, api('https://web/*', 'https://new/*'), api('https://web/*')).after) as RealmRepresentation).clients?.[0]?.['redirectUris']).toEqual(['${WEB_URL}/*', 'https://new/*']);
  expect(kept('r.json', text, api('https://web/*'), api()).after).toBe(text);
});

test.each([
  ['a comment', `# escape as $\${X}, or write $(env:X)\n${HEAD}clients:\n  - {clientId: api, secret: "\${API_SECRET}"}\n`],
  ['another value', `initScript: |\n  echo "$\${HOSTNAME}" $(env:X)\nrealm.json: |\n  {"realm": "primary", "enabled": true, "clients": [{"clientId": "api", "secret": "\${API_SECRET}"}]}\n`],
])('how placeholders are written is not decided by %s', (_, text) => {
  const git = { realm: 'primary', enabled: true, clients: [{ clientId: 'api', secret: 's' }] };
  const { after, refusal } = kept('values.yaml', text, { ...git, clients: [...git.clients, { clientId: 'new', name: '${client_new}', secret: 'n' }] }, git);
  expect(refusal).toBeNull();
  expect(after).toContain('"${client_new}"');
  expect(after).toContain('"${PRIMARY_NEW_SECRET}"');
});

describe('a realm in a string', () => {
  const inConfigMap = (content: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: r}\ndata:\n  realm.json: |\n${content.replace(/^(?=.)/gm, '    ')}`;
  test.each([
    ['JSON with trailing commas', inConfigMap('{\n  "realm": "primary",\n  "clients": [ {"clientId": "api", "redirectUris": ["a"],}, ],\n}\n')],
    ['JSON with a value that is none', inConfigMap('{"realm": "primary", "enabled": $(env:ENABLED:-true), "clients": [{"clientId": "api", "redirectUris": ["a"]}]}\n')],
    ['a custom resource', 'extraDeploy:\n  - |\n    apiVersion: k8s.keycloak.org/v2beta1\n    kind: KeycloakRealmImport\n    spec:\n      realm:\n        realm: primary\n        clients:\n          - clientId: api\n            redirectUris: ["a"]\n'],
  ])('%s', (_, text) => {
    const { after, refusal } = added('values.yaml', text);
    expect(refusal).toBeNull();
    expect(after).toBe(text.replace('["a"]', '["a", "b"]'));
  });

  test('base64 of YAML is refused with what to do', () => {
    const text = `apiVersion: v1\nkind: Secret\nmetadata: {name: r}\ndata:\n  realm.yaml: ${Buffer.from(`${HEAD}clients: [{clientId: api, redirectUris: [a]}]\n`).toString('base64')}\n`;
    expect(added('secret.yaml', text)).toMatchObject({ after: text, refusal: expect.stringContaining('base64') as string });
  });

  test('an immutable object of a list is refused', () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n  - kind: ConfigMap\n    immutable: true\n    data:\n      realm.json: '${JSON.stringify(api('a'))}'\n`;
    expect(added('list.yaml', text)).toMatchObject({ after: text, refusal: expect.stringContaining('immutable') as string });
  });
});

test('of a mapping that loses all it has the brackets stay, and the comment of its key', () => {
  const text = `${HEAD}clients:\n  - clientId: api\n    attributes: # of the client\n      access.token.lifespan: "60"\n    redirectUris: [a]\n`;
  const live = (attributes: Record<string, string>) => ({ ...api('a'), clients: [{ clientId: 'api', redirectUris: ['a'], attributes }] });
  const { after, refusal } = kept('r.yaml', text, live({}), live({ 'access.token.lifespan': '60' }));
  expect({ after, refusal }).toEqual({ after: `${HEAD}clients:\n  - clientId: api\n    attributes: {} # of the client\n    redirectUris: [a]\n`, refusal: null });
});

test('two documents with a realm of the same name are patched each by its own', () => {
  const one = (uri: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: r}\ndata:\n  realm.json: '{"realm": "primary", "clients": [{"clientId": "api", "redirectUris": [${uri}]}]}'\n`;
  const text = `${one('"a", "b"')}---\n${one('"a"')}`;
  expect(added('r.yaml', text)).toMatchObject({ refusal: null, after: `${one('"a", "b"')}---\n${one('"a", "b"')}` });
});

describe('what is empty is filled', () => {
  const mapper = { name: 'groups', protocol: 'openid-connect', protocolMapper: 'oidc-group-membership-mapper', config: {} };
  const withMapper: RealmRepresentation = { ...api('a'), clients: [{ clientId: 'api', redirectUris: ['a'], protocolMappers: [mapper] }] };
  test.each([
    ['in YAML', 'r.yaml', `${HEAD}clients:\n  - clientId: api\n    protocolMappers: # none\n    redirectUris: [a]\n`],
    ['in JSON', 'r.json', '{"realm": "primary", "enabled": true, "clients": [{"clientId": "api", "protocolMappers": null, "redirectUris": ["a"]}]}'],
  ])('a list, %s', (_, path, text) => {
    const { after, refusal, notes } = kept(path, text, withMapper, api('a'));
    expect({ refusal, notes }).toEqual({ refusal: null, notes: [] });
    expect((parse(after) as RealmRepresentation).clients?.[0]?.protocolMappers).toMatchObject([{ name: 'groups' }]);
    if (path === 'r.yaml') expect(after).toMatch(/ # none$/m);
  });

  test('a text, with the comment behind it', () => {
    const text = `${HEAD}displayName: # none\nclients: [{clientId: api, redirectUris: [a]}]\n`;
    const { after, refusal } = kept('r.yaml', text, { ...api('a'), displayName: 'Primary' }, { ...api('a'), displayName: 'Old' });
    expect({ after, refusal }).toEqual({ after: text.replace('displayName:', 'displayName: "Primary"'), refusal: null });
  });
});

test('a byte order mark is no column', () => {
  const { after, refusal } = kept('r.yaml', `\uFEFF${HEAD}clients: []\n`, { realm: 'primary', enabled: true, displayName: 'Primary' }, { realm: 'primary', enabled: true, displayName: 'Old' });
  expect({ after, refusal }).toEqual({ after: `\uFEFF${HEAD}clients: []\ndisplayName: "Primary"\n`, refusal: null });
});

test('a value that others take over by its anchor is refused', () => {
  const text = 'apiVersion: k8s.keycloak.org/v2beta1\nkind: KeycloakRealmImport\nspec:\n  realm:\n    realm: primary\n    displayName: &title Primary\n    clients: []\n  title: *title\n';
  const { after, refusal } = kept('cr.yaml', text, { realm: 'primary', displayName: 'New' }, { realm: 'primary', displayName: 'Primary' });
  expect(refusal).toMatch(/anchor &title/);
  expect(after).toBe(text);
});

test('no carriage return comes into a file that has none', () => {
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: r}\ndata:\n  realm.json: ${JSON.stringify(JSON.stringify(api('a'), null, 2).replaceAll('\n', '\r\n'))}\n`;
  const { after, refusal } = added('r.yaml', text);
  expect(refusal).toBeNull();
  expect(after).not.toBe(text);
  expect(after).not.toContain('\r');
});

test('of equal keys the last one counts, and is the one that is edited', () => {
  const text = `${HEAD}clients:\n  - clientId: api\n    redirectUris: [x, y] # old\n    redirectUris: [a]\n`;
  expect(added('r.yaml', text)).toMatchObject({ refusal: null, after: text.replace('[a]', '[a, "b"]') });
});

test('a member with a placeholder of Keycloak itself comes escaped into a file that escapes', () => {
  const text = JSON.stringify(api('$${authBaseUrl}/x/*'), null, 2);
  const { after } = kept('r.json', text, api('${authBaseUrl}/x/*', '${authBaseUrl}/y/*'), api('${authBaseUrl}/x/*'));
  expect((JSON.parse(after) as RealmRepresentation).clients?.[0]?.['redirectUris']).toEqual(['$${authBaseUrl}/x/*', '$${authBaseUrl}/y/*']);
});

describe('what is said of a line goes or stays with it', () => {
  const list = (...lines: readonly string[]) => `${HEAD}clients:\n  - clientId: api\n    redirectUris: [\n${lines.map((line) => `      ${line}\n`).join('')}    ]\n`;
  const three = ['"a", # first', '"b", # second', '"c" # third'];
  test.each([
    ['the second', ['a', 'c'], [three[0], three[2]]],
    ['the last', ['a', 'b'], [three[0], three[1]]],
    ['the first', ['b', 'c'], [three[1], three[2]]],
  ] as const)('of a list in brackets without %s', (_, live, wanted) => {
    const { after, refusal } = kept('r.yaml', list(...three), api(...live), api('a', 'b', 'c'));
    expect({ after, refusal }).toEqual({ after: list(...wanted.map(String)), refusal: null });
  });

  test('in brackets that were empty', () => {
    const text = `${HEAD}clients:\n  - clientId: api\n    redirectUris: [ # none yet\n      ]\n`;
    expect(kept('r.yaml', text, api('a'), api())).toMatchObject({ refusal: null, after: text.replace('      ]', '      "a"]') });
  });

  test('of the field behind one that goes', () => {
    const live = (more: Record<string, string>): RealmRepresentation => ({ realm: 'primary', enabled: true, clients: [{ clientId: 'api', ...more }] });
    const text = `${HEAD}clients:\n  - description: x\n    # id of the gateway, do not change\n    clientId: api\n`;
    expect(kept('r.yaml', text, live({}), live({ description: 'x' }))).toMatchObject({ refusal: null, after: text.replace(' description: x', '') });
  });

  test('of a text in a block', () => {
    const live = (description: string): RealmRepresentation => ({ realm: 'primary', enabled: true, clients: [{ clientId: 'api', description }] });
    const text = `${HEAD}clients:\n  - clientId: api\n    description: | # the text\n      old\n    enabled: true\n`;
    expect(kept('r.yaml', text, live('new'), live('old\n'))).toMatchObject({ refusal: null, after: text.replace('| # the text\n      old', '"new" # the text') });
  });
});

test('a text that is one value again is no realm', () => {
  for (const text of ['9007199254740993{"realm":"primary","enabled":true,"clients":[]}\n', '\0{"realm":"primary"}\n', '"\\"{realm: primary\\\\n}\\""\n']) expect(patchFile('r.yaml', text, { realm: 'primary', serverVersion: null, live: stateOf(api('a')), differences: [], choices: {} })?.refusal ?? null).toBeNull();
});
