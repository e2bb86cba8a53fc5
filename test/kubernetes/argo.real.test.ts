import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openPty, TOOL } from '../pty/tmux.ts';
import { AUTOMATED, GROUP, inOrder, noOp, OFF, useArgo } from './argo-stage.ts';
import { FROZEN, sent } from './freeze-world.ts';
import { configMap, watched } from './stage.ts';

// What Argo CD does that would make a lie of a freeze or a thaw, each with the real controllers. Every test has a repository, a namespace and a record of its own.
const { kubernetes, argo, openStage, openApplied, openFrozen } = useArgo();
const SKIP = 'argocd.argoproj.io/skip-reconcile';

describe('who takes a pause back', () => {
  it('an ApplicationSet, within half a second: a deny window in the project holds instead, once what applies the project is paused', async () => {
    const stage = await openStage('child', 'incident');
    const others = { kind: 'deny', schedule: '0 3 * * *', duration: '1h', applications: ['another'], description: 'backups' };
    const project = { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }], syncWindows: [others] };
    await stage.commit('first', { 'projects/incident.json': { apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name: 'incident', namespace: 'argocd' }, spec: project } });
    await kubernetes().admin.create(`${GROUP}/applications`, { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'projects' }, spec: { ...stage.spec, project: 'default', source: { ...stage.spec['source'] as object, path: 'projects' }, destination: { server: argo().server, namespace: 'argocd' } } });
    const windows = async () => (await kubernetes().admin.get(`${GROUP}/appprojects/incident`))?.spec?.['syncWindows'];
    await expect.poll(windows, { timeout: 30_000 }).toEqual([others]);
    await stage.generate();
    await stage.rests();
    await stage.set({ spec: { syncPolicy: OFF } });
    await expect.poll(async () => (await stage.app()).spec.syncPolicy, { interval: 20 }).toEqual(AUTOMATED);

    const freeze = await stage.run('freeze');
    expect(freeze).toMatchObject({ exit: 0, stderr: expect.stringContaining('Note: ApplicationSet child-set takes back every change of Application argocd/child: a deny window in AppProject incident stops its syncs instead') });
    const ours = { kind: 'deny', schedule: '* * * * *', duration: '24h', manualSync: false, applications: ['child'], description: expect.stringMatching(/^realm-rescue [0-9a-f]{4} for argocd\/child$/) };
    expect(await windows()).toEqual([others, ours]);
    expect((await stage.app()).spec.syncPolicy).toEqual(AUTOMATED);
    await stage.edit('by hand');
    await stage.untouched('by hand', await stage.commit('second'));
    await argo().refresh('projects');
    expect(await windows()).toEqual([others, ours]);

    const thaw = await stage.run('thaw');
    expect(thaw).toMatchObject({ exit: 0, stderr: expect.stringContaining(`as announced: configmap:${stage.namespace}/realm has other content`) });
    await stage.lands('second');
    expect([await windows(), (await stage.app('projects')).spec.syncPolicy]).toEqual([[others], AUTOMATED]);
    // What applies the project would have put them back as well.
    expect(stage.events().flatMap((event) => (event.type === 'patch.intended' && event.patch.id === 'resume application:argocd/child' ? [event.patch.value] : []))).toEqual([[others]]);
    expect(sent(stage)).toEqual(['pause application:argocd/projects', 'pause application:argocd/child', 'resume application:argocd/child', 'resume application:argocd/projects']);
  });

  it('an ApplicationSet that ignores the field: the pause itself, which outlives the next look of the set', async () => {
    const stage = await openStage('tolerated');
    await stage.commit('first');
    await stage.generate({ ignoreApplicationDifferences: [{ jsonPointers: ['/spec/syncPolicy'] }] });
    await stage.rests();
    const freeze = await stage.run('freeze');
    expect(freeze).toMatchObject({ exit: 0, stderr: expect.stringContaining('automation off on Argo CD application argocd/tolerated') });
    // The set takes what it does not know off its children, and with it the record of the pause.
    expect(freeze.stderr).toContain('Note: ApplicationSet tolerated-set takes annotations off Application argocd/tolerated: what was there before the pause will be known to the record on this machine alone.');
    await kubernetes().admin.merge(`${GROUP}/applicationsets/tolerated-set`, { spec: { template: { metadata: { labels: { touched: 'yes' } } } } });
    await expect.poll(async () => (await stage.app()).metadata.labels?.['touched']).toBe('yes');
    expect((await stage.app()).spec.syncPolicy).toEqual(OFF);
    expect((await stage.app()).metadata.annotations?.[FROZEN]).toBeUndefined();
    await stage.untouched('first', await stage.commit('second'));
    await stage.commit('first');

    expect(await stage.run('thaw')).toMatchObject({ exit: 0, stderr: expect.stringContaining(noOp(stage)) });
    expect((await stage.app()).spec.syncPolicy).toEqual(AUTOMATED);
    expect(await stage.text()).toBe('first');
  });

  it('the application above: both are paused, the upper one first, and both come back as they were', async () => {
    const stage = await openStage('lower');
    // A field that git does not state would be none of its business.
    const policy = { automated: { ...AUTOMATED.automated, enabled: true }, syncOptions: ['CreateNamespace=false'], retry: { limit: 2 } };
    const upper = { automated: { selfHeal: true }, syncOptions: ['ApplyOutOfSyncOnly=true'] };
    const lower = (syncPolicy: object): object => ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'lower', namespace: 'argocd' }, spec: { ...stage.spec, syncPolicy } });
    await stage.commit('first', { 'apps/lower.json': lower(policy) });
    await kubernetes().admin.create(`${GROUP}/applications`, { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'upper' }, spec: { ...stage.spec, source: { ...stage.spec['source'] as object, path: 'apps' }, destination: { server: argo().server, namespace: 'argocd' }, syncPolicy: upper } });
    await stage.rests();
    // Alone, a pause of the lower one does not last.
    await stage.set({ spec: { syncPolicy: { automated: { enabled: false } } } });
    await expect.poll(async () => (await stage.app()).spec.syncPolicy, { timeout: 30_000 }).toEqual(policy);

    expect(await stage.run('freeze')).toMatchObject({ exit: 0, stderr: expect.stringContaining('above it: Argo CD application argocd/upper: automated {selfHeal}') });
    await stage.edit('by hand');
    const revision = await stage.commit('second');
    await argo().refresh('upper');
    expect((await stage.app('upper')).status?.sync).toMatchObject({ status: 'OutOfSync', revision });
    await stage.untouched('by hand', revision);
    expect([(await stage.app('upper')).spec.syncPolicy, (await stage.app()).spec.syncPolicy]).toEqual([{ ...upper, automated: { selfHeal: true, enabled: false } }, { ...policy, automated: OFF.automated }]);

    expect(await stage.run('thaw')).toMatchObject({ exit: 0, stderr: expect.stringContaining('as announced: ') });
    await stage.lands('second');
    await argo().refresh('upper');
    for (const [name, was] of [['upper', upper], ['lower', policy]] as const) {
      const { spec, metadata } = await stage.app(name);
      expect(spec.syncPolicy).toEqual(was);
      expect(metadata.annotations?.[FROZEN]).toBeUndefined();
    }
    expect((await stage.app('upper')).status?.sync?.status).toBe('Synced');
    expect(sent(stage)).toEqual(['pause application:argocd/upper', 'pause application:argocd/lower', 'resume application:argocd/lower', 'resume application:argocd/upper']);
  });
});

