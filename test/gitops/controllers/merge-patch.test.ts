import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { APPLICATION } from '../../../src/gitops/controllers/argo.ts';
import { fieldPatch, FROZEN_ANNOTATION, thawedValue } from '../../../src/gitops/controllers/controller.ts';
import { applyMergePatch, equal, mergePatch, nested } from '../../../src/gitops/controllers/merge-patch.ts';
import { at, type KubeObject } from '../../../src/gitops/controllers/object.ts';
import { canonicalJson } from '../../../src/realm/canonical.ts';
import type { Json, JsonObject } from '../../../src/realm/json.ts';
import { rfc7386 } from './rfc7386.ts';

/** Few names and few values: two of these have much in common. */
const NAMES = ['a', 'b', 'automated', 'prune', '', 'constructor', 'toString'];
const { plain, withNull } = fc.letrec<{ plain: Json; withNull: Json; leaf: Json }>((tie) => ({
  leaf: fc.constantFrom<Json>(0, 1, true, false, '', 'x', 'null'),
  plain: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie('leaf'), fc.array(tie('plain'), { maxLength: 2 }), fc.dictionary(fc.constantFrom(...NAMES), tie('plain'), { maxKeys: 5 })),
  withNull: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie('leaf'), fc.constant(null), fc.array(tie('withNull'), { maxLength: 2 }), fc.dictionary(fc.constantFrom(...NAMES), tie('withNull'), { maxKeys: 5 })),
}));
/** As it comes out of the bytes of an answer. */
const parsed = <T extends Json>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const value = plain.map(parsed);
const anything = withNull.map(parsed);
const object = fc.dictionary(fc.constantFrom(...NAMES), plain, { maxKeys: 6 }).map((made) => parsed(made as JsonObject));
const maybe = fc.option(value, { nil: undefined, freq: 6 });

const same = (a: Json | undefined, b: Json | undefined): void => {
  expect(canonicalJson(a ?? null)).toBe(canonicalJson(b ?? null));
};
const shuffled = (from: Json): Json => (from === null || typeof from !== 'object' ? from : Array.isArray(from) ? from.map(shuffled) : Object.fromEntries(Object.entries(from).toReversed().map(([name, inner]) => [name, shuffled(inner as Json)])));
const isMap = (of: Json | undefined): of is JsonObject => of !== null && typeof of === 'object' && !Array.isArray(of);

describe('a merge patch', () => {
  test('leads from one value to the other, as the server applies it and as we do', () => fc.assert(fc.property(value, value, (a, b) => {
    const patch = mergePatch(a, b);
    same(patch === undefined ? a : rfc7386(a, patch), b);
    same(patch === undefined ? a : applyMergePatch(a, patch), b);
  }), { numRuns: 2000 }));

  test('is nothing exactly where nothing differs, whatever the order of members', () => fc.assert(fc.property(value, value, (a, b) => {
    expect(mergePatch(a, shuffled(a))).toBeUndefined();
    expect(mergePatch(a, b) === undefined).toBe(canonicalJson(a) === canonicalJson(b));
  }), { numRuns: 1000 }));

  test('names nothing that does not differ: what somebody else writes beside it meanwhile stays', () => fc.assert(fc.property(object, object, value, (a, b, theirs) => {
    const patch = mergePatch(a, b) ?? {};
    if (!isMap(patch)) throw new Error('a patch between two objects is one');
    for (const name of Object.keys(patch)) expect(canonicalJson(at(a, name) ?? null) === canonicalJson(at(b, name) ?? null) && Object.hasOwn(a, name) === Object.hasOwn(b, name)).toBe(false);
    same(at(rfc7386({ ...a, theirs }, patch), 'theirs'), theirs);
  }), { numRuns: 500 }));

  test('to nothing is null, from nothing the whole', () => fc.assert(fc.property(value, (a) => {
    expect(mergePatch(a, undefined)).toBeNull();
    expect(mergePatch(undefined, undefined)).toBeUndefined();
    const patch = mergePatch(undefined, a);
    if (patch === undefined) throw new Error('nothing is not something');
    same(rfc7386(undefined, patch), a);
  })));

  test.each<[string, Json, Json, Json | undefined]>([
    ['a member changes', { a: 'b' }, { a: 'c' }, { a: 'c' }],
    ['a member comes', { a: 'b' }, { a: 'b', b: 'c' }, { b: 'c' }],
    ['a member goes', { a: 'b', b: 'c' }, { b: 'c' }, { a: null }],
    ['deep inside', { a: { b: 1, c: 2 }, d: 3 }, { a: { b: 1, c: 4 }, d: 3 }, { a: { c: 4 } }],
    ['a list is replaced whole', { a: [1, 2] }, { a: [1] }, { a: [1] }],
    ['an object in the place of a list', { a: [1] }, { a: { b: 1 } }, { a: { b: 1 } }],
    ['an object that becomes empty', { a: { b: 1 } }, { a: {} }, { a: { b: null } }],
    ['an empty object in the place of a number', { a: 1 }, { a: {} }, { a: {} }],
    ['nothing', { a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 2 }] } }, undefined],
  ])('%s', (_name, from, to, patch) => expect(mergePatch(from, to)).toEqual(patch));
});

