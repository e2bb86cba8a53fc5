// Freeze and Thaw where a cluster is asked: what a person sees, and what starts something. The same on the screen, in plain prompts and by flags.
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { nameOf } from '../../src/gitops/controllers/object.ts';
import { promptOf, readReply } from '../../src/plain/ask.ts';
import { answerHeadless } from '../../src/plain/headless.ts';
import { runPlain } from '../../src/plain/prompts.ts';
import type { RunEvent, RunSettings } from '../../src/runbook/model.ts';
import { initialLocal } from '../../src/ui/local.ts';
import { displayWidth } from '../../src/ui/text.ts';
import { paste } from '../../src/ui/update.ts';
import { toView } from '../../src/ui/view/frame.ts';
import { lineText } from '../../src/ui/view/line.ts';
import { expectHarmless } from '../harness/harmless.ts';
import { ASKED, flat, SIGHT, SIZES, STS, untilPause, untilRestart, untilResume, untilSafe, untilTerminate, whole } from './cluster-story.ts';
import { describeOperation, snapshotOf, terminalOf } from './fixtures.ts';
import { KEY, openScreen } from './harness.tsx';
import { happy, scriptedHandle } from './scripted.ts';
import { keys } from './typed.ts';

describe.each(ASKED)('%s', (kind, events, word, yes, no) => {
  const snapshot = snapshotOf(events);

  test('is asked, and by its word', () => expect(snapshot.state.question).toMatchObject({ kind, word }));

  test.each(SIZES)('fits into $columns columns and 24 rows, with the question in sight wherever it is scrolled to', (size) => {
    const { scrollMax } = toView(snapshot, initialLocal(snapshot.state.question), size, describeOperation);
    const read = new Set<string>();
    for (let scroll = 0; scroll <= scrollMax; scroll += 1) {
      const { live } = toView(snapshot, { ...initialLocal(snapshot.state.question), scroll, typed: 'key' }, size, describeOperation);
      expect(live.length).toBeLessThan(size.rows);
      for (const one of live) expect(displayWidth(lineText(one)), lineText(one)).toBeLessThanOrEqual(size.columns);
      expect(flat(live.map(lineText))).toContain(`Type ${word} to`);
      expect(flat(live.map(lineText))).toMatch(/: key▏/);
      for (const one of live) read.add(lineText(one));
    }
    for (const one of whole(snapshot, size).filter((of) => !of.includes('▏'))) expect([...read]).toContain(one);
  });

  test('the word, typed, starts it', () => {
    expect(keys(snapshot, `${word}<enter>`).answers).toEqual([{ ...yes, by: 'person' }]);
    expect(keys(snapshot, ` ${word} <enter>`).answers).toEqual([{ ...yes, by: 'person' }]);
    expect(keys(snapshot, `x<backspace>${word}<enter>`).answers).toEqual([{ ...yes, by: 'person' }]);
  });

  test.each(['<enter>', '<enter><enter><enter>', '1<enter>', '0<enter>', '42<enter>', 'y<enter>', 'yes<enter>', 'q<enter>', 'no<enter>', '<up><down><page-down><enter>', ' <enter>', `${word}`, `${word} all<enter>`, `${word}x<enter>`, `${word.slice(0, -1)}<enter>`, `${word.toUpperCase()}<enter>`, 'primary<enter>', 'argocd/keycloak<enter>'])('%s starts nothing', (typed) => {
    const { answers, effects } = keys(snapshot, typed);
    expect([answers, effects]).toEqual([[], []]);
  });

  test('what was typed wrongly is said to have started nothing', () => {
    expect(keys(snapshot, '<enter>').local.notice).toBe(`Enter alone starts nothing. Please type ${word}.`);
    expect(keys(snapshot, 'keycloack<enter>').local).toMatchObject({ typed: '', notice: `"keycloack" is not the word. Nothing was started. Please type ${word}.` });
  });

  test.each([word, `${word}\r`, 'something else', `${word}\n${word}\n`])('%j, pasted, starts nothing, nor does Enter after it', (text) => {
    const { local, effect } = paste(snapshot, { ...initialLocal(snapshot.state.question), typed: word.slice(0, 3) }, text);
    expect(effect).toBeNull();
    expect(local).toMatchObject({ typed: '', notice: 'A pasted word starts nothing. Please type it.' });
    expect(keys(snapshot, '<enter>', local).answers).toEqual([]);
  });

  test('Esc takes away what was typed first, then leaves it', () => {
    expect(keys(snapshot, 'key<escape>').answers).toEqual([]);
    expect(keys(snapshot, 'key<escape>').local.typed).toBe('');
    expect(keys(snapshot, 'key<escape><escape>').answers).toEqual([{ ...no, by: 'person' }]);
    expect(keys(snapshot, '<escape>').answers).toEqual([{ ...no, by: 'person' }]);
  });

  test('nothing is answered while something runs', () => {
    const busy = { ...snapshot, busy: 'pause' as const };
    expect(keys(busy, `${word}<enter><escape>`).answers).toEqual([]);
  });

  test.each(SIZES)('plain prompts show the same lines at $columns columns', (size) => {
    const { question } = snapshot.state;
    if (question === null) throw new Error('nothing is asked');
    const plain = promptOf(snapshot, question, describeOperation, { ...size, rows: 100_000 });
    const screen = whole(snapshot, size);
    expect(plain.lines.length).toBeGreaterThan(0);
    for (const one of plain.lines) expect(screen).toContain(lineText(one));
    expect(flat(plain.ask.split('\n'))).toContain(`Type ${word} to`);
    for (const one of plain.ask.split('\n')) expect(displayWidth(one)).toBeLessThanOrEqual(size.columns);
  });

  test.each<[string, object | null]>([[word, yes], ['no', no], ['', null], ['1', null], ['y', null], ['yes', null], ['primary', null], [word.toUpperCase(), null], [`${word} all`, null], ['NO', null]])('plain reply %j', (reply, answer) => {
    const { question } = snapshot.state;
    if (question === null) throw new Error('nothing is asked');
    const read = readReply(snapshot, question, reply);
    if (answer === null) expect(read).toMatchObject({ kind: 'again', say: 'That is not the word. Nothing was patched.' });
    else expect(read).toEqual({ kind: 'answer', answer: { ...answer, by: 'person' } });
  });

  test('q leaves the run at a plain prompt, with nothing answered', () => {
    const { question } = snapshot.state;
    if (question === null) throw new Error('nothing is asked');
    expect(readReply(snapshot, question, 'q')).toMatchObject({ kind: 'answer', answer: { type: 'run.stopped', reason: 'quit' } });
  });
});

