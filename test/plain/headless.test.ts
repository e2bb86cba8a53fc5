import { describe, expect, test } from 'vitest';
import type { Choice } from '../../src/realm/model.ts';
import type { RunEvent, RunSettings } from '../../src/runbook/model.ts';
import { replay } from '../../src/runbook/transition.ts';
import { answerHeadless } from '../../src/plain/headless.ts';
import { captured, CANDIDATES, difference, DIFFERENCES, eventsUntil, GROUPS, NOT_PROVEN, RUN, SETTINGS, STALE_TRIAGE, written, type Chapter } from '../ui/fixtures.ts';

/** What the flags answer where a run stands after a chapter, or after events of its own. */
function answer(until: Chapter, settings: Partial<RunSettings> = {}, more: readonly RunEvent[] = [], demo = false) {
  const run = { ...RUN, mode: 'headless' as const, demo, settings: { ...SETTINGS, ...settings } };
  const events = eventsUntil(until).map((event): RunEvent => (event.type === 'run.started' ? { type: 'run.started', run } : event));
  return answerHeadless(replay([...events, ...more]));
}

const ids = DIFFERENCES.map((each) => each.id);
const stale: readonly RunEvent[] = [{ type: 'capture.succeeded', captured: captured('live-stale') }, { type: 'triage.found', triage: STALE_TRIAGE }];
const [first] = GROUPS;
const unproven: readonly RunEvent[] = first ? [...written(first), { type: 'prove.done', owner: first.owner, proofs: [NOT_PROVEN] }] : [];

describe('freeze and thaw', () => {
  test('are what the flags say', () => expect(answer('connected', { frozen: 'argo cd paused' })).toEqual({ type: 'freeze.stated', statement: 'argo cd paused', by: 'flag' }));
  test('are nothing when no flag says anything', () => expect(answer('connected')).toEqual({ type: 'freeze.stated', statement: null, by: 'flag' }));
  test('thaw', () => {
    const closed: readonly RunEvent[] = [
      ...GROUPS.flatMap(written), ...GROUPS.map((group): RunEvent => ({ type: 'prove.done', owner: group.owner, proofs: [] })),
      { type: 'account.done', account: { sessionsBefore: 1, sessionsAfter: 1, sessionsLost: [], sessionsNew: 0, keysUnchanged: true, clientIdsUnchanged: true, moved: [], notes: [], ok: true } },
      { type: 'export.skipped', because: 'no repository was named' },
    ];
    expect(answer('chosen', { thawed: 'resumed' }, closed)).toEqual({ type: 'thaw.stated', statement: 'resumed', by: 'flag' });
  });
});

describe('a stale cache', () => {
  test.each([[null, null], ['other', null], ['Primary', null], ['primary', 'caches.confirmed']] as const)('--confirm %s', (confirm, type) => {
    const given = answer('frozen', { confirm }, stale);
    expect(given).toMatchObject(type === null ? { exit: 5, missing: ['--confirm primary'] } : { type, by: 'flag' });
  });
});

describe('evidence', () => {
  test('is taken from the recommendation only in the demo', () => {
    expect(answer('found', {}, [], true)).toEqual({ type: 'evidence.chosen', specs: [CANDIDATES[0]?.spec], by: 'suggestion' });
    expect(answer('found')).toMatchObject({ exit: 5, missing: ['--evidence SPEC', ...CANDIDATES.map((candidate) => candidate.spec)] });
  });
});

