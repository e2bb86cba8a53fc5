// Groups beside each other: which writes and proofs a run may have under way at once, and what stops it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Group, Operation, OrderedOwner } from '../../src/realm/model.ts';
import type { Effect, Question, RunEvent, RunState } from '../../src/runbook/model.ts';
import { groupOf } from '../../src/runbook/restoring.ts';
import { stoppedBy } from '../../src/runbook/summary.ts';
import { replay, settle, transition } from '../../src/runbook/transition.ts';
import { expectation, operation, proof, untilPlan } from './fixtures.ts';

const group = (owner: string, ...operations: readonly (Partial<Operation> & { readonly id: string })[]): Group => ({
  owner, operations: operations.map(({ id, ...rest }) => ({ ...operation(id, owner), ...rest })), expectations: [{ ...expectation, client: owner }],
});
const FIVE = ['a', 'b', 'c', 'd', 'e', 'f'].map((owner) => group(owner, { id: `write ${owner}` }));

/** A run that has made this plan, with its groups confirmed from the first of `from` on. */
function planned(groups: readonly Group[], { order = [], confirm = [{ owner: groups[0]?.owner ?? '', all: true }] }: { readonly order?: readonly OrderedOwner[]; readonly confirm?: readonly { readonly owner: string; readonly all: boolean }[] } = {}): RunEvent[] {
  return [
    ...untilPlan.map((event): RunEvent => {
      if (event.type === 'compare.done') return { ...event, order: order.length > 0 ? order : groups.map(({ owner }) => ({ owner, after: [], reason: '' })) };
      return event.type === 'plan.made' ? { ...event, plan: { ...event.plan, groups } } : event;
    }),
    ...confirm.map(({ owner, all }): RunEvent => ({ type: 'group.confirmed', owner, all, by: 'person' })),
  ];
}

const intended = (id: string): RunEvent => ({ type: 'write.intended', operation: id, undo: false, method: 'POST', path: '/x', before: [] });
const verified = (id: string): RunEvent => ({ type: 'write.verified', operation: id, undo: false, found: 'read-back', ids: {} });
const failed = (id: string, title: string): RunEvent => ({ type: 'write.failed', operation: id, undo: false, failure: { code: 'write-failed', title, next: [] } });
const lost = (id: string): RunEvent => ({ type: 'write.unknown', operation: id, undo: false, failure: { code: 'no-answer', title: 'The connection broke.', next: [] } });
const proven = (owner: string, outcome: 'proven' | 'not-proven' = 'proven'): RunEvent => ({ type: 'prove.done', owner, proofs: [proof(outcome)] });
const done = (owner: string): RunEvent[] => [intended(`write ${owner}`), verified(`write ${owner}`), proven(owner)];

const named = (effect: Effect): string => (effect.type === 'write' || effect.type === 'look' ? `${effect.type === 'look' ? 'look at ' : ''}${effect.operation.id}` : effect.type === 'prove' ? `prove ${effect.group.owner}` : effect.type);
const under = (events: readonly RunEvent[]): string[] => settle(replay(events)).effects.map(named);
const asked = (events: readonly RunEvent[]): Question | null => replay(events).question;

describe('clients that are restored beside each other', () => {
  it('begin after the first one is written and proven, four at a time', () => {
    const run = planned(FIVE);
    expect(under(run)).toEqual(['write a']);
    expect(under([...run, intended('write a'), verified('write a')])).toEqual(['prove a']);
    expect(under([...run, ...done('a')])).toEqual(['write b', 'write c', 'write d', 'write e']);
    expect(under([...run, ...done('a'), intended('write c'), verified('write c'), ...done('d')])).toEqual(['write b', 'write e', 'write f']);
    expect(under([...run, ...done('a'), ...done('b'), intended('write c'), verified('write c')])).toEqual(['prove c', 'write d', 'write e', 'write f']);
  });

  it('are those that were confirmed; the next one is asked for when they are done', () => {
    const run = [...planned(FIVE, { confirm: ['a', 'b', 'c'].map((owner) => ({ owner, all: false })) }), ...done('a')];
    expect(under(run)).toEqual(['write b', 'write c']);
    expect(asked(run)).toBeNull();
    expect(asked([...run, ...done('b'), ...done('c')])).toMatchObject({ kind: 'confirm', index: 3, group: { owner: 'd' } });
  });

  it('wait for what they need, and for whom the order puts them after', () => {
    const groups = [group('a', { id: 'write a' }), group('b', { id: 'make scope' }, { id: 'write b' }), group('c', { id: 'write c', dependsOn: ['make scope'] }), group('d', { id: 'write d' })];
    const order = groups.map(({ owner }) => ({ owner, after: owner === 'd' ? [{ owner: 'b', reason: 'takes its tokens' }] : [], reason: '' }));
    const run = [...planned(groups, { order }), ...done('a')];
    expect(under(run)).toEqual(['make scope']);
    expect(under([...run, intended('make scope'), verified('make scope')])).toEqual(['write b', 'write c']);
    expect(under([...run, intended('make scope'), verified('make scope'), intended('write b'), verified('write b'), proven('b')])).toEqual(['write c', 'write d']);
  });

  it('are proven only when everything before them is written: a claim belongs to the last one that makes it', () => {
    const run = [...planned(FIVE), ...done('a'), intended('write c'), verified('write c')];
    expect(under(run)).toEqual(['write b', 'write d', 'write e']);
    expect(under([...run, intended('write b'), verified('write b')])).toEqual(['prove b', 'prove c', 'write d', 'write e']);
  });

  it('are clients: what belongs to none goes alone', () => {
    const groups = [group('a', { id: 'write a' }), group('b', { id: 'write b' }), group('realm', { id: 'write realm' }), group('c', { id: 'write c' })];
    const run = [...planned(groups), ...done('a')];
    expect(under(run)).toEqual(['write b']);
    expect(under([...run, ...done('b')])).toEqual(['write realm']);
    expect(under([...run, ...done('b'), ...done('realm')])).toEqual(['write c']);
  });
});

