import { describe, it } from 'vitest';
import { ENDS, interruptRecent, killAtPassword, killStopped, leavePassword, leaveUndo, stopPassword } from './asked.ts';

describe('at the password', () => {
  it.each(ENDS)('%s leaves, and the terminal echoes again', leavePassword);
  it('kill %1 ends a job that was stopped there', killAtPassword);
  it.each(['C-z', 'SIGTSTP', 'SIGSTOP'] as const)('%s stops the job; after fg the password is asked for again, and not shown', stopPassword);
});

describe('at the word of undo', () => {
  it.each(ENDS)('%s leaves, with nothing taken back and no lock left', leaveUndo);
});

describe('where one of the recent realms is to be chosen', () => {
  it.each(['C-c', 'SIGTERM', 'C-z', 'SIGTSTP'] as const)('%s', interruptRecent);
});

describe('kill %1 of a run that was stopped', () => {
  it.each(['ink', 'plain'] as const)('%s', killStopped);
});