describe('on a terminal', () => {
  test('the word starts the pause, Enter before it does not', async () => {
    const handle = scriptedHandle(untilPause(), (effect) => (effect.type === 'pause' ? null : happy(effect)));
    const screen = openScreen(handle, 80, 24);
    await screen.waitFor('Type keycloak to pause it');
    await screen.type('\r1\r');
    screen.paste('keycloak');
    await screen.waitFor('A pasted word starts nothing.');
    await screen.type('\rkeycloak');
    expect(handle.answers).toEqual([]);
    await screen.waitFor('keycloak▏');
    await screen.type(KEY.enter);
    await screen.waitFor('Pausing the writer');
    expect(handle.answers).toEqual([{ type: 'pause.answered', pause: true, by: 'person' }]);
    await screen.type(KEY.ctrlC + KEY.ctrlC);
    await screen.closed;
  });

  test('plain: what is asked, what is no word, and leaving it for words of one’s own', async () => {
    const handle = scriptedHandle(untilPause());
    const input = new PassThrough();
    let text = '';
    const replies = [['Type keycloak to pause it', ''], ['Nothing was patched.', '1'], ['Nothing was patched.', 'no'], ['Stated as paused', 'by the platform team'], ['Where can the lost configuration', 'q']] as const;
    let next = 0;
    let from = 0;
    await runPlain(handle, terminalOf(80, 24, { mode: 'plain-prompts' }), {
      input, onContinue: () => () => undefined,
      out: (part) => {
        text += part;
        const [wanted, reply] = replies[next] ?? ['', ''];
        const at = wanted === '' ? -1 : text.indexOf(wanted, from);
        // Replies are typed when the question that they are for has been read.
        if (at === -1) return;
        from = at + wanted.length;
        next += 1;
        setImmediate(() => input.write(`${reply}\n`));
      },
    });
    expect(handle.answers).toMatchObject([{ type: 'pause.answered', pause: false }, { type: 'freeze.stated', statement: 'by the platform team' }, { type: 'run.stopped' }]);
    expect(text).toContain('automation off on Argo CD application argocd/root');
    expectHarmless(text, 'plain prompts');
  });
});

