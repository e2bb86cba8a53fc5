import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Effect, Question, RunEvent, RunState } from '../../src/runbook/model.ts';
import { finishedExit, stoppedExit, summarise } from '../../src/runbook/summary.ts';
import { replay, settle, transition } from '../../src/runbook/transition.ts';
import { captured, connected, group, groups, proof, redirect, run, settings, triaged, untilPlan } from './fixtures.ts';

const effectAfter = (events: readonly RunEvent[]): Effect | undefined => settle(replay(events)).effects[0];
const questionAfter = (events: readonly RunEvent[]): Question | null => replay(events).question;
const confirm: RunEvent = { type: 'group.confirmed', owner: 'auth-service', all: false, by: 'person' };
const intended = (id: string): RunEvent => ({ type: 'write.intended', operation: id, undo: false, method: 'POST', path: '/x', before: [] });
const sent = (id: string): RunEvent => ({ type: 'write.sent', operation: id, undo: false, status: 201, milliseconds: 3 });
const verified = (id: string): RunEvent => ({ type: 'write.verified', operation: id, undo: false, found: 'read-back', ids: {} });
const lost: RunEvent = { type: 'write.unknown', operation: 'create a', undo: false, failure: { code: 'no-answer', title: 'The connection broke.', next: [] } };
const resumed: RunEvent = { type: 'run.resumed', pid: 1, tool: '0.1.0', mode: 'headless', settings };

describe('the order of the runbook', () => {
  it('captures before it asks for evidence, and asks for a typed word before the first write', () => {
    expect(effectAfter([{ type: 'run.started', run }])).toEqual({ type: 'connect' });
    expect(questionAfter([{ type: 'run.started', run }, connected])).toEqual({ kind: 'freeze' });
    const frozen: RunEvent[] = [{ type: 'run.started', run }, connected, { type: 'freeze.stated', statement: null, by: 'flag' }];
    expect(effectAfter(frozen)).toEqual({ type: 'capture', label: 'live-before' });
    expect(effectAfter([...frozen, { type: 'capture.succeeded', captured: captured('live-before') }])).toEqual({ type: 'triage' });
    expect(questionAfter(untilPlan)).toMatchObject({ kind: 'confirm', word: 'primary', index: 0, total: 2 });
  });

  it('clears a stale cache only after confirmation, then captures again and judges anew', () => {
    const stale: RunEvent[] = [{ type: 'run.started', run }, connected, { type: 'freeze.stated', statement: null, by: 'flag' }, { type: 'capture.succeeded', captured: captured('live-stale') }, triaged];
    expect(questionAfter(stale)).toEqual({ kind: 'clear-caches', word: 'primary' });
    const agreed: RunEvent[] = [...stale, { type: 'caches.confirmed', by: 'person' }];
    expect(effectAfter(agreed)).toEqual({ type: 'clear-caches' });
    expect(effectAfter([...agreed, { type: 'caches.intended' }])).toEqual({ type: 'clear-caches' });
    const cleared: RunEvent[] = [...agreed, { type: 'caches.intended' }, { type: 'caches.cleared' }];
    expect(effectAfter(cleared)).toEqual({ type: 'capture', label: 'live-before' });
    expect(effectAfter([...cleared, { type: 'capture.succeeded', captured: captured('live-before') }])).toEqual({ type: 'triage' });
    expect(effectAfter([...stale, { type: 'caches.left', by: 'person' }])).toBeUndefined();
  });

  it('does not let choices stand while one is missing', () => {
    const open = untilPlan.slice(0, -3);
    const settledTooEarly = [...open, { type: 'choice.made', choices: { [groups.id]: 'restore' }, by: 'person' }, { type: 'choices.settled', by: 'person' }] as const;
    expect(questionAfter(settledTooEarly)).toEqual({ kind: 'choose' });
    expect(effectAfter([...settledTooEarly, { type: 'choice.made', choices: { [redirect.id]: 'keep' }, by: 'person' }, { type: 'choices.settled', by: 'person' }])).toEqual({ type: 'plan' });
  });

  it('proves a client before it touches the next one', () => {
    const written = [...untilPlan, { ...confirm, all: true }, intended('create a'), sent('create a'), verified('create a'), intended('create b'), sent('create b'), verified('create b')];
    expect(effectAfter(written)).toMatchObject({ type: 'prove', group: { owner: 'auth-service' } });
    expect(questionAfter([...written, { type: 'prove.done', owner: 'auth-service', proofs: [proof('not-proven')] }])).toMatchObject({ kind: 'not-proven', owner: 'auth-service' });
    expect(effectAfter([...written, { type: 'prove.done', owner: 'auth-service', proofs: [proof('proven')] }])).toMatchObject({ type: 'write', operation: { id: 'create c' } });
  });
});

