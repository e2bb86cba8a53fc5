import { describe, expect, test, vi } from 'vitest';
import { realmInText } from '../../src/evidence/document.ts';
import { nameOf } from '../../src/gitops/controllers/object.ts';
import { remember } from '../../src/kubernetes/remember.ts';
import { RescueError } from '../../src/realm/errors.ts';
import { history, mayNot, type HistoryOptions, type Write } from './history.ts';

const MAP = nameOf('configmap', 'iam', 'realm');
const SPEC = 'configmap:iam/realm';
const json = (text: string) => ({ data: { 'realm.json': text } });
const fields = (manager: string, time: string) => [{ manager, time, fieldsV1: { 'f:data': { 'f:realm.json': {} } } }];

async function remembered(writes: readonly Write[], options?: HistoryOptions) {
  const api = history({ [SPEC]: writes }, options);
  const { versions, notes } = await remember(api, [{ name: MAP, key: 'realm.json' }]);
  return { versions, notes, asked: api.asked, texts: versions.map(({ text }) => (JSON.parse(text) as { data?: Record<string, string> }).data?.['realm.json']) };
}

describe('what was overwritten', () => {
  test('is the version before, with who wrote it and what replaced it', async () => {
    const managedFields = fields('kubectl-edit', '2026-06-01T22:58:00Z');
    const { versions, notes } = await remembered([['80', json('older')], ['90', { ...json('human'), metadata: { managedFields } }], ['100', json('git')]], { forgotten: '90' });
    expect(versions).toEqual([{
      object: MAP, resourceVersion: '90', replacedBy: '100', changed: ['data["realm.json"]'], name: 'remembered-configmap-iam-realm-90', text: versions[0]?.text,
      lastWrite: { manager: 'kubectl-edit', time: '2026-06-01T22:58:00Z', field: 'data["realm.json"]' },
    }]);
    expect(JSON.parse(versions[0]?.text ?? '')).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'realm', namespace: 'iam', resourceVersion: '90', managedFields }, ...json('human') });
    expect(notes).toEqual(['The API server remembers nothing before resourceVersion 90 of ConfigMap iam/realm (it forgets after 5 to 10 minutes).']);
  });

  test('is evidence as it stands in its file', async () => {
    const realm = { realm: 'primary', enabled: true, clients: [{ clientId: 'a' }] };
    const { versions } = await remembered([['90', json(JSON.stringify(realm))], ['100', json('{}')]]);
    expect(realmInText(`${versions[0]?.name}.json`, versions[0]?.text ?? '', 'primary')).toEqual({ representation: realm, where: 'data["realm.json"]' });
  });

  test('and put back at once: both versions, the newer first', async () => {
    const { texts, versions, notes } = await remembered([['80', json('git')], ['90', json('human')], ['91', json('git')]]);
    expect(texts).toEqual(['human', 'git']);
    expect(versions.map(({ replacedBy }) => replacedBy)).toEqual(['91', '90']);
    expect(notes).toEqual(['There was no ConfigMap iam/realm before resourceVersion 80.']);
  });

  test('is told from writes that change no content, which are walked over', async () => {
    const { texts, versions } = await remembered([['70', json('old')], ['80', json('new')], ['90', { ...json('new'), metadata: { annotations: { a: 'b' } } }], ['100', { ...json('new'), status: { seen: true } }]]);
    expect(texts).toEqual(['old']);
    expect(versions[0]?.replacedBy).toBe('80');
  });

  test('beyond what a double can count', async () => {
    const { texts, asked } = await remembered([['9007199254740993', json('before')], ['9007199254740995', json('after')]], { forgotten: '9007199254740993' });
    expect(texts).toEqual(['before']);
    expect(asked).toEqual(['now', '9007199254740994', '9007199254740992']);
  });

  test.each([
    ['spec.template', { spec: { selector: { a: 1 }, template: { a: 1 } } }, { spec: { template: { a: 2 }, selector: { a: 1 } } }], ['spec.paused', { spec: {} }, { spec: { paused: true } }],
    ['spec', {}, { spec: { a: 1 } }], ['spec', { spec: { a: 1 } }, {}],
  ])('%s of another kind', async (changed, before, after) => {
    const api = history({ 'statefulset:iam/keycloak': [['7', before], ['8', after]] });
    const { versions } = await remember(api, [{ name: nameOf('statefulset', 'iam', 'keycloak'), key: null }]);
    expect(versions.map((version) => version.changed)).toEqual([[changed]]);
    expect(versions[0]?.text).toContain('"apiVersion": "apps/v1beta9"');
  });

  test('in any key of a Secret, and none that only moved', async () => {
    const api = history({ 'secret:iam/realm': [['7', { data: { a: 'MQ==', b: 'MQ==', 'c"d': 'MQ==' }, type: 'Opaque' }], ['8', { type: 'Opaque', data: { b: 'MQ==', a: 'Mg==', e: 'MQ==' } }]] });
    const { versions } = await remember(api, [{ name: nameOf('secret', 'iam', 'realm'), key: null }]);
    expect(versions[0]?.changed).toEqual(['data["a"]', 'data["c\\"d"]', 'data["e"]']);
  });
});

