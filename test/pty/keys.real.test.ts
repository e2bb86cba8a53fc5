import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { runTool, sessionPlace } from '../harness/tool.ts';
import { TOOL, type Pty } from './tmux.ts';
import { expectUsable, openDemo, recordOf, walkToEnd, walkToRestore } from './walk.ts';

let pty: Pty | undefined;
afterEach(async () => {
  await pty?.close();
  pty = undefined;
});

/** Journal events of the run that the screen names. */
async function eventsOf(sessions: string, of: Pty): Promise<readonly string[]> {
  const { id } = await recordOf(of);
  return readFileSync(join(sessions, id, 'journal.jsonl'), 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { event: { type: string } }).event.type);
}

describe('nothing but the typed word starts a write', () => {
  it('not Enter, not a digit, not a paste: marked by the terminal, or of more than one line', async () => {
    const sessions = sessionPlace();
    pty = await openDemo(sessions, 80, 24);
    await walkToRestore(pty, 'primary');
    await pty.key('Enter');
    await pty.until('Enter alone starts nothing.');
    for (const digit of ['1', 'y', '0']) {
      await pty.type(digit);
      await pty.key('Enter');
      await pty.until(`"${digit}" is not the word. Nothing was started.`);
    }
    for (const [text, brackets] of [['primary\n', true], ['primary\nnext line\n', false]] as const) {
      await pty.paste(text, brackets);
      await pty.until('A pasted word starts nothing.');
      await pty.key('Enter');
      await pty.until('Enter alone starts nothing.');
    }
    await pty.key('Escape');
    await pty.until('there is no way back to Choose');
    await pty.key('q');
    expect(await pty.exitCode()).toBe(130);
    expect((await eventsOf(sessions, pty)).filter((type) => type.startsWith('write.') || type === 'group.confirmed')).toEqual([]);
  });
});

describe('a change, field by field', () => {
  it.each([[80, ''], [40, 'NO_COLOR=1 ']] as const)('at %i columns: d, r and k; the row says mixed, and Restore says what stays', async (columns, prefix) => {
    const sessions = sessionPlace();
    pty = await openDemo(sessions, columns, 24, prefix);
    await pty.until('Stated:');
    await pty.key('Enter');
    await pty.until('selected');
    await pty.key('Enter');
    await pty.until('answers missing', 60_000);
    await pty.type('a');
    await pty.until((screen) => /\b1 answer missing/.test(screen));
    await pty.type('nd');
    await pty.until('field 1 of 2');
    await pty.type('r');
    await pty.until((screen) => /\[restore \] config\.access\.token\.claim[\s\S]*> \[ask {5}\] config\.id\.token\.claim/.test(screen));
    await pty.type('k');
    await pty.until('No answer is missing.');
    await pty.key('Escape');
    await pty.until('[mixed   ] mapper');
    await pty.key('Enter');
    await pty.until('Type primary to');
    await pty.type('primary');
    await pty.key('Enter');
    expect((await pty.until('Of mapper')).replaceAll(/\s+/g, ' ')).toContain('Of mapper aud-profile: restore config.access.token.claim; keep config.id.token.claim.');
  });
});

describe('leaving', () => {
  it('by ctrl-c: resumable, exit 130, the terminal as before; resume ends with exit 0', async () => {
    const sessions = sessionPlace();
    pty = await openDemo(sessions, 80, 24);
    await walkToRestore(pty, 'primary');
    await pty.key('C-c');
    expect(await pty.exitCode()).toBe(130);
    const { id } = await recordOf(pty);
    expect((await pty.all()).replaceAll(/\s+/g, ' ')).toContain(`resume with: realm-rescue resume ${id} --session-dir ${sessions}`);
    await expectUsable(pty);
    await pty.command(`${TOOL} resume ${id} --session-dir ${sessions}`);
    await pty.until('Type primary to send them');
    expect(await walkToEnd(pty, 'primary')).toBe(0);
  });

  it('by ctrl-c twice in the middle of a restore: at once, and resume goes on from there', async () => {
    const sessions = sessionPlace();
    pty = await openDemo(sessions, 80, 24);
    await walkToRestore(pty, 'primary');
    await pty.type('primary all');
    await pty.key('Enter');
    await pty.key('C-c');
    await pty.key('C-c');
    expect(await pty.exitCode()).toBe(130);
    const { id } = await recordOf(pty);
    await expectUsable(pty);
    const resumed = await runTool(['resume', id, '--session-dir', sessions, '--confirm', 'primary', '--json']);
    expect(resumed.exit, resumed.stderr).toBe(0);
  });

  it('by ctrl-z and back by fg', async () => {
    pty = await openDemo(sessionPlace(), 80, 24);
    await walkToRestore(pty, 'primary');
    await pty.type('pri');
    await pty.until('pri▏');
    await pty.key('C-z');
    await pty.until('Stopped');
    await expectUsable(pty);
    await pty.command('fg');
    // What was typed is still there, and the keys reach the tool again.
    await pty.until('pri▏');
    await pty.type('mary');
    await pty.until('primary▏');
    await pty.key('C-c');
    expect(await pty.exitCode()).toBe(130);
  });

  it.each(['TERM', 'HUP'] as const)('by kill -%s', async (signal) => {
    pty = await openDemo(sessionPlace(), 80, 24);
    await walkToRestore(pty, 'primary');
    process.kill(await pty.tool(), `SIG${signal}`);
    expect(await pty.exitCode()).toBe(130);
    expect(await pty.all()).toContain('resume with: realm-rescue resume');
    await expectUsable(pty);
  });
});
