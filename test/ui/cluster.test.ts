// Freeze and Thaw where a cluster is asked: what a person sees, and what starts something. The same on the screen, in plain prompts and by flags.
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { nameOf } from '../../src/gitops/controllers/object.ts';
import { promptOf, readReply } from '../../src/plain/ask.ts';
import { answerHeadless } from '../../src/plain/headless.ts';
import { runPlain } from '../../src/plain/prompts.ts';
import type { ClusterPatch, ClusterSight, RestartRisk } from '../../src/runbook/cluster.ts';
import type { RunEvent, RunSettings } from '../../src/runbook/model.ts';
import type { Answer, RunSnapshot } from '../../src/runner/handle.ts';
import { initialLocal, type LocalState } from '../../src/ui/local.ts';
import { splitInput } from '../../src/ui/press.ts';
import { displayWidth } from '../../src/ui/text.ts';
import { paste, press } from '../../src/ui/update.ts';
import { toView } from '../../src/ui/view/frame.ts';
import { lineText } from '../../src/ui/view/line.ts';
import { ATTACKS } from '../bad-input/hostile.ts';
import { expectHarmless } from '../harness/harmless.ts';
import { HOSTILE } from '../transcript/hostile.ts';
import { captured, describeOperation, EXPORTED, RUN, SETTINGS, sized, snapshotOf, terminalOf, TRIAGE } from './fixtures.ts';
import { KEY, openScreen } from './harness.tsx';
import { happy, scriptedHandle } from './scripted.ts';