describe('objects that are called like an answer', () => {
  // All of them are names that Kubernetes takes. Enter, a digit and a word that means leaving start nothing.
  test.each(['no', 'q', 'w', '1', '42', ''])('an application called %j', (name) => {
    const object = nameOf('application', 'argocd', name);
    const named = untilPause({ controllers: SIGHT.controllers.map((controller) => (controller.role === 'applies' ? { ...controller, object } : controller)) });
    for (const events of [named, [...named, ...untilResume().slice(4)]]) {
      const snapshot = snapshotOf(events);
      const { question } = snapshot.state;
      if (question === null || !('word' in question)) throw new Error('no word is asked for');
      const started: string[] = [];
      for (const reply of ['', 'no', 'q', '1', '42']) {
        const read = readReply(snapshot, question, reply);
        if (read.kind === 'answer' && (('pause' in read.answer && read.answer.pause === true) || ('resume' in read.answer && read.answer.resume === true))) started.push(reply);
        if (/^\d*$/.test(reply) && keys(snapshot, `${reply}<enter>`).answers.length > 0) started.push(`${reply} Enter`);
      }
      expect(started).toEqual([]);
      // And there is a word.
      expect(question.word).not.toBe('');
      expect(keys(snapshot, `${question.word}<enter>`).answers).toHaveLength(1);
      expect(readReply(snapshot, question, question.word)).toMatchObject({ kind: 'answer', answer: { type: `${question.kind}.answered` } });
    }
  });
});

describe('by flags', () => {
  const headless = (events: readonly RunEvent[]) => answerHeadless(snapshotOf(events).state);

  test.each<[string, Partial<RunSettings>, object]>([
    ['nothing is said', {}, { exit: 5, missing: ['--confirm primary'] }],
    ['another word', { confirm: 'yes' }, { exit: 5, missing: ['--confirm primary'] }],
    ['the name of an owner', { confirm: 'root' }, { exit: 5 }],
    ['the name of the realm, as for every write of a run', { confirm: 'primary' }, { type: 'pause.answered', pause: true, by: 'flag' }],
    ['the name of the controller', { confirm: 'keycloak' }, { type: 'pause.answered', pause: true, by: 'flag' }],
    ['what is paused is stated', { frozen: 'paused by hand', confirm: 'primary' }, { type: 'pause.answered', pause: false, by: 'flag' }],
  ])('pause: %s', (_name, settings, answer) => expect(headless(untilPause({}, settings))).toMatchObject(answer));

  test('what is missing names what would be paused', () => {
    expect(headless(untilPause())).toMatchObject({ because: 'Argo CD application keycloak and Argo CD application root would be paused; no --confirm was given' });
    expect(headless(untilPause({ controllers: SIGHT.controllers.map((controller) => (controller.role === 'owner' ? { ...controller, paused: true } : controller)), pauses: SIGHT.pauses.slice(1) }))).toMatchObject({ because: 'Argo CD application keycloak would be paused; no --confirm was given' });
  });

  test('resume: never, because nobody has merged the patch yet', () => {
    for (const settings of [{}, { confirm: 'primary' }, { confirm: 'keycloak', thawed: 'resumed' }]) expect(headless(untilResume(settings))).toEqual({ type: 'resume.answered', resume: false, by: 'flag' });
  });

  test('a live patch of a workload only by its own flag and the word, and a restart never', () => {
    expect(headless(untilTerminate({ confirm: 'primary' }))).toEqual({ type: 'terminate.answered', terminate: false, by: 'flag' });
    expect(headless(untilTerminate({ terminate: true, confirm: 'keycloak' }))).toEqual({ type: 'terminate.answered', terminate: true, by: 'flag' });
    expect(headless(untilTerminate({ terminate: true }))).toMatchObject({ exit: 5, because: 'the running operation of argocd/keycloak would be ended; no --confirm was given' });
    expect(headless(untilSafe({ confirm: 'primary' }))).toEqual({ type: 'safe.answered', object: STS, safe: false, by: 'flag' });
    expect(headless(untilSafe({ makeSafe: true, confirm: 'primary' }))).toEqual({ type: 'safe.answered', object: STS, safe: true, by: 'flag' });
    expect(headless(untilSafe({ makeSafe: true }))).toMatchObject({ exit: 5, missing: ['--confirm primary'] });
    expect(headless(untilRestart({ confirm: 'primary', makeSafe: true }))).toEqual({ type: 'restart.answered', restart: false, by: 'flag' });
  });
});
