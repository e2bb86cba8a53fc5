/** A representative dozen; signals.long, lost.long and asked.long have every step, state and signal. */
import { describe, expect, it } from 'vitest';
import { killStopped, leavePassword, leaveUndo, stopPassword } from './asked.ts';
import { tryCell } from './cell.ts';
import { bash, closeTerminal, pipeAway, signalHeadless, withPipe } from './lost.ts';
import { STATES } from './states.ts';

describe('signals to a run', () => {
  it.each([
    ['ink', 'Connect, while the login hangs', 'SIGTERM'],
    ['ink', 'Restore, writes beside each other in flight', 'ctrl-c twice'],
    ['ink', 'the word of Restore, half typed', 'SIGTSTP and fg, twice'],
    ['ink', 'the moment of exit', 'SIGINT twice'],
    ['plain', 'Restore, the first write in flight', 'SIGHUP'],
    ['plain', 'the question of Freeze', 'ctrl-z and fg, twice'],
  ] as const)('%s, at %s: %s', async (mode, name, signal) => {
    const state = STATES.find((one) => one.name === name);
    expect(state).toBeDefined();
    if (state) await tryCell(mode, state, signal);
  });

  it('SIGINT twice to one without a terminal', () => signalHeadless(['SIGINT', 'SIGINT'], ({ write }) => write));
  it('kill %1 after ctrl-z', () => killStopped('ink'));
});

describe('nobody reads any more', () => {
  it('ssh is lost in the middle of a write', () => closeTerminal('ink', 'Restore, the first write in flight', true));
  it('the terminal has gone without a SIGHUP', () => closeTerminal('ink', 'the question of Freeze', false));
  it('recover --json | head -1 goes on to its end', () => pipeAway('--json | head -1'));
  it('compare into a full disk says so, and does not succeed', () => withPipe(async ({ story, compare }) => {
    expect(await bash(`${compare} --json > /dev/full`, story.password)).toMatchObject({ exit: 1, stderr: expect.stringContaining('What the command prints cannot be written (ENOSPC).') });
  }));
});

describe('where something is asked outside of a run', () => {
  it('SIGTERM at the password', () => leavePassword('SIGTERM'));
  it('ctrl-z and fg at the password', () => stopPassword('C-z'));
  it('ctrl-c at the word of undo', () => leaveUndo('C-c'));
});