describe('choices', () => {
  test('that stay `ask` are named, and nothing is guessed', () => {
    expect(answer('compared')).toMatchObject({ exit: 5, missing: ids });
    expect(answer('compared', { lost: 'restore' })).toMatchObject({ exit: 5, missing: [ids[2], ids[3]] });
  });

  test('that are all decided are settled', () => {
    expect(answer('compared', { lost: 'restore', changed: 'leave', liveOnly: 'keep' })).toEqual({ type: 'choices.settled', by: 'flag' });
  });

  // The transition takes flags into account when the comparison is done; a resumed run brings new flags later.
  const resumed = (settings: Partial<RunSettings>): readonly RunEvent[] => [{ type: 'run.resumed', pid: 1, tool: '0.1.0', mode: 'headless', settings: { ...SETTINGS, ...settings } }];
  test.each<[string, Partial<RunSettings>, Record<string, Choice>, string]>([
    ['each change has its flag', { lost: 'restore', changed: 'leave', liveOnly: 'keep' }, { [ids[0] ?? '']: 'restore', [ids[1] ?? '']: 'restore', [ids[2] ?? '']: 'keep', [ids[3] ?? '']: 'leave', [ids[4] ?? '']: 'restore' }, 'flag'],
    ['other clients are left alone', { lost: 'restore', changed: 'restore', liveOnly: 'keep', clients: ['auth-service'] }, { [ids[0] ?? '']: 'restore', [ids[1] ?? '']: 'leave', [ids[2] ?? '']: 'leave', [ids[3] ?? '']: 'leave', [ids[4] ?? '']: 'leave' }, 'flag'],
    ['the answers file wins over everything', { answers: { [ids[1] ?? '']: 'keep' }, clients: ['auth-service'], lost: 'restore' }, { [ids[0] ?? '']: 'restore', [ids[1] ?? '']: 'keep', [ids[2] ?? '']: 'leave', [ids[3] ?? '']: 'leave', [ids[4] ?? '']: 'leave' }, 'flag'],
    ['only the answers file', { answers: { [ids[3] ?? '']: 'restore' } }, { [ids[3] ?? '']: 'restore' }, 'answers-file'],
  ])('after a resume: %s', (_name, settings, choices, by) => {
    expect(answer('compared', {}, resumed(settings))).toEqual({ type: 'choice.made', choices, by });
  });

  test('what is only compared is never restored by a flag', () => {
    const only = difference('client-policy:realm/strict', { onlyCompared: 'client policies are compared only' });
    expect(answer('read', {}, [{ type: 'compare.done', differences: [only], order: [] }, ...resumed({ lost: 'restore' })])).toEqual({ type: 'choice.made', choices: { [only.id]: 'leave' }, by: 'flag' });
  });
});

describe('writes', () => {
  test.each([[null], ['yes'], ['primary ']])('do not start with --confirm %s', (confirm) => {
    expect(answer('chosen', { confirm })).toMatchObject({ exit: 5, missing: ['--confirm primary'] });
  });
  test('start for all clients with the word', () => expect(answer('chosen', { confirm: 'primary' })).toEqual({ type: 'group.confirmed', owner: 'auth-service', all: true, by: 'flag' }));
});

describe('what did not succeed stops the run', () => {
  test('not proven, unless a reason was given beforehand', () => {
    expect(answer('chosen', { confirm: 'primary' }, unproven)).toEqual({ type: 'run.stopped', reason: 'not-proven', note: 'auth-service: not proven: groups' });
    expect(answer('chosen', { acceptUnproven: 'checked by hand' }, unproven)).toEqual({ type: 'proof.accepted', owner: 'auth-service', reason: 'checked by hand', by: 'flag' });
  });

  test('a failed step', () => {
    const failed: RunEvent = { type: 'step.failed', step: 'capture', failure: { code: 'unreachable', title: 'The server does not answer.', next: [] } };
    expect(answer('frozen', {}, [failed])).toEqual({ type: 'run.stopped', reason: 'failed', note: 'capture: The server does not answer.' });
  });

  test('a failed write, which is never sent again', () => {
    const id = first?.operations[0]?.id ?? '';
    const failed: readonly RunEvent[] = [
      { type: 'group.confirmed', owner: 'auth-service', all: true, by: 'flag' },
      { type: 'write.intended', operation: id, undo: false, method: 'POST', path: '', before: [] },
      { type: 'write.failed', operation: id, undo: false, failure: { code: 'write-failed', title: 'The server answered 500.', next: [] } },
    ];
    expect(answer('chosen', { confirm: 'primary' }, failed)).toEqual({ type: 'run.stopped', reason: 'failed', note: `${id}: The server answered 500.` });
  });
});
