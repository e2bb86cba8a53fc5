import { afterEach, describe, expect, test } from 'vitest';
import { difference, eventsUntil, GROUPS, DIFFERENCES, written, NOT_PROVEN, STALE_TRIAGE, captured } from './fixtures.ts';
import { KEY, openScreen, type Screen } from './harness.tsx';
import { happy, scriptedHandle, type ScriptedHandle } from './scripted.ts';

let open: ScriptedHandle | null = null;
const start = (handle: ScriptedHandle, columns = 80, rows = 24, rest = {}): Screen => {
  open = handle;
  return openScreen(handle, columns, rows, rest);
};
afterEach(() => {
  open?.interrupt();
  open?.interrupt();
  open = null;
});
const atConfirm = () => scriptedHandle(eventsUntil('chosen'));

describe('the whole runbook by keys', () => {
  test('80x24, from connect to the transcript, in under 100 key strokes', async () => {
    const handle = scriptedHandle(eventsUntil('started'));
    const screen = start(handle);
    let strokes = 0;
    await screen.waitFor('is it paused?');
    strokes += await screen.type(`argo cd paused${KEY.enter}`);
    await screen.waitFor('1 selected');
    strokes += await screen.type(KEY.enter);
    await screen.waitFor('5 answers missing');
    strokes += await screen.type('a');
    await screen.waitFor('1 answer missing');
    strokes += await screen.type('nr');
    await screen.waitFor('No answer is missing.');
    strokes += await screen.type(KEY.enter);
    await screen.waitFor('Restore 1/2');
    strokes += await screen.type(`primary${KEY.enter}`);
    await screen.waitFor('Restore 2/2');
    strokes += await screen.type(`primary all${KEY.enter}`);
    await screen.waitFor('What has been resumed');
    strokes += await screen.type(`sync resumed${KEY.enter}`);
    await screen.closed;
    expect(strokes).toBeLessThan(100);
    expect(handle.answers.map((answer) => answer.type)).toEqual([
      'freeze.stated', 'evidence.chosen', 'choice.made', 'choice.made', 'choices.settled', 'group.confirmed', 'group.confirmed', 'thaw.stated',
    ]);
    const all = screen.all();
    for (const left of ['✓ Connect', '✓ Restore    1/2  auth-service', 'OK  "orders:read" in claim "scope" is there', '✓ Account', '✓ Export', 'Done.', 'realm-rescue transcript verify 8f2c']) expect(all).toContain(left);
    // Finished lines were written once each, and nothing live is left behind.
    expect(all.split('✓ Freeze').length).toBe(2);
    expect(all).not.toContain('Enter say it');
    expect(screen.rawMode()).toBe(false);
  });
});

describe('what starts a write', () => {
  test('Enter, digits and single letters do not', async () => {
    const handle = atConfirm();
    const screen = start(handle);
    await screen.waitFor('Type primary');
    await screen.type(`${KEY.enter}1${KEY.enter}y${KEY.enter}`);
    await screen.waitFor('Nothing was started');
    expect(handle.answers).toEqual([]);
  });

  test('a bracketed paste of the word and an Enter do not', async () => {
    const handle = atConfirm();
    const screen = start(handle);
    await screen.waitFor('Type primary');
    screen.paste('primary\r');
    await screen.waitFor('A pasted word starts nothing');
    screen.send(KEY.enter);
    await screen.waitFor('Enter alone starts nothing');
    expect(handle.answers).toEqual([]);
  });

  test('a paste from a terminal without bracketed paste does not', async () => {
    const handle = atConfirm();
    const screen = start(handle);
    await screen.waitFor('Type primary');
    screen.send('primary\rprimary\r');
    await screen.waitFor('A pasted word starts nothing');
    expect(handle.answers).toEqual([]);
  });

  test('the word and Enter in one read, as tmux and slow links deliver what is typed, do', async () => {
    const handle = atConfirm();
    const screen = start(handle);
    await screen.waitFor('Type primary');
    screen.send('primary\r');
    await screen.waitFor('Restore 2/2');
    expect(handle.answers).toEqual([{ type: 'group.confirmed', owner: 'auth-service', all: false, by: 'person' }]);
  });

  test('the end of the word and Enter in one read, as a slow link delivers them, do', async () => {
    const handle = atConfirm();
    const screen = start(handle);
    await screen.waitFor('Type primary');
    await screen.type('pri');
    screen.send('mary\r');
    await screen.waitFor('Restore 2/2');
    expect(handle.answers).toEqual([{ type: 'group.confirmed', owner: 'auth-service', all: false, by: 'person' }]);
  });

  test('another word does not, and Escape twice goes back to keys', async () => {
    const handle = atConfirm();
    const screen = start(handle);
    await screen.waitFor('Type primary');
    await screen.type(`prima${KEY.enter}`);
    await screen.waitFor('"prima" is not the word');
    screen.send(KEY.escape);
    await screen.waitFor('there is no way back to Choose');
    screen.send('s');
    await screen.waitFor('Restore 2/2');
    expect(handle.answers).toEqual([{ type: 'group.skipped', owner: 'auth-service', by: 'person' }]);
  });

  test('what was typed for one question does not answer the next', async () => {
    const handle = scriptedHandle(eventsUntil('triaged'));
    const screen = start(handle);
    await screen.waitFor('1 selected');
    screen.send('\ra');
    await screen.waitFor('A paste does nothing here');
    expect(handle.answers).toEqual([]);
  });
});