// A field of a custom resource may be called anything; of such a name JavaScript makes a prototype.
test.each([[{}, '{"__proto__":{"a":1}}'], [{ a: 1 }, '{"a":1,"b":{"__proto__":0}}']])('a member that is called __proto__ is one like any other: %j to %s', (from, to) => {
  const wanted = JSON.parse(to) as JsonObject;
  const patch = mergePatch(from, wanted) ?? {};
  same(patch, JSON.parse(to.replace('"a":1,', '')) as Json);
  same(applyMergePatch(from, patch), wanted);
  same(thawedValue(from, {}, wanted).value, { ...from, ...wanted });
});

describe('applying one', () => {
  test('does what RFC 7386 says, nulls and all', () => fc.assert(fc.property(anything, anything, (a, patch) => same(applyMergePatch(a, patch), rfc7386(a, patch))), { numRuns: 2000 }));

  // The table of appendix A.
  test.each<[Json, Json, Json]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }], [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }], [{ a: 'b' }, { a: null }, {}], [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }], [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }], [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }], [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }], [['a', 'b'], ['c', 'd'], ['c', 'd']],
    [{ a: 'b' }, ['c'], ['c']], [{ a: 'foo' }, null, null], [{ a: 'foo' }, 'bar', 'bar'], [{ e: null }, { a: 1 }, { e: null, a: 1 }], [[1, 2], { a: 'b', c: null }, { a: 'b' }], [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (a, patch, result) => {
    expect(applyMergePatch(a, patch)).toEqual(result);
    expect(rfc7386(a, patch)).toEqual(result);
  });

  test('leaves what it was given alone', () => fc.assert(fc.property(value, anything, (a, patch) => {
    const [before, wanted] = [canonicalJson(a), canonicalJson(patch)];
    applyMergePatch(a, patch);
    expect([canonicalJson(a), canonicalJson(patch)]).toEqual([before, wanted]);
  })));
});

test('equal is equal as JSON', () => fc.assert(fc.property(anything, anything, (a, b) => {
  expect(equal(a, shuffled(a))).toBe(true);
  expect(equal(a, b)).toBe(canonicalJson(a) === canonicalJson(b));
  expect(equal(b, a)).toBe(equal(a, b));
}), { numRuns: 1000 }));

test('a path leads to the value and to nothing else', () => fc.assert(fc.property(fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 }), value, (path, inner) => {
  const made = nested(path, inner);
  same(at(made, ...path), inner);
  path.forEach((_name, depth) => expect(Object.keys(at(made, ...path.slice(0, depth)) as JsonObject)).toHaveLength(1));
})));

