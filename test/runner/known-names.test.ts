import { describe, expect, test } from 'vitest';
import { refuseUnknownAnswers } from '../../src/runner/known-names.ts';
import type { ObjectId, RealmObject, RealmState } from '../../src/realm/model.ts';
import { makeState } from '../../src/realm/state.ts';
import { BY_FIELD, DIFFERENCES } from '../ui/fixtures.ts';

const [lost] = DIFFERENCES;
if (lost === undefined) throw new Error('fixture');
const object = (id: ObjectId, value: RealmObject['value']): RealmObject => ({ id, kind: 'client-mapper', owner: 'app', name: 'x', value });
const base: RealmState = { realm: 'r', source: 'live', completeness: 'full', objects: new Map(), listed: new Set(), representation: {} };
const live = makeState(base, [
  object(BY_FIELD.id, { provider: 'p', config: { 'claim.name': 'groups' } }), object('client-mapper:app/equal', { provider: 'p', config: { 'claim.name': 'groups' } }), object('client-mapper:a#b/x#y', 'text'),
]);
const refused = (...answered: readonly string[]) => () => refuseUnknownAnswers(answered, [live], [BY_FIELD, lost]);

describe('an answers file', () => {
  test.each([
    BY_FIELD.id, lost.id, `${BY_FIELD.id}#config.included.custom.audience`, `${BY_FIELD.id}#config.claim.name`, `${BY_FIELD.id}#provider`,
    'client-mapper:app/equal#config.claim.name', 'client-mapper:a#b/x#y', 'client-mapper:a#b/x#y#x',
  ])('may name %s', (key) => expect(refused(key)).not.toThrow());

  test.each([`${BY_FIELD.id}#config.nope`, `${BY_FIELD.id}#config`, `${BY_FIELD.id}#`, 'client-mapper:app/nobody#config.claim.name', 'client-mapper:app/equal#nope', `${lost.id}#config.claim.name`])('may not name %s', (key) => {
    expect(refused(key)).toThrow(`The answers file names ${key}, which neither the realm nor the evidence has.`);
  });

  test('says what stands behind the #, and that what is lost has no fields', () => {
    const next = (key: string): readonly string[] => {
      try {
        refused(key)();
      } catch (error) {
        return (error as { readonly next: readonly string[] }).next;
      }
      return [];
    };
    expect(next(`${BY_FIELD.id}#nope`).join(' ')).toContain('the path of a field, as realm-rescue compare --json lists it');
    expect(next(`${lost.id}#config.claim.name`).join(' ')).toContain(`Only a change has fields; ${lost.id} is lost or only live as a whole`);
    expect(next('client:nope').join(' ')).not.toContain('#');
  });
});