describe('after a crash', () => {
  it('looks at a dangling intent and sends again only what was seen not to have happened', () => {
    const dangling = [...untilPlan, confirm, intended('create a'), resumed];
    expect(effectAfter(dangling)).toMatchObject({ type: 'look', operation: { id: 'create a' } });
    expect(effectAfter([...dangling, { type: 'write.looked', operation: 'create a', undo: false, found: 'not-done', images: [] }])).toMatchObject({ type: 'write', operation: { id: 'create a' } });
    expect(effectAfter([...dangling, verified('create a')])).toMatchObject({ type: 'write', operation: { id: 'create b' } });
    expect(questionAfter([...dangling, { type: 'write.looked', operation: 'create a', undo: false, found: 'something-else', images: [] }])).toMatchObject({ kind: 'write-trouble', status: 'diverged' });
  });

  it('asks, in the run that lost an answer, although the look says that nothing happened yet', () => {
    const unanswered = [...untilPlan, confirm, intended('create a'), lost];
    expect(effectAfter(unanswered)).toMatchObject({ type: 'look' });
    expect(questionAfter([...unanswered, { type: 'write.looked', operation: 'create a', undo: false, found: 'not-done', images: [] }])).toMatchObject({ kind: 'write-trouble', status: 'failed' });
  });

  it('never has a write as the next effect while an earlier one is unanswered, whatever the events', () => {
    const ids = ['create a', 'create b', 'create c'];
    const anyEvent = fc.oneof(
      fc.constantFrom(...ids).map(intended), fc.constantFrom(...ids).map(sent), fc.constantFrom(...ids).map(verified), fc.constant(lost), fc.constant(resumed), fc.constant(confirm),
      fc.constantFrom('done', 'not-done', 'something-else').map((found) => ({ type: 'write.looked', operation: 'create a', undo: false, found, images: [] }) as RunEvent),
    );
    fc.assert(fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
      const { state, effects } = settle(replay([...untilPlan, ...events]));
      const [effect] = effects;
      if (effect?.type === 'write') expect(state.writes[effect.operation.id] ?? 'planned').toBe('planned');
      const begun = Object.values(state.writes).some((status) => status === 'intended' || status === 'sent' || status === 'unknown');
      const inFirst = group.operations.some(({ id }) => ['intended', 'sent', 'unknown'].includes(state.writes[id] ?? ''));
      if (begun && inFirst) expect(effect === undefined ? state.question?.kind : effect.type).toMatch(/^(look|write-trouble)$/);
    }), { numRuns: 500 });
  });

  it('gives the same state replayed as lived', () => {
    const events = [...untilPlan, confirm, intended('create a'), sent('create a'), verified('create a')];
    const lived = events.reduce<RunState>((state, event) => transition(state, event).state, replay([]));
    expect(lived).toEqual(replay(events));
  });
});

describe('the end', () => {
  const all = [...untilPlan, { ...confirm, all: true }, ...['create a', 'create b', 'create c'].flatMap((id) => [intended(id), sent(id), verified(id)])] as RunEvent[];
  const accountOk = { type: 'account.done', account: { sessionsBefore: 200, sessionsAfter: 201, sessionsLost: [], sessionsNew: 1, keysUnchanged: true, clientIdsUnchanged: true, moved: [], notes: [], ok: true } } satisfies RunEvent;
  const rest = [accountOk, { type: 'export.skipped', because: 'x' }, { type: 'thaw.stated', statement: null, by: 'flag' }] as const;

  it('is 0 only when every claim was proven', () => {
    const proven = [...all, { type: 'prove.done', owner: 'auth-service', proofs: [proof('proven')] } as const, ...rest];
    expect(effectAfter(proven)).toMatchObject({ type: 'finish', exit: 0, summary: { restored: 1, proven: 1, failed: 0, sessionsBefore: 200, sessionsAfter: 201 } });
    const unshown = replay([...all, { type: 'prove.done', owner: 'auth-service', proofs: [proof('not-showable')] }, ...rest]);
    expect(finishedExit(unshown)).toBe(4);
    const accepted = replay([...all, { type: 'prove.done', owner: 'auth-service', proofs: [proof('not-proven')] }, { type: 'proof.accepted', owner: 'auth-service', reason: 'no user in that group', by: 'person' }, ...rest]);
    expect(accepted.question).toBeNull();
    expect(finishedExit(accepted)).toBe(4);
  });

  it('is 2 when something was answered with restore and could not be restored', () => {
    const refusing = all.map((event) => (event.type === 'plan.made' ? { ...event, plan: { ...event.plan, refused: [{ id: groups.id, because: 'no evidence has it' }] } } : event));
    expect(finishedExit(replay([...refusing, { type: 'prove.done', owner: 'auth-service', proofs: [proof('proven')] }, ...rest]))).toBe(2);
  });

  it('is 4 when something else moved or a key changed', () => {
    const moved = replay([...all, { type: 'prove.done', owner: 'auth-service', proofs: [proof('proven')] }, { ...accountOk, account: { ...accountOk.account, moved: [groups], ok: false } }, ...rest.slice(1)]);
    expect(finishedExit(moved)).toBe(4);
  });

  it('names the documented exit code for every way of stopping', () => {
    const stopped = (reason: 'quit' | 'interrupted' | 'not-proven' | 'undecided') => stoppedExit(replay([...untilPlan, { type: 'run.stopped', reason, note: '' }]));
    expect([stopped('quit'), stopped('interrupted'), stopped('not-proven'), stopped('undecided')]).toEqual([130, 130, 4, 5]);
    const failed = replay([...untilPlan, { type: 'step.failed', step: 'restore', failure: { code: 'missing-role', title: 'x', next: [] } }, { type: 'run.stopped', reason: 'failed', note: '' }]);
    expect(stoppedExit(failed)).toBe(3);
  });

  it('goes straight to the account when live and evidence agree', () => {
    const events = [...untilPlan.slice(0, -4), { type: 'compare.done', differences: [], order: [] } as const];
    expect(effectAfter(events)).toEqual({ type: 'account' });
    expect(summarise(replay(events))).toMatchObject({ restored: 0, left: 0 });
  });

  it('counts a difference once however many writes settle it', () => {
    expect(summarise(replay(all))).toMatchObject({ restored: 1 });
  });

  it('does not count as left what was answered with leave and went along with something else', () => {
    const left = (events: readonly RunEvent[]) => events.map((event): RunEvent => (event.type === 'choice.made' ? { ...event, choices: { [groups.id]: 'leave', [redirect.id]: 'leave' } } : event));
    expect(summarise(replay(left(untilPlan)))).toMatchObject({ left: 2 });
    expect(summarise(replay(left(all)))).toMatchObject({ restored: 1, left: 1 });
  });
});
