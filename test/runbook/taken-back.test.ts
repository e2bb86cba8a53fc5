import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/runbook/model.ts';
import { finishedExit, summarise } from '../../src/runbook/summary.ts';
import { takenBackOf } from '../../src/runbook/taken-back.ts';
import { replay, settle } from '../../src/runbook/transition.ts';
import { accountOf, remembered, resume, seen } from './cluster-story.ts';
import { group, operation, plan, proof, second, settings, untilPlan } from './fixtures.ts';

const all = ['create a', 'create b', 'create c'];
const written = (id: string, undo = false, ids: Readonly<Record<string, string>> = {}): readonly RunEvent[] => [
  { type: 'write.intended', operation: id, undo, method: 'POST', path: '/x', before: [] }, { type: 'write.sent', operation: id, undo, status: 204, milliseconds: 3 }, { type: 'write.verified', operation: id, undo, found: 'read-back', ids },
];
const confirmed: RunEvent = { type: 'group.confirmed', owner: 'auth-service', all: true, by: 'person' };
const proven: RunEvent = { type: 'prove.done', owner: 'auth-service', proofs: [proof('proven')] };
const thaw = (statement: string | null): RunEvent => ({ type: 'thaw.stated', statement, by: 'person' });
const finished: RunEvent = { type: 'run.finished', exit: 0, summary: summarise(replay([])) };
const restored = [...untilPlan, confirmed, ...written('create a'), ...written('create b'), proven, ...written('create c')];
const ended = (statement: string | null = null): readonly RunEvent[] => [...restored, accountOf(true), { type: 'export.skipped', because: 'x' }, thaw(statement), finished];
const begun: RunEvent = { type: 'undo.started', owners: [], by: 'person' };
const undo = (...ids: readonly string[]): readonly RunEvent[] => [begun, ...ids.flatMap((id) => written(id, true)), { type: 'undo.finished', undone: ids.length, left: [] }];
const resumed: RunEvent = { type: 'run.resumed', pid: 1, tool: '0.1.0', mode: 'interactive', settings };
const question = (events: readonly RunEvent[]) => replay(events).question;
const effects = (events: readonly RunEvent[]) => settle(replay(events)).effects.map((effect) => ('operation' in effect ? `${effect.type} ${effect.operation.id}` : effect.type));

describe('a finished run that was taken back', () => {
  it('counts nothing as restored or proven, and stands at Restore', () => {
    const state = replay([...ended(), ...undo(...all.toReversed())]);
    expect(summarise(state)).toMatchObject({ restored: 0, proven: 0, left: 1, sessionsAfter: null, export: null });
    expect(takenBackOf(state)).toEqual({ undone: 3, standing: 0 });
    expect(state).toMatchObject({ step: 'restore', finished: null, account: null, settled: true });
    expect(state.steps.restore.line).toBe('0 writes sent once and read back, 3 taken back');
    expect(state.steps.prove).toEqual({ status: 'pending', line: null });
  });

  it('asks for the word again when it goes on, then writes, proves and accounts before it ends', () => {
    const again = [...ended(), ...undo(...all.toReversed()), resumed];
    expect(question(again)).toMatchObject({ kind: 'confirm', group: { owner: 'auth-service' }, word: 'primary' });
    expect(effects([...again, confirmed])).toEqual(['write create a']);
    const rewritten = [...again, confirmed, ...written('create a'), ...written('create b')];
    expect(effects(rewritten)).toEqual(['prove']);
    const done = [...rewritten, proven, ...written('create c')];
    expect(effects(done)).toEqual(['account']);
    expect(effects([...done, accountOf(true)])).toEqual(['export']);
    expect(question([...done, accountOf(true), { type: 'export.skipped', because: 'x' }])).toEqual({ kind: 'thaw' });
    expect(takenBackOf(replay(done))).toBeNull();
  });

  it('in part: the client that was taken back waits for the word, and what stands is proven anew', () => {
    const part = [...ended(), ...undo('create c')];
    expect(takenBackOf(replay(part))).toEqual({ undone: 1, standing: 2 });
    expect(summarise(replay(part))).toMatchObject({ proven: 0 });
    expect(effects([...part, resumed])).toEqual(['prove']);
    expect(question([...part, resumed, proven])).toMatchObject({ kind: 'confirm', group: { owner: 'web-app' } });
  });

  it('and of which a client is skipped then does not end as done', () => {
    const skipped = [...ended(), ...undo('create c'), resumed, proven, { type: 'group.skipped', owner: 'web-app', by: 'person' } as const, accountOf(true)];
    expect(finishedExit(replay(skipped))).toBe(2);
  });

  it('does not take what was accepted without proof for accepted again', () => {
    const accepted: RunEvent = { type: 'proof.accepted', owner: 'auth-service', reason: 'late', by: 'person' };
    const unproven: RunEvent = { type: 'prove.done', owner: 'auth-service', proofs: [proof('not-proven')] };
    const back = [...untilPlan, confirmed, ...written('create a'), ...written('create b'), unproven, accepted, ...undo('create b', 'create a'), resumed, confirmed, ...written('create a'), ...written('create b'), unproven];
    expect(question(back)).toMatchObject({ kind: 'not-proven', owner: 'auth-service' });
  });
});