it('a human edit that self-heal put back leaves no history: freeze finds its text, and names who wrote last', async () => {
  const stage = await openApplied('healed', 'git');
  const { history } = (await stage.app()).status ?? {};
  const edited = BigInt((await stage.edit('by hand')).metadata.resourceVersion);
  await expect.poll(async () => BigInt((await stage.map())?.metadata.resourceVersion ?? 0) > edited, { timeout: 30_000, interval: 20 }).toBe(true);
  await stage.lands('git');
  expect((await stage.app()).status?.history).toEqual(history);

  const freeze = await stage.run('freeze');
  expect(freeze).toMatchObject({ exit: 0, stderr: expect.stringMatching(new RegExp(`configmap:${stage.namespace}/realm was last written by argocd-controller at \\d`)) });
  const [, file = ''] = /ConfigMap \S+ before data\["realm\.json"\] changed, written by kubectl-edit at \S+ → (\S+)/.exec(freeze.stderr) ?? [];
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ kind: 'ConfigMap', data: { 'realm.json': 'by hand' } });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(stage.events().find((event) => event.type === 'cluster.remembered')?.versions).toContainEqual(expect.objectContaining({ lastWrite: expect.objectContaining({ manager: 'kubectl-edit' }), changed: ['data["realm.json"]'] }));
});