describe('the caches of a stale node', () => {
  const events = [...eventsUntil('frozen'), { type: 'capture.succeeded', captured: captured('live-stale') }, { type: 'triage.found', triage: STALE_TRIAGE }] as const;

  test('are cleared by the typed word', async () => {
    const handle = scriptedHandle(events);
    const screen = start(handle);
    await screen.waitFor('Type primary to clear them');
    await screen.type(`primary${KEY.enter}`);
    await screen.waitFor('selected');
    expect(handle.state().caches).toBe('cleared');
  });

  test('are left by Escape, which ends the run resumable', async () => {
    const handle = scriptedHandle(events);
    const screen = start(handle);
    await screen.waitFor('Type primary to clear them');
    screen.send(KEY.escape);
    await screen.closed;
    expect(screen.all()).toContain('resume with: realm-rescue resume 8f2c');
    expect(handle.state().caches).toBe('untouched');
  });
});

describe('leaving', () => {
  test('q leaves and says how to resume', async () => {
    const screen = start(scriptedHandle(eventsUntil('compared')));
    await screen.waitFor('answers missing');
    screen.send('q');
    await screen.closed;
    expect(screen.all()).toContain('resume with: realm-rescue resume 8f2c');
  });

  test('ctrl-c once stops after the request in flight, twice leaves now', async () => {
    const handle = scriptedHandle(eventsUntil('chosen'), (effect) => (effect.type === 'write' ? null : happy(effect)));
    const screen = start(handle);
    await screen.waitFor('Type primary');
    await screen.type(`primary${KEY.enter}`);
    await screen.waitFor('Sending one write');
    screen.send(KEY.ctrlC);
    await screen.waitFor('Stopping after the request in flight');
    expect(handle.interrupts()).toBe(1);
    screen.send(KEY.ctrlC);
    await screen.closed;
    expect(screen.all()).toContain('Left at once. The journal is intact.');
    expect(screen.all()).toContain('resume with: realm-rescue resume 8f2c');
  });

  test('ctrl-z hands the terminal back and draws again afterwards', async () => {
    const screen = start(scriptedHandle(eventsUntil('compared')));
    await screen.waitFor('answers missing');
    screen.send(KEY.ctrlZ);
    await screen.waitFor(() => screen.suspensions() === 1 && screen.rawMode() && screen.visible().includes('answers missing'));
    screen.send('?');
    await screen.waitFor('Any other key closes this');
  });
});

describe('the terminal', () => {
  test('without colour nothing is coloured, and OK and NOT PROVEN differ in words', async () => {
    const [first] = GROUPS;
    if (first === undefined) throw new Error('fixture');
    const events = [...eventsUntil('chosen'), { type: 'group.confirmed', owner: first.owner, all: false, by: 'person' } as const, ...written(first), { type: 'prove.done', owner: first.owner, proofs: [NOT_PROVEN] } as const];
    const screen = start(scriptedHandle(events), 80, 24, { color: false });
    await screen.waitFor('NOT PROVEN  auth-service: claim "groups" is still missing.');
    expect(screen.styled()).toBe(false);
    await screen.type(`palice${KEY.enter}`);
    await screen.waitFor('Restore 2/2');
    expect(screen.all()).toContain('OK  claim "groups" is there');
  });

  test('a hostile client name neither colours, moves, nor hides', async () => {
    const evil = difference('client-mapper:evil/groups', { owner: 'ev\u001B[31mil\u001B]52;c;AAAA\u0007\u202Etxt', name: 'x\u001B[2J\u001B[1;1Hy\r\nz' });
    const events = [...eventsUntil('read'), { type: 'compare.done', differences: [...DIFFERENCES, evil], order: [] } as const];
    const screen = start(scriptedHandle(events), 80, 24, { color: false });
    await screen.waitFor('6 answers missing');
    expect(screen.all()).toContain('ev\uFFFDil\uFFFD52;c;AAAA\uFFFDtxt');
    expect(screen.bytes()).not.toContain('\u001B[31m');
    expect(screen.bytes()).not.toContain('\u001B]52');
    expect(screen.bytes()).not.toContain('\u202E');
    expect(screen.styled()).toBe(false);
  });

  test('40 columns and 12 rows: everything stays within the screen, and the word can be typed', async () => {
    const handle = atConfirm();
    const screen = start(handle, 40, 12);
    await screen.waitFor('Type primary');
    expect(screen.visible().split('\n').every((line) => line.length <= 40)).toBe(true);
    await screen.type(`primary${KEY.enter}`);
    await screen.waitFor('Restore: 1/2');
    expect(handle.answers.length).toBe(1);
  });

  test('a resize draws anew at the new width', async () => {
    const screen = start(scriptedHandle(eventsUntil('compared')), 120, 40);
    await screen.waitFor('answers missing');
    screen.resize(50, 20);
    await screen.waitFor(() => screen.visible().includes('step: 7/13 Choose'));
    expect(screen.visible().split('\n').length).toBeLessThanOrEqual(20);
    screen.resize(120, 40);
    await screen.waitFor(() => screen.visible().includes('Step 7/13 Choose   next:'));
  });

  test('"jj" in one read are two key presses', async () => {
    const screen = start(scriptedHandle(eventsUntil('found')));
    await screen.waitFor('> [1]');
    screen.send('jj');
    await screen.waitFor(' > [ ]');
  });
});
