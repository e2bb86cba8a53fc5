import fc from 'fast-check';
import { expect, test } from 'vitest';
import { objectsAt } from '../../src/realm/derived.ts';
import type { ObjectId, RealmObject, RealmState } from '../../src/realm/model.ts';
import { makeState } from '../../src/realm/state.ts';
import { unionOf } from '../../src/realm/union.ts';
import { after, before, state } from './incident.ts';

const object = (id: ObjectId, value: string): RealmObject => ({ id, kind: 'client', owner: id, name: id, value });
const stateOf = (source: string, names: readonly string[]): RealmState =>
  makeState({ realm: 'primary', source, completeness: 'full', listed: new Set(), representation: {} }, names.map((name) => object(`client:${name}`, source)));

test('a union reads like one map in which the first that has a key wins, whichever way it is read', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'));
  fc.assert(fc.property(fc.array(names, { maxLength: 3 }), names, (evidence, live) => {
    const states = [...evidence.map((list, index) => stateOf(`evidence ${index}`, list)), stateOf('live', live)];
    const copied = new Map<ObjectId, RealmObject>();
    for (const { objects } of states) for (const [id, found] of objects) if (!copied.has(id)) copied.set(id, found);
    const { objects } = unionOf(states.at(-1) as RealmState, states.slice(0, -1));
    const walked: [ObjectId, RealmObject][] = [];
    objects.forEach((found, id) => walked.push([id, found]));
    expect(walked).toEqual([...copied]);
    expect([...objects]).toEqual([...copied]);
    expect([...objects.entries()]).toEqual([...copied]);
    expect([...objects.keys()]).toEqual([...copied.keys()]);
    expect([...objects.values()]).toEqual([...copied.values()]);
    expect(objects.size).toBe(copied.size);
    for (const id of ['client:a', 'client:b', 'client:z'] as const) expect([objects.has(id), objects.get(id)]).toEqual([copied.has(id), copied.get(id)]);
  }));
});

test('objects are found by the first and the last piece of their key, in a state and in a union', () => {
  const [whole, damaged] = [state(before(), 'file:good.json'), state(after())];
  for (const looked of [whole, unionOf(damaged, [whole])]) {
    const all = [...looked.objects.values()];
    const pieces = (id: string): string[] => id.slice(id.indexOf(':') + 1).split('/');
    for (const { id, kind } of all) {
      const [first = '', ...rest] = pieces(id);
      expect(objectsAt(looked, `${kind}@${first}`)).toEqual(all.filter((other) => other.kind === kind && pieces(other.id)[0] === first));
      const last = rest.at(-1);
      if (last !== undefined) expect(objectsAt(looked, `${kind}>${last}`)).toEqual(all.filter((other) => other.kind === kind && pieces(other.id).length > 1 && pieces(other.id).at(-1) === last));
    }
    expect(objectsAt(looked, 'client>auth-service')).toEqual([]);
    expect(objectsAt(looked, 'client@nobody')).toEqual([]);
  }
});
