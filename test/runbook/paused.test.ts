import { describe, expect, it } from 'vitest';
import { pausedBy, stillPausedLine } from '../../src/runbook/paused.ts';
import type { RunEvent } from '../../src/runbook/model.ts';
import { replay } from '../../src/runbook/transition.ts';
import { APP, answered, checked, controller, intended, remembered, resume, seen, sent, started } from './cluster-story.ts';
import { connected } from './fixtures.ts';

const frozen = (statement: string | null): RunEvent => ({ type: 'freeze.stated', statement, by: 'person' });
const left: RunEvent = { type: 'thaw.stated', statement: null, by: 'person' };
const looked = [started(), remembered, seen({ controllers: [controller(APP, 'applies')] }), connected];
const found = [started(), remembered, seen({ controllers: [controller(APP, 'applies', true)], pauses: [] }), connected];
const thawLine = (...events: readonly RunEvent[]) => replay(events).steps.thaw.line;

describe('what Thaw says of a writer that nobody let run', () => {
  it('is that there is nothing to resume, where nobody said that it is paused', () => {
    expect(thawLine(started({}), connected, frozen(null), left)).toBe('nothing to resume: nobody said that the writer is paused');
    expect(pausedBy(replay([...looked, answered(false), frozen(null)]))).toBeNull();
  });

  it('is that it stays paused, where somebody said so', () => {
    expect(thawLine(started({}), connected, frozen('Argo CD paused'), left)).toBe('not yet: the writer stays paused until you resume it');
    expect(pausedBy(replay([...looked, answered(false), frozen('paused by hand')]))).toBe('stated');
  });

  it('names this run where it has paused it, and the object where that was paused before', () => {
    const held = [...looked, answered(true), intended('pause'), sent('pause'), checked()];
    expect(thawLine(...held, resume(false))).toBe('not yet: the writer stays paused; when git is merged: realm-rescue thaw 8f2c');
    expect(thawLine(...found, checked(), left)).toBe('not yet: the writer was paused before this run and stays so; when git is merged: realm-rescue thaw --from application:argocd/keycloak');
  });

  it('is that nothing was paused where there was nothing to pause', () => {
    expect(stillPausedLine(replay([...looked, answered(true), { type: 'pause.checked', checks: [] }]))).toBe('nothing to resume: nothing was paused');
  });
});
