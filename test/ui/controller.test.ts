import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createController } from '../../src/ui/controller.ts';
import { eventsUntil } from './fixtures.ts';
import { happy, scriptedHandle } from './scripted.ts';

const REACH = { scrollMax: 0, page: 5 };

describe('several keys in one read', () => {
  const atConfirm = () => {
    const handle = scriptedHandle(eventsUntil('chosen'));
    return { handle, controller: createController(handle, () => undefined) };
  };

  test('a key pressed twice does not reach the next client', () => {
    const { handle, controller } = atConfirm();
    controller.input('', { escape: true }, REACH);
    controller.input('ss', {}, REACH);
    expect(handle.answers).toEqual([{ type: 'group.skipped', owner: 'auth-service', by: 'person' }]);
    expect(controller.shown().local).toMatchObject({ question: 'confirm api-gateway', field: 'word', typed: '' });
    controller.close();
  });

  test('answers in Choose and the Enter behind them all count', () => {
    const handle = scriptedHandle(eventsUntil('compared'));
    const controller = createController(handle, () => undefined);
    controller.input('anr\r', {}, REACH);
    expect(handle.answers.map((answer) => answer.type)).toEqual(['choice.made', 'choice.made', 'choices.settled']);
    controller.close();
  });

  test('an answer that the run refuses is said', () => {
    const handle = { ...atConfirm().handle, answer: () => false };
    const controller = createController(handle, () => undefined);
    controller.input('primary\r', {}, REACH);
    expect(controller.shown().local.notice).toBe('The run is not waiting for that now.');
    controller.close();
  });
});

describe('progress', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('is drawn at most four times a second, and everything else at once', async () => {
    const handle = scriptedHandle(eventsUntil('frozen'), (effect) => (effect.type === 'capture' ? null : happy(effect)));
    await vi.advanceTimersByTimeAsync(0);
    const controller = createController(handle, () => undefined);
    let draws = 0;
    controller.subscribe(() => {
      draws += 1;
    });
    handle.progress({ part: 'clients', done: 0, total: 1000 });
    draws = 0;
    for (let done = 1; done <= 100; done += 1) {
      handle.progress({ part: 'clients', done, total: 1000 });
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(draws).toBeGreaterThanOrEqual(3);
    expect(draws).toBeLessThanOrEqual(4);
    await vi.advanceTimersByTimeAsync(250);
    expect(controller.shown().run.progress?.done).toBe(100);
    handle.interrupt();
    expect(controller.shown().run.interrupted).toBe(true);
    controller.close();
  });
});
