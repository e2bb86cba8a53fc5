// What is shown with the questions of Freeze and Thaw: all that matters, and nothing of a cluster that drives a terminal or leaves no room.
import { describe, expect, test } from 'vitest';
import { nameOf } from '../../src/gitops/controllers/object.ts';
import { promptOf } from '../../src/plain/ask.ts';
import { answerHeadless } from '../../src/plain/headless.ts';
import type { ClusterSight } from '../../src/runbook/cluster.ts';
import type { RunEvent } from '../../src/runbook/model.ts';
import { initialLocal } from '../../src/ui/local.ts';
import { displayWidth } from '../../src/ui/text.ts';
import { toView } from '../../src/ui/view/frame.ts';
import { lineText } from '../../src/ui/view/line.ts';
import { statementLines } from '../../src/ui/view/statement.ts';
import { ATTACKS } from '../bad-input/hostile.ts';
import { expectHarmless } from '../harness/harmless.ts';
import { HOSTILE } from '../transcript/hostile.ts';
import { APP, ASKED, flat, patchOf, paused, POLICY, SIGHT, SIZES, untilPause, untilResume, whole } from './cluster-story.ts';
import { describeOperation, EXPORTED, sized, snapshotOf } from './fixtures.ts';

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

  test('what was paused before the run is let run again elsewhere, and the question of Thaw says how', () => {
    const standing = SIGHT.controllers.map((controller) => ({ ...controller, running: null, paused: true, automation: 'automation off {prune}' }));
    const { state } = snapshotOf([...untilPause({ controllers: standing, pauses: [] }), { type: 'pause.checked', checks: [] }]);
    const text = flat(statementLines('thaw', state, sized(80)).map(lineText));
    expect(text).toContain('At the start: Argo CD application argocd/keycloak was paused already (automation off {prune})');
    expect(text).toContain('realm-rescue thaw --from application:argocd/keycloak');
    expect(text).not.toContain('application:argocd/root');
  });
});