const APP = nameOf('application', 'argocd', 'keycloak');
const ROOT = nameOf('application', 'argocd', 'root');
const MAP = nameOf('configmap', 'iam', 'keycloak-realm');
const STS = nameOf('statefulset', 'iam', 'kc-server');
const REVISION = '4f1d2c7a9b8e6d5c4f3a2b1c0d9e8f7a6b5c4d3e';
const RISK: RestartRisk = {
  object: STS, setting: 'initContainers[import]: kc.sh import without --override=false', because: 'the import of a realm that is there overwrites it unless it is told not to',
  safe: { title: 'initContainers[import] of StatefulSet iam/kc-server gets --override=false; its pods restart' },
};
const SIGHT: ClusterSight = {
  context: 'prod-eu', server: 'https://k8s.example.com', user: 'oncall@example.org', source: 'configmap:iam/keycloak-realm', lastWrite: { manager: 'argocd-controller', time: '2026-11-20T22:43:07Z', field: 'data["realm.json"]' }, objects: [MAP, STS],
  controllers: [
    { object: APP, title: 'Argo CD application', role: 'applies', because: 'tracking id of Argo CD of ConfigMap iam/keycloak-realm', automation: 'automated {prune, selfHeal}', paused: false, running: { since: '2026-11-20T22:59:30Z', phase: 'Running', message: 'waiting for completion of hook batch/Job/realm-import' }, revision: REVISION },
    { object: ROOT, title: 'Argo CD application', role: 'owner', because: 'tracking id of Argo CD of Application argocd/keycloak', automation: 'automated {selfHeal}', paused: false, running: null, revision: null },
  ],
  pauses: [
    { id: 'application:argocd/root', object: ROOT, means: 'automation-off', title: 'automation off on Argo CD application argocd/root, which is automated {selfHeal}' },
    { id: 'application:argocd/keycloak', object: APP, means: 'automation-off', title: 'automation off on Argo CD application argocd/keycloak, which is automated {prune, selfHeal}' },
  ],
  risks: [{ ...RISK, safe: null }], notes: ['ConfigMap iam/keycloak-realm belongs to Helm release iam/keycloak: whoever runs helm upgrade applies it'], mayPause: true, role: null,
};
const REMEMBERED: RunEvent = { type: 'cluster.remembered', notes: [], versions: [{ object: MAP, resourceVersion: '90', replacedBy: '100', file: 'cluster/remembered-configmap-iam-keycloak-realm-90.json', sha256: 'sha256:00', lastWrite: null, changed: ['data["realm.json"]'] }] };
const CONNECTED: RunEvent = { type: 'connect.succeeded', connection: { user: 'on-call', clientId: 'admin-cli', serverVersion: '26.7.4', realmId: 'r', rights: [] } };
const startedWith = (settings: Partial<RunSettings> = {}): RunEvent => ({ type: 'run.started', run: { ...RUN, settings: { ...SETTINGS, from: 'configmap:iam/keycloak-realm', ...settings } } });
const seen = (rest: Partial<ClusterSight> = {}): RunEvent => ({ type: 'cluster.seen', sight: { ...SIGHT, ...rest } });
const patchOf = (object: typeof APP, previous: ClusterPatch['previous'], rest: Partial<ClusterPatch> = {}): ClusterPatch => ({
  id: `pause application:argocd/${object.name}`, purpose: 'pause', object, title: `automation off on Argo CD application argocd/${object.name}`, body: {}, field: ['spec', 'syncPolicy'], previous, value: { automated: { enabled: false } }, means: 'automation-off', ...rest,
});
const paused = (patch: ClusterPatch): readonly RunEvent[] => [{ type: 'patch.intended', patch }, { type: 'patch.sent', id: patch.id, resourceVersion: '611', found: 'answer' }];
const POLICY = { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'], retry: { limit: 5 } };

const untilPause = (sight: Partial<ClusterSight> = {}, settings: Partial<RunSettings> = {}): readonly RunEvent[] => [startedWith(settings), REMEMBERED, seen(sight), CONNECTED];
const untilSafe = (settings: Partial<RunSettings> = {}): readonly RunEvent[] => [
  ...untilPause({ risks: [RISK] }, settings), { type: 'pause.answered', pause: true, by: 'person' }, ...paused(patchOf(ROOT, { automated: { selfHeal: true } })), ...paused(patchOf(APP, POLICY)), { type: 'pause.checked', checks: [] },
  { type: 'capture.succeeded', captured: captured('live-before') }, { type: 'triage.found', triage: TRIAGE },
];
const untilResume = (settings: Partial<RunSettings> = {}): readonly RunEvent[] => [
  ...untilSafe(settings), { type: 'safe.answered', object: STS, safe: false, by: 'person' }, { type: 'evidence.found', candidates: [] }, { type: 'evidence.chosen', specs: ['file:realm.json'], by: 'person' },
  { type: 'evidence.read', evidence: [{ spec: 'file:realm.json', source: 'file:realm.json', completeness: 'stated', file: 'snapshots/evidence-1.json', sha256: '', capturedAt: '', counts: {}, notes: [] }] }, { type: 'compare.done', differences: [], order: [] },
  { type: 'account.done', account: { sessionsBefore: 1, sessionsAfter: 1, sessionsLost: [], sessionsNew: 0, keysUnchanged: true, clientIdsUnchanged: true, moved: [], notes: [], ok: true } }, { type: 'export.done', exported: EXPORTED },
];
const untilRestart = (settings: Partial<RunSettings> = {}): readonly RunEvent[] => [...untilResume(settings), { type: 'resume.answered', resume: true, by: 'person' }, { type: 'sync.watched', levels: [], changes: [], revisions: '', ok: true }];

/** Every question of the cluster: what is answered with the word, and what by leaving it. */
const ASKED = [
  ['pause', untilPause(), 'keycloak', { type: 'pause.answered', pause: true }, { type: 'pause.answered', pause: false }],
  ['make-safe', untilSafe(), 'kc-server', { type: 'safe.answered', object: STS, safe: true }, { type: 'safe.answered', object: STS, safe: false }],
  ['resume', untilResume(), 'keycloak', { type: 'resume.answered', resume: true }, { type: 'resume.answered', resume: false }],
  ['restart', untilRestart(), 'kc-server', { type: 'restart.answered', restart: true }, { type: 'restart.answered', restart: false }],
] as const;

interface Typed {
  readonly local: LocalState;
  readonly answers: readonly Answer[];
  readonly effects: readonly string[];
}

/** Presses keys one after the other; `<enter>` names a key. The run does not move. */
function keys(snapshot: RunSnapshot, typed: string, from: LocalState = initialLocal(snapshot.state.question)): Typed {
  let local = from;
  const answers: Answer[] = [];
  const effects: string[] = [];
  for (const [, named, char] of typed.matchAll(/<([\w-]+)>|([\s\S])/g)) {
    const chunk = named === undefined ? splitInput(char ?? '', {}) : ({ kind: 'keys', presses: [{ id: named, text: null }] } as const);
    for (const one of chunk.kind === 'keys' ? chunk.presses : []) {
      const outcome = press(snapshot, local, one, { scrollMax: 5, page: 3 });
      local = outcome.local;
      if (outcome.effect?.type === 'answer') answers.push(outcome.effect.answer);
      if (outcome.effect) effects.push(outcome.effect.type);
    }
  }
  return { local, answers, effects };
}

const SIZES = [sized(40), sized(80), sized(120)];
const flat = (lines: readonly string[]): string => lines.join(' ').replace(/\s+/g, ' ');

/** What stands on a screen that is as tall as can be. */
function whole(snapshot: RunSnapshot, size: (typeof SIZES)[number]): readonly string[] {
  return toView(snapshot, initialLocal(snapshot.state.question), { ...size, rows: 1000 }, describeOperation).live.map(lineText);
}

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

describe('what is shown', () => {
  const pauseText = (sight: Partial<ClusterSight> = {}, size = sized(80)): string => flat(whole(snapshotOf(untilPause(sight)), size));

  test.each(SIZES)('of a pause, at $columns columns: who writes, what is patched, what no pause stops, what is on disk', (size) => {
    const text = pauseText({}, size);
    for (const part of [
      'configmap:iam/keycloak-realm data["realm.json"] last written by argocd-controller at 2026-11-20T22:43:07Z',
      'Argo CD application argocd/keycloak: automated {prune, selfHeal}, revision 4f1d2c7 (tracking id of Argo CD of ConfigMap iam/keycloak-realm)',
      'Argo CD application argocd/root: automated {selfHeal} (tracking id of Argo CD of Application argocd/keycloak)',
      'waiting for completion of hook batch/Job/realm-import, since 2026-11-20T22:59:30Z; the pause does not stop it',
      'automation off on Argo CD application argocd/root, which is automated {selfHeal}', 'automation off on Argo CD application argocd/keycloak, which is automated {prune, selfHeal}',
      'initContainers[import]: kc.sh import without --override=false', 'whoever runs helm upgrade applies it', 'cluster/remembered-configmap-iam-keycloak-realm-90.json',
    ]) expect(text.replaceAll(' ', '')).toContain(part.replaceAll(' ', ''));
    expect(text).not.toContain('may not pause');
  });

  test('owners stand before what they own among the patches, as they are sent', () => {
    const text = pauseText();
    expect(text.indexOf('automation off on Argo CD application argocd/root')).toBeLessThan(text.indexOf('automation off on Argo CD application argocd/keycloak'));
  });

  test('credentials that may not pause it are told so before the word is typed', () => expect(pauseText({ mayPause: false })).toContain('These credentials may not pause it'));

  test('a writer that nobody can tell stays untold', () => expect(pauseText({ lastWrite: null })).not.toContain('last written by'));

  test.each(SIZES)('of a resume, at $columns columns: the patch for git first, then what is put back, and what is watched', (size) => {
    const text = flat(whole(snapshotOf(untilResume()), size)).replaceAll(' ', '');
    for (const part of [
      'Please apply the patch to the repository, review and merge it. Then the writer may run again.', `git apply ${EXPORTED.patch}`,
      `Application argocd/root: spec.syncPolicy as it was: ${JSON.stringify({ automated: { selfHeal: true } })}`, `Application argocd/keycloak: spec.syncPolicy as it was: ${JSON.stringify(POLICY)}`,
      'Where it is not a no-op, the writer is paused again at once.',
    ]) expect(text).toContain(part.replaceAll(' ', ''));
  });

  test('without a patch, git has to say the same as live', () => {
    const events = untilResume().map((event): RunEvent => (event.type === 'export.done' ? { type: 'export.skipped', because: 'no repository was named' } : event));
    expect(flat(whole(snapshotOf(events), sized(80)))).toContain('Please make sure that git says the same as live.');
  });

  test('of a deny window only ours goes', () => {
    const patch = patchOf(APP, [{ kind: 'deny', applications: ['*'] }], { object: nameOf('appproject', 'argocd', 'default'), field: ['spec', 'syncWindows'], means: 'deny-window', application: 'keycloak' });
    const events = untilResume().filter((event) => event.type !== 'patch.intended' && event.type !== 'patch.sent');
    expect(flat(whole(snapshotOf([...events, ...paused(patch)]), sized(80)))).toContain('AppProject argocd/default: our deny window goes');
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

describe('text from a cluster', () => {
  const OURS = new Set(['type', 'by', 'purpose', 'means', 'role', 'status', 'class', 'found', 'resourceVersion', 'code', 'label', 'completeness', 'reason', 'from', 'lost', 'changed', 'liveOnly', 'mode', 'startedAt', 'capturedAt', 'at', 'level', 'kind', 'group', 'version', 'plural']);
  const KEYED = new Set(['id', 'spec', 'specs']);
  /** With the text in every place that a server supplies. */
  function poisoned<T>(value: T, text: string, key = ''): T {
    if (typeof value === 'string') return (OURS.has(key) ? value : KEYED.has(key) ? `${value}${text}` : text) as T;
    if (Array.isArray(value)) return value.map((entry: unknown) => poisoned(entry, text, key)) as T;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [key === 'previous' ? `${name}${text}` : name, poisoned(inner as unknown, text, name)])) as T;
  }
  const longName = `${'a'.repeat(120)}.${'b'.repeat(132)}`;

  test.each([...Object.values(ATTACKS), ...HOSTILE.map((text) => text.slice(0, 2000)), longName].map((text) => [JSON.stringify(text).slice(0, 40), text]))('%s drives no terminal, and fits', (_name, text) => {
    for (const [kind, events] of ASKED) {
      const snapshot = snapshotOf(poisoned(events, text));
      expect(snapshot.state.question?.kind).toBe(kind);
      for (const size of SIZES) {
        const { live, finished, scrollMax } = toView(snapshot, { ...initialLocal(snapshot.state.question), typed: text }, size, describeOperation);
        const last = toView(snapshot, { ...initialLocal(snapshot.state.question), scroll: scrollMax }, size, describeOperation);
        expect(live.length).toBeLessThan(size.rows);
        for (const one of [...live, ...last.live, ...finished.flatMap(({ lines }) => lines)].map(lineText)) {
          expectHarmless(one, `${kind} at ${size.columns}`);
          expect(one).not.toContain('\n');
          expect(displayWidth(one), one).toBeLessThanOrEqual(size.columns);
        }
        const { question } = snapshot.state;
        if (question === null) continue;
        const plain = promptOf(snapshot, question, describeOperation, { ...size, rows: 100_000 });
        expectHarmless([...plain.lines.map(lineText), plain.ask].join('\n'), `plain ${kind} at ${size.columns}`);
        const headless = answerHeadless(snapshot.state);
        if ('missing' in headless) expect(headless.exit).toBe(5);
      }
    }
  });

  test('a thousand controllers leave room for the question', () => {
    const controllers = Array.from({ length: 1000 }, (_, index) => ({ ...(SIGHT.controllers[0] as ClusterSight['controllers'][number]), object: nameOf('application', 'argocd', index === 0 ? 'keycloak' : `app-${index}`) }));
    const { live, scrollMax } = toView(snapshotOf(untilPause({ controllers })), initialLocal(snapshotOf(untilPause({ controllers })).state.question), sized(80), describeOperation);
    expect(live.length).toBeLessThan(24);
    expect(flat(live.map(lineText))).toContain('Type keycloak to pause it');
    expect(scrollMax).toBeGreaterThan(1000);
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
    expect(headless(untilSafe({ confirm: 'primary' }))).toEqual({ type: 'safe.answered', object: STS, safe: false, by: 'flag' });
    expect(headless(untilSafe({ makeSafe: true, confirm: 'primary' }))).toEqual({ type: 'safe.answered', object: STS, safe: true, by: 'flag' });
    expect(headless(untilSafe({ makeSafe: true }))).toMatchObject({ exit: 5, missing: ['--confirm primary'] });
    expect(headless(untilRestart({ confirm: 'primary', makeSafe: true }))).toEqual({ type: 'restart.answered', restart: false, by: 'flag' });
  });
});