describe('what was deleted', () => {
  test('and made anew: the last version before that', async () => {
    const { texts, notes, asked } = await remembered([['100', json('first')], ['2000', json('last')], ['2345', null], ['4000', json('anew')]], { forgotten: '50' });
    expect(texts).toEqual(['last', 'first']);
    expect(notes).toEqual(['The API server remembers nothing before resourceVersion 100 of ConfigMap iam/realm (it forgets after 5 to 10 minutes).']);
    expect(asked.length).toBeLessThan(60);
  });

  test('and is gone', async () => {
    const { texts, versions } = await remembered([['20', json('last')], ['300', null]], { now: '400' });
    expect(texts).toEqual(['last']);
    expect(versions[0]).toMatchObject({ resourceVersion: '20', replacedBy: '400', changed: ['data["realm.json"]'] });
  });

  test('just now', async () => {
    const { texts, versions } = await remembered([['20', json('last')], ['21', null]]);
    expect([texts, versions[0]?.replacedBy]).toEqual([['last'], '21']);
  });

  test('too long ago, or never there', async () => {
    expect(await remembered([['20', json('last')], ['21', null]], { now: '400', forgotten: '300' })).toMatchObject({ versions: [], notes: ['There is no ConfigMap iam/realm, and the API server remembers none (it forgets after 5 to 10 minutes).'] });
    expect(await remembered([], { now: '400' })).toMatchObject({ versions: [], notes: ['There is no ConfigMap iam/realm, and the API server remembers none.'] });
  });

  test('with half of what lies between forgotten: what is left of it', async () => {
    expect((await remembered([['100', json('last')], ['990', null], ['1000', json('anew')]], { forgotten: '700' })).texts).toEqual(['last']);
  });
});

describe('how far', () => {
  test('nothing is remembered at all', async () => {
    expect(await remembered([['90', json('a')], ['100', json('b')]], { forgotten: '100' })).toMatchObject({ versions: [], notes: ['The API server remembers nothing before resourceVersion 100 of ConfigMap iam/realm (it forgets after 5 to 10 minutes).'] });
  });

  test('twelve versions', async () => {
    const { texts, notes } = await remembered(Array.from({ length: 20 }, (_, index) => [String(index + 1), json(`text ${index}`)]));
    expect(texts).toEqual(Array.from({ length: 12 }, (_, index) => `text ${18 - index}`));
    expect(notes).toEqual(['Versions of ConfigMap iam/realm before resourceVersion 8 were not looked for: it is written very often.']);
  });

  test('and past forty writes of a status, but not past a thousand', async () => {
    const busy = (times: number): Write[] => [['1', json('old')], ...Array.from({ length: times }, (_, index): Write => [String(index + 2), { ...json('new'), status: { index } }])];
    expect((await remembered(busy(40))).texts).toEqual(['old']);
    const { texts, notes, asked } = await remembered(busy(1000));
    expect([texts, asked.length]).toEqual([[], 61]);
    expect(notes[0]).toMatch(/were not looked for: it is written very often/);
  });

  test('no further than a server goes that shows the newest version whatever is asked', async () => {
    const { versions, asked } = await remembered([['90', json('a')], ['100', json('b')]], { heedless: true });
    expect([versions.length, asked.length]).toEqual([0, 2]);
  });

  test('a name as long as names can be still makes a file name', async () => {
    const name = nameOf('configmap', 'n'.repeat(63), 'a'.repeat(253));
    const { versions } = await remember(history({ [`configmap:${name.namespace}/${name.name}`]: [['7', json('a')], ['8', json('b')]] }), [{ name, key: null }]);
    expect(versions[0]?.name).toMatch(/^remembered-configmap-n{63}-a+-7$/);
    expect(versions[0]?.name.length).toBeLessThan(240);
  });
});

describe('what is refused', () => {
  const two = { [SPEC]: [['7', json('a')], ['8', json('b')]], 'secret:iam/realm': [['7', { data: { a: 'MQ==' } }], ['9', { data: { a: 'Mg==' } }]] } as const;
  const objects = [{ name: MAP, key: null }, { name: nameOf('secret', 'iam', 'realm'), key: null }];

  test('list: a note says what is lost by it, and the others are read', async () => {
    const { versions, notes } = await remember(history(two, { refused: { 'list configmaps': mayNot('list', MAP) } }), objects);
    expect(versions.map(({ name }) => name)).toEqual(['remembered-secret-iam-realm-7']);
    expect(notes[0]).toBe('Earlier versions of ConfigMap iam/realm cannot be read, and are lost in minutes: oncall may not list configmaps in namespace iam, which reading ConfigMap iam/realm takes. Reading the object alone gives only the current version. Have added to a Role: resources ["configmaps"], verbs ["list"].');
  });

  test('nothing: what is found later is not waited for', async () => {
    const api = history(two);
    const { promise: beside, resolve } = Promise.withResolvers<typeof objects>();
    const both = remember(api, objects.slice(0, 1), beside);
    await vi.waitFor(() => expect(api.asked.length).toBeGreaterThan(1));
    resolve(objects.slice(1));
    expect((await both).versions.map(({ name }) => name)).toEqual(['remembered-configmap-iam-realm-7', 'remembered-secret-iam-realm-7']);
  });

  test('everything else: thrown for the first object, a note for others', async () => {
    const lost = new RescueError('unreachable', 'No connection.');
    await expect(remember(history(two, { refused: { 'list configmaps': lost } }), objects)).rejects.toBe(lost);
    const { versions, notes } = await remember(history(two, { refused: { 'list secrets': lost } }), objects);
    expect(versions.map(({ name }) => name)).toEqual(['remembered-configmap-iam-realm-7']);
    expect(notes[1]).toBe('Earlier versions of Secret iam/realm could not be asked for: No connection.');
  });
});