describe('a thaw', () => {
  it('where git has become what is live: agreed before, no operation, nothing written', async () => {
    const stage = await openFrozen('agreed');
    await stage.edit('by hand');
    await stage.untouched('by hand', await stage.commit('second'));
    await stage.commit('by hand');
    const before = { state: (await stage.app()).status?.operationState, revision: (await stage.map())?.metadata.resourceVersion };

    const thaw = await stage.run('thaw');
    expect(thaw).toMatchObject({ exit: 0, stderr: expect.stringContaining('argocd/agreed: git and cluster agree already; nothing is left to sync.\n') });
    expect(thaw.stderr).toContain(noOp(stage));
    const { spec, metadata, status } = await stage.app();
    expect({ state: status?.operationState, revision: (await stage.map())?.metadata.resourceVersion }).toEqual(before);
    expect({ policy: spec.syncPolicy, mark: metadata.annotations?.[FROZEN] }).toEqual({ policy: AUTOMATED });
    expect(watched(stage)).toMatchObject({ ok: true, changes: [] });
  });

  it('where git differs: names it before, lets it land, and sees the next look change nothing', async () => {
    const stage = await openFrozen('differs');
    await stage.commit('second', { 'deploy/other.json': configMap(stage.namespace, 'other', { a: 'b' }) });
    const thaw = await stage.run('thaw');
    expect(thaw.exit).toBe(0);
    inOrder(thaw.stderr, `argocd/differs: the next sync brings ConfigMap ${stage.namespace}/other (OutOfSync), ConfigMap ${stage.namespace}/realm (OutOfSync).\n`, 'landed as announced: ', 'OK  controller differs ', `OK  cluster    nothing was written to configmap:${stage.namespace}/realm\n`, `as announced: configmap:${stage.namespace}/realm has other content\n`);
    expect(await stage.text()).toBe('second');
    expect((await stage.app()).spec.syncPolicy).toEqual(AUTOMATED);
    expect(watched(stage)).toMatchObject({ ok: true, changes: expect.arrayContaining([`as announced: configmap:${stage.namespace}/realm has other content`]) });
  });

  it('sees what moved although the last of two syncs says "unchanged"', async () => {
    const stage = await openFrozen('twice');
    const revision = await stage.commit('second');
    const done = async (): Promise<boolean> => {
      const { operation, status } = await stage.app();
      return operation === undefined && status?.operationState?.phase === 'Succeeded' && status.operationState.syncResult?.revision === revision;
    };
    const thawing = stage.run('thaw');
    await expect.poll(done, { timeout: 30_000, interval: 10 }).toBe(true);
    await stage.set({ status: { operationState: null }, operation: { initiatedBy: { username: 'kim' }, sync: {} } });
    const thaw = await thawing;
    await expect.poll(done).toBe(true);
    expect((await stage.app()).status?.operationState?.syncResult?.resources).toMatchObject([{ name: 'realm', message: 'configmap/realm unchanged' }]);
    expect(thaw).toMatchObject({ exit: 0, stderr: expect.stringContaining(`as announced: configmap:${stage.namespace}/realm has other content`) });
    expect(thaw.stderr).not.toContain('agree already');
  });

  it('that starts a hook which nobody announced: paused again, and what was there before is not lost', async () => {
    const stage = await openFrozen('hooked');
    await stage.commit('second', { 'deploy/hook.json': configMap(stage.namespace, 'hook', { a: 'b' }, { 'argocd.argoproj.io/hook': 'PostSync' }) });
    const thaw = await stage.run('thaw');
    expect(thaw).toMatchObject({ exit: 4, stderr: expect.stringContaining(`hook ConfigMap ${stage.namespace}/hook (PostSync Succeeded)`) });
    expect(thaw.stderr).toContain('NOT A NO-OP: the writer is paused again.');
    const { spec, metadata } = await stage.app();
    expect(spec.syncPolicy).toEqual(OFF);
    expect(JSON.parse(metadata.annotations?.[FROZEN] ?? '{}')).toMatchObject({ previous: AUTOMATED });
    expect(watched(stage)).toMatchObject({ ok: false });
    await stage.untouched('second', await stage.commit('third', { 'deploy/hook.json': null }));

    expect(await stage.run('thaw')).toMatchObject({ exit: 0, stderr: expect.stringContaining('as announced: ') });
    expect((await stage.app()).spec.syncPolicy).toEqual(AUTOMATED);
    expect(await stage.text()).toBe('third');
  });

  it('where somebody pushes after the look and before the word, into the same object too: nothing runs', async () => {
    const stage = await openFrozen('pushed');
    const pty = await openPty(120, 30, { KUBECONFIG: kubernetes().kubeconfig('admin') });
    const pushed = async (shown: string, text: string, told: string): Promise<void> => {
      await pty.command(`clear; ${TOOL} thaw --from configmap:${stage.namespace}/realm --session-dir ${stage.sessions}`);
      // The screen of the thaw before may still stand while the command is typed.
      await pty.until((screen) => screen.includes(shown) && screen.includes('Type pushed to let it run again'));
      const revision = await stage.commit(text);
      await pty.type('pushed');
      await pty.key('Enter');
      expect(await pty.exitCode(60_000)).toBe(5);
      expect((await pty.screen()).replaceAll(/\s+/g, '')).toContain(told.replace('REVISION', revision).replaceAll(' ', ''));
      expect((await stage.app()).spec.syncPolicy).toEqual(OFF);
      await stage.untouched('first', revision);
    };
    try {
      await pushed('git and cluster agree already', 'second', `git differs in more than was shown: ConfigMap ${stage.namespace}/realm (OutOfSync). Nothing runs again.`);
      await pushed(`the next sync brings ConfigMap ${stage.namespace}/realm`, 'third', 'git differs in more than was shown: argocd/pushed is at REVISION now. Nothing runs again.');
    } finally {
      await pty.close();
    }
  });

  it('of an application that prunes nothing and has something left to prune: Argo CD will never sync that, and it is not waited for', async () => {
    const stage = await openStage('leftover');
    await stage.commit('first', { 'deploy/other.json': configMap(stage.namespace, 'other', { a: 'b' }) });
    await stage.create({ automated: { selfHeal: true } });
    await stage.untouched('first', await stage.commit('first', { 'deploy/other.json': null }));
    expect(await stage.run('freeze')).toMatchObject({ exit: 0 });
    const thaw = await stage.run('thaw');
    expect(thaw).toMatchObject({ exit: 0, stderr: expect.stringContaining(`OK  controller leftover differs from git in ConfigMap ${stage.namespace}/other (OutOfSync), and leaves that as it is`) });
    expect((await stage.app()).spec.syncPolicy).toEqual({ automated: { selfHeal: true } });
  });

  it('of an application that skips reconciliation says so at once and leaves the pause', async () => {
    const stage = await openApplied('skipped');
    await stage.set({ metadata: { annotations: { [SKIP]: 'true' } } });
    expect(await stage.run('freeze')).toMatchObject({ exit: 0, stderr: expect.stringContaining('Argo CD application argocd/skipped: reconciliation skipped') });
    expect((await stage.app()).spec.syncPolicy).toEqual(OFF);
    const thaw = await stage.run('thaw');
    expect(thaw).toMatchObject({ exit: 5, stderr: expect.stringContaining(`kubectl annotate application skipped -n argocd ${SKIP}-`) });
    expect((await stage.app()).spec.syncPolicy).toEqual(OFF);
    await stage.set({ metadata: { annotations: { [SKIP]: null } } });
    expect(await stage.run('thaw')).toMatchObject({ exit: 0, stderr: expect.stringContaining(noOp(stage)) });
    expect((await stage.app()).spec.syncPolicy).toEqual(AUTOMATED);
  });
});