describe('trouble with one of several', () => {
  const run = [...planned(FIVE), ...done('a')];

  it('stops all: the question comes before anything that could still be begun', () => {
    const broken = [...run, intended('write b'), intended('write d'), failed('write d', 'The server refuses it.')];
    expect(under(broken)).toEqual([]);
    expect(asked(broken)).toMatchObject({ kind: 'write-trouble', operation: { id: 'write d' }, failure: { title: 'The server refuses it.' } });
    expect(asked([...run, intended('write c'), verified('write c'), proven('c', 'not-proven')])).toMatchObject({ kind: 'not-proven', owner: 'c' });
  });

  it('keeps what each of them was about, whichever came last', () => {
    const both = [...run, intended('write b'), intended('write d'), failed('write d', 'Refused: d.'), failed('write b', 'Refused: b.')];
    expect(asked(both)).toMatchObject({ operation: { id: 'write b' }, failure: { title: 'Refused: b.' } });
    expect(stoppedBy(replay(both))?.title).toBe('Refused: b.');
    const others = [...run, intended('write d'), failed('write d', 'Refused: d.'), intended('write b'), verified('write b')];
    expect(asked(others)).toMatchObject({ operation: { id: 'write d' }, failure: { title: 'Refused: d.' } });
    expect(replay(others).steps.restore.status).toBe('warned');
  });

  it('a lost answer is looked after before anything else is written; proofs only read', () => {
    const doubtful = [...run, intended('write b'), verified('write b'), intended('write c'), lost('write c')];
    expect(under(doubtful)).toEqual(['prove b', 'look at write c']);
    expect(under([...doubtful, { type: 'write.verified', operation: 'write c', undo: false, found: 'look', ids: {} }])).toEqual(['prove b', 'prove c', 'write d', 'write e']);
  });

  it('after a crash every dangling write is looked at, whichever of them it was', () => {
    expect(under([...run, intended('write b'), intended('write c'), intended('write e')])).toEqual(['look at write b', 'look at write c', 'write d', 'look at write e']);
  });
});

it('whatever the plan and whatever comes back: one effect of a group, four at a time, no write before what it needs, and an end', () => {
  const plans = fc.integer({ min: 1, max: 9 }).chain((size) => fc.tuple(
    fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.array(fc.nat(), { maxLength: 2 }), fc.boolean()), { minLength: size, maxLength: size }),
    fc.array(fc.nat(), { minLength: 200, maxLength: 200 }),
  ));
  fc.assert(fc.property(plans, ([shapes, picks]) => {
    const ids: string[] = [];
    const groups = shapes.map(([writes, needs, ofRealm], index) => group(ofRealm ? `scope s${index}` : `client${index}`, ...Array.from({ length: writes }, (_, nth) => {
      const id = `write ${index}.${nth}`;
      const dependsOn = ids.length === 0 ? [] : needs.map((need) => ids[need % ids.length] ?? '');
      ids.push(id);
      return { id, dependsOn };
    })));
    let state: RunState = replay(planned(groups));
    for (const pick of picks) {
      const { effects } = settle(state);
      const restoring = effects.filter(({ type }) => type === 'write' || type === 'prove');
      if (restoring.length === 0) break;
      expect(new Set(restoring.map(groupOf)).size).toBe(restoring.length);
      expect(restoring.length).toBeLessThanOrEqual(4);
      for (const effect of restoring) {
        if (effect.type === 'write') for (const id of effect.operation.dependsOn) expect(state.writes[id]).toBe('verified');
      }
      const effect = restoring[pick % restoring.length];
      if (effect?.type === 'write') for (const event of [intended(effect.operation.id), verified(effect.operation.id)]) state = transition(state, event).state;
      if (effect?.type === 'prove') state = transition(state, proven(effect.group.owner)).state;
    }
    expect(ids.every((id) => state.writes[id] === 'verified')).toBe(true);
    expect(Object.keys(state.proofs).length).toBe(groups.length);
  }), { numRuns: 300 });
});
