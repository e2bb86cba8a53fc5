// What a command that can be left says, however the leaving comes to its ears. The signals themselves are tried in ../pty/signals.real.test.ts.
import { afterEach, expect, it } from 'vitest';
import { catchSignals } from '../../src/commands/signals.ts';
import { RescueError } from '../../src/realm/errors.ts';

const signals = catchSignals({ title: 'Left; nothing was sent.', next: ['Start again.'] });
afterEach(() => signals.release());

it('what was interrupted below is told in the words of the command', async () => {
  await expect(signals.during(Promise.reject(new RescueError('interrupted', 'Left at the login plugin.')))).rejects.toMatchObject({ code: 'interrupted', message: 'Left; nothing was sent.', next: ['Start again.'] });
});

it('what failed by itself, and what was done, stays what it is', async () => {
  await expect(signals.during(Promise.reject(new RescueError('unreachable', 'No route.')))).rejects.toMatchObject({ code: 'unreachable', message: 'No route.' });
  expect(await signals.during(Promise.resolve(7))).toBe(7);
});