describe('a run that was taken back before its end', () => {
  it('goes on with what was taken back and with what was never sent', () => {
    const stopped: RunEvent = { type: 'run.stopped', reason: 'quit', note: 'left' };
    const back = [...untilPlan, confirmed, ...written('create a'), stopped, ...undo('create a'), resumed];
    expect(question(back)).toMatchObject({ kind: 'confirm', group: { owner: 'auth-service' } });
    expect(effects([...back, confirmed, ...written('create a')])).toEqual(['write create b']);
  });

  it('and was killed while it was taken back: what it may have taken back is looked at, the rest stands', () => {
    const killed = [...ended(), begun, ...written('create c', true), ...written('create b', true).slice(0, 1), resumed];
    expect(effects(killed)).toEqual(['look create b']);
    expect(replay(killed).writes).toMatchObject({ 'create a': 'verified', 'create c': 'undone' });
    expect(question([...killed, { type: 'write.looked', operation: 'create b', undo: false, found: 'not-done', images: [] }])).toMatchObject({ kind: 'confirm', group: { owner: 'auth-service' } });
  });

  it('takes a write along that goes with another one, and forgets the ids of what is gone', () => {
    const child = { ...operation('update d', 'auth-service'), undoneWith: 'create a', before: [{ id: 'component:x/d', value: 'by the server' }] } as const;
    const planned: RunEvent = { type: 'plan.made', plan: { ...plan, groups: [{ ...group, operations: [...group.operations, child] }, second] } };
    const state = replay([...untilPlan.slice(0, -1), planned, confirmed, ...written('create a', false, { 'client-mapper:auth-service/groups': 'id-1' }), ...written('update d', false, { 'component:x/d': 'id-2', 'client:auth-service': 'id-3' }), ...undo('create a')]);
    expect(state.writes).toEqual({ 'create a': 'undone', 'update d': 'undone' });
    expect(state.madeIds).toEqual({ 'client:auth-service': 'id-3' });
  });
});

describe('what a run deletes', () => {
  it('keeps no id of its own once it is gone again: an undo that brings it back a second time makes another one', () => {
    const dropped = { ...operation('delete d', 'auth-service'), after: [{ id: 'group:/x', value: null }] } as const;
    const planned: RunEvent = { type: 'plan.made', plan: { ...plan, groups: [{ ...group, operations: [dropped] }] } };
    const back = [...untilPlan.slice(0, -1), planned, confirmed, ...written('delete d'), begun, ...written('delete d', true, { 'group:/x': 'id-2' })];
    expect(replay(back).madeIds).toEqual({ 'group:/x': 'id-2' });
    expect(replay([...back, resumed, confirmed, ...written('delete d')]).madeIds).toEqual({});
  });
});

describe('Freeze and Thaw of a run that was taken back', () => {
  it('stay as they are where the writer was left paused, and Thaw is asked at the end again', () => {
    const state = replay([...ended(null), ...undo(...all), resumed]);
    expect(state).toMatchObject({ frozen: 'Argo CD paused', thaw: { statement: undefined, equal: null }, question: { kind: 'confirm' } });
  });

  it('come anew where the writer runs again: nothing is written before it was asked about', () => {
    expect(question([...ended('Argo CD runs'), ...undo(...all), resumed])).toEqual({ kind: 'freeze' });
    const thawed = [...restored, accountOf(true), { type: 'export.skipped', because: 'x' }, resume(true), ...undo(...all)] as const;
    expect(question([...thawed, resumed])).toEqual({ kind: 'freeze' });
    const inCluster: RunEvent = { ...resumed, settings: { ...settings, from: 'configmap:iam/keycloak-realm' } };
    expect(effects([...thawed, inCluster])).toEqual(['remember']);
    expect(effects([...thawed, inCluster, remembered])).toEqual(['find-writer']);
    expect(question([...thawed, inCluster, remembered, seen()])).toMatchObject({ kind: 'pause' });
  });

  it('do not come anew for a run that only goes on', () => {
    expect(replay([...ended('Argo CD runs'), resumed])).toMatchObject({ frozen: 'Argo CD paused', thaw: { statement: 'Argo CD runs' } });
  });
});

describe('the step at which an ended run stands', () => {
  const at = (...events: readonly RunEvent[]) => replay([...events]).step;
  const stopped: RunEvent = { type: 'run.stopped', reason: 'undecided', note: 'x' };

  it('is the one that it would go on with, or the last', () => {
    expect(at(...untilPlan.slice(0, 2), stopped)).toBe('freeze');
    expect(at(...untilPlan.slice(0, -3), stopped)).toBe('choose');
    expect(at(...untilPlan, stopped)).toBe('restore');
    expect(at(...restored, { type: 'step.failed', step: 'account', failure: { code: 'unreachable', title: 'x', next: [] } }, { ...stopped, reason: 'failed' })).toBe('account');
    expect(at(...ended())).toBe('transcript');
  });
});