describe('the patch of a field', () => {
  const meta = fc.record({ name: fc.constant('keycloak'), namespace: fc.constant('argocd'), resourceVersion: fc.constantFrom('7', '8'), labels: fc.constant({ team: 'iam' }), annotations: fc.constantFrom({}, { note: 'x' }, { [FROZEN_ANNOTATION]: '{}', note: 'x' }) }, { requiredKeys: ['name', 'namespace'] });
  const kube = fc.tuple(meta, maybe, object).map(([metadata, policy, rest]): KubeObject => parsed({ kind: 'Application', metadata, spec: { ...rest, source: { path: 'keycloak' }, ...(policy === undefined ? {} : { syncPolicy: policy }) } }) as KubeObject);
  const FIELD = ['spec', 'syncPolicy'];

  test('changes that field and the record, and nothing else', () => fc.assert(fc.property(kube, maybe, fc.option(object), (before, wanted, record) => {
    const after = rfc7386(before, fieldPatch(before, FIELD, wanted, record)) as KubeObject;
    same(at(after, ...FIELD), wanted);
    expect(Object.hasOwn(after['spec'] as JsonObject, 'syncPolicy')).toBe(wanted !== undefined);
    expect(after.metadata.annotations?.[FROZEN_ANNOTATION]).toBe(record === null ? undefined : JSON.stringify(record));
    const without = (of: KubeObject): Json => {
      const { syncPolicy: _policy, ...spec } = of['spec'] as JsonObject;
      const { [FROZEN_ANNOTATION]: _record, ...annotations } = of.metadata.annotations ?? {};
      return { ...of, spec, metadata: { ...of.metadata, annotations } };
    };
    same(without(after), without(before));
  }), { numRuns: 500 }));

  test('goes with the version that was read, and with none where none was', () => fc.assert(fc.property(kube, maybe, (before, wanted) => {
    const { metadata } = fieldPatch(before, FIELD, wanted, null) as unknown as KubeObject;
    expect(metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    expect(Object.hasOwn(metadata, 'resourceVersion')).toBe(before.metadata.resourceVersion !== undefined);
  })));

  test('of a field that is there as wanted already takes only the record away', () => {
    expect(fieldPatch({ kind: 'Kustomization', metadata: { name: 'k', resourceVersion: '7' }, spec: { suspend: true } }, ['spec', 'suspend'], true, null)).toEqual({ metadata: { resourceVersion: '7', annotations: { [FROZEN_ANNOTATION]: null } } });
  });
});

describe('what a thaw puts back', () => {
  test('is what was there before, exactly, where nobody has changed anything', () => fc.assert(fc.property(maybe, maybe, (previous, frozen) => {
    const thawed = thawedValue(previous, frozen, frozen === undefined ? undefined : shuffled(frozen));
    expect(thawed.changedMeanwhile).toBe(false);
    same(thawed.value, previous);
    expect(thawed.value === undefined).toBe(previous === undefined);
  })));

  test('is what was there before with the changes of others on top of it, none of them left out', () => fc.assert(fc.property(object, object, object, (previous, frozen, current) => {
    fc.pre(canonicalJson(frozen) !== canonicalJson(current));
    const { value: put, changedMeanwhile } = thawedValue(previous, frozen, current);
    expect(changedMeanwhile).toBe(true);
    for (const name of NAMES) {
      const [was, is] = [at(frozen, name), at(current, name)];
      if (is === undefined ? was === undefined : was !== undefined && canonicalJson(was) === canonicalJson(is)) same(at(put, name), at(previous, name));
      else if (is === undefined) expect(Object.hasOwn(put as JsonObject, name)).toBe(false);
      else if (!isMap(is)) same(at(put, name), is);
      else if (isMap(was)) same(at(put, name), thawedValue(at(previous, name), was, is).value ?? null);
    }
  }), { numRuns: 1000 }));

  const policy = fc.record({
    automated: fc.record({ prune: fc.boolean(), selfHeal: fc.boolean(), allowEmpty: fc.boolean(), enabled: fc.constant(true) }, { requiredKeys: [] }),
    syncOptions: fc.constantFrom<Json>([], ['CreateNamespace=true'], ['ServerSideApply=true', 'CreateNamespace=true']),
    retry: fc.constantFrom<Json>({ limit: 5, backoff: { duration: '5s', factor: 2 } }, { limit: -1 }),
  }, { requiredKeys: ['automated'] });
  const EDITS: readonly (readonly [name: string, edit: (policy: JsonObject) => JsonObject | undefined])[] = [
    ['an option is added', (before) => ({ ...before, syncOptions: [...((before['syncOptions'] ?? []) as readonly Json[]), 'RespectIgnoreDifferences=true'] })],
    ['the options are taken away', ({ syncOptions: _gone, ...rest }) => rest],
    ['retries are set', (before) => ({ ...before, retry: { limit: 9 } })],
    ['retries are taken away', ({ retry: _gone, ...rest }) => rest],
    ['namespace labels are set', (before) => ({ ...before, managedNamespaceMetadata: { labels: { team: 'iam' } } })],
    // The application controller writes the spec back without an empty policy (NormalizeApplicationSpec).
    ['an empty policy is taken away', (before) => (Object.keys(before).length === 0 ? undefined : before)],
  ];

  test.each(EDITS.flatMap(([name, edit]) => [0, 1].map((way) => [name, way === 0 ? 'a flag' : 'taking the automation out', edit, way] as const)))('%s while the application is paused by %s: its automation comes back as it was', (_name, _way, edit, way) => fc.assert(fc.property(policy, (previous) => {
    const paused = APPLICATION.pauses({ kind: 'Application', metadata: { name: 'keycloak' }, spec: { syncPolicy: previous as JsonObject } })[way] as JsonObject;
    const current = edit(paused);
    const { value: put } = thawedValue(previous as JsonObject, paused, current);
    same(at(put, 'automated'), previous.automated as JsonObject);
    for (const [field, theirs] of Object.entries(current ?? {})) if (field !== 'automated') same(at(put, field), theirs);
    for (const field of ['syncOptions', 'retry']) if (Object.hasOwn(paused, field) && !Object.hasOwn(current ?? {}, field)) expect(at(put, field)).toBeUndefined();
  })));

  test('a flag of the automation that somebody has changed meanwhile is theirs', () => {
    const previous = { automated: { prune: true, selfHeal: true } };
    expect(thawedValue(previous, { automated: { prune: true, selfHeal: true, enabled: false } }, { automated: { prune: false, selfHeal: true, enabled: false } })).toEqual({ value: { automated: { prune: false, selfHeal: true } }, changedMeanwhile: true });
  });

  test('an automation that somebody has taken out meanwhile stays out, and it is said', () => {
    const previous = { automated: { prune: true }, retry: { limit: 5 } };
    expect(thawedValue(previous, { automated: { prune: true, enabled: false }, retry: { limit: 5 } }, { retry: { limit: 5 } })).toEqual({ value: { retry: { limit: 5 } }, changedMeanwhile: true });
  });

  test('a policy that somebody has taken out whole, with something in it, stays out, and it is said', () => {
    const previous = { automated: { prune: true }, retry: { limit: 5 } };
    const flagged = thawedValue(previous, { automated: { prune: true, enabled: false }, retry: { limit: 5 } }, undefined);
    expect([flagged.value ?? {}, flagged.changedMeanwhile]).toEqual([{}, true]);
    // The automation was taken out by the pause, not by him.
    expect(thawedValue(previous, { retry: { limit: 5 } }, undefined)).toEqual({ value: { automated: { prune: true } }, changedMeanwhile: true });
  });
});