describe('an operation', () => {
  it('that runs under the pause is shown, and ended where asked for', async () => {
    const stage = await openApplied('running');
    // No controller of Jobs runs: this one never completes.
    await stage.commit('second', { 'deploy/hook.json': { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'hook', namespace: stage.namespace, annotations: { 'argocd.argoproj.io/hook': 'PreSync' } }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'hook', image: 'none' }] } } } } });
    await argo().refresh(stage.name);
    await expect.poll(async () => (await stage.app()).status?.operationState?.message, { timeout: 30_000 }).toContain('waiting for completion of hook');
    const freeze = await stage.run('freeze', '--terminate');
    expect(freeze).toMatchObject({ exit: 0, stderr: expect.stringMatching(/RUNNING in Argo CD application argocd\/running since \S+Z: waiting for completion of hook batch\/Job\/hook; a pause does not stop it/) });
    await expect.poll(async () => (await stage.app()).status?.operationState, { timeout: 30_000 }).toMatchObject({ phase: 'Failed', message: 'Operation terminated' });
    expect(sent(stage)).toEqual(['pause application:argocd/running', 'terminate application:argocd/running']);
    expect(await stage.text()).toBe('first');

    await stage.untouched('first', await stage.commit('third', { 'deploy/hook.json': null }));
    const thaw = await stage.run('thaw');
    expect(thaw.exit).toBe(0);
    inOrder(thaw.stderr, 'Note: Operation terminated.', `the next sync brings ConfigMap ${stage.namespace}/realm (OutOfSync)`, 'landed as announced: ');
    expect(await stage.text()).toBe('third');
  });

  it('that was ended is never tried again for its commit: a thaw asks for it, with the options of the application', async () => {
    const stage = await openStage('ended');
    // More than client-side apply can note down in an annotation.
    const [small, large] = ['first', `second ${'x'.repeat(300_000)}`];
    const wave = (text: string): object => configMap(stage.namespace, 'realm', { 'realm.json': text }, { 'argocd.argoproj.io/sync-wave': '1' });
    const policy = { ...AUTOMATED, syncOptions: ['ServerSideApply=true'] };
    await stage.commit(small, { 'deploy/realm.json': wave(small) });
    await stage.create(policy);
    // Nobody makes its pods, so it is never healthy, and the second wave never comes.
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'slow', namespace: stage.namespace }, spec: { selector: { matchLabels: { app: 'slow' } }, template: { metadata: { labels: { app: 'slow' } }, spec: { containers: [{ name: 'slow', image: 'none' }] } } } };
    const revision = await stage.commit(large, { 'deploy/realm.json': wave(large), 'deploy/slow.json': deployment });
    await argo().refresh(stage.name);
    await expect.poll(async () => (await stage.app()).status?.operationState?.message, { timeout: 30_000 }).toContain('waiting for healthy state of apps/Deployment/slow');
    expect(await stage.run('freeze', '--terminate')).toMatchObject({ exit: 0 });
    await expect.poll(async () => (await stage.app()).status?.operationState?.phase, { timeout: 30_000 }).toBe('Failed');
    await kubernetes().admin.merge(`/apis/apps/v1/namespaces/${stage.namespace}/deployments/slow/status`, { status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, conditions: [{ type: 'Available', status: 'True' }] } });
    await stage.untouched(small, revision);

    const thaw = await stage.run('thaw');
    expect(thaw).toMatchObject({ exit: 0, stderr: expect.stringContaining(`as announced: configmap:${stage.namespace}/realm has other content`) });
    expect(sent(stage).slice(2)).toEqual(['resume application:argocd/ended', 'sync application:argocd/ended']);
    expect(await stage.text()).toBe(large);
    expect((await stage.app()).spec.syncPolicy).toEqual(policy);
  });

  it('that a deny window holds back is ended before the window goes', async () => {
    const stage = await openStage('blocked');
    await stage.commit('first');
    await stage.generate();
    await stage.rests();
    expect(await stage.run('freeze')).toMatchObject({ exit: 0 });
    const revision = await stage.commit('second');
    await stage.set({ status: { operationState: null }, operation: { initiatedBy: { username: 'kim' }, sync: {} } });
    await expect.poll(async () => (await stage.app()).status?.operationState, { timeout: 30_000 }).toMatchObject({ phase: 'Running', message: 'Sync operation blocked by sync window' });
    // Whoever thaws decides what lands: not the one who asked while it was forbidden.
    const thaw = await stage.run('thaw');
    expect(thaw).toMatchObject({ exit: 0, stderr: expect.stringContaining(`as announced: configmap:${stage.namespace}/realm has other content`) });
    expect(sent(stage)).toEqual(['pause application:argocd/blocked', 'terminate application:argocd/blocked', 'resume application:argocd/blocked', 'sync application:argocd/blocked']);
    expect((await stage.app()).status?.operationState).toMatchObject({ phase: 'Succeeded', syncResult: { revision } });
    expect((await stage.app()).status?.operationState?.operation.initiatedBy?.username).not.toBe('kim');
    expect(await stage.text()).toBe('second');
  });
});
