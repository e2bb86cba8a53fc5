import { expect, it } from 'vitest';
import { AUTOMATED, GROUP, useArgo } from './argo-stage.ts';
import { configMap, watched } from './stage.ts';

// Writers that an object does not name, or that look paused and are not, each with the real controllers of Argo CD: what is frozen stays as a person left it.
const { kubernetes, argo, openStage } = useArgo();

it('an ApplicationSet with a RollingSync takes the automation off its child and syncs it itself: a deny window holds', async () => {
  const stage = await openStage('rolled');
  await stage.commit('first');
  await stage.generate({ strategy: { type: 'RollingSync', rollingSync: { steps: [{ matchExpressions: [{ key: 'wave', operator: 'In', values: ['one'] }] }] } } });
  await stage.rests();
  expect((await stage.app()).spec.syncPolicy?.['automated']).toBeUndefined();

  const freeze = await stage.run('freeze');
  expect(freeze).toMatchObject({ exit: 0, stderr: expect.stringContaining('ApplicationSet rolled-set starts the syncs of Application argocd/rolled itself (RollingSync): a deny window in AppProject default') });
  expect(freeze.stderr).not.toContain('was paused already');
  await stage.edit('by hand');
  const revision = await stage.commit('second');
  await argo().refresh('rolled');
  // The set has begun an operation, and the window keeps it from applying anything.
  await expect.poll(async () => (await stage.app()).status?.operationState, { timeout: 60_000 }).toMatchObject({ operation: { initiatedBy: { username: 'applicationset-controller' } }, message: 'Sync operation blocked by sync window' });
  expect({ text: await stage.text(), sync: (await stage.app()).status?.sync }).toMatchObject({ text: 'by hand', sync: { status: 'OutOfSync', revision } });

  const thaw = await stage.run('thaw');
  expect(thaw.stderr).toContain(`argocd/rolled: the next sync brings ConfigMap ${stage.namespace}/realm (OutOfSync).`);
  expect(thaw.exit, thaw.stderr).toBe(0);
  expect(await stage.text()).toBe('second');
  expect((await kubernetes().admin.get(`${GROUP}/appprojects/default`))?.spec?.['syncWindows']).toBeUndefined();
});

it('a second application that applies the same ConfigMap is paused as well, although the ConfigMap names one of them', async () => {
  const stage = await openStage('shared');
  await stage.commit('first', { 'again/realm.json': configMap(stage.namespace, 'realm', { 'realm.json': 'first' }) });
  await stage.create();
  await kubernetes().admin.create(`${GROUP}/applications`, { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'sharing' }, spec: { ...stage.spec, source: { ...stage.spec['source'] as object, path: 'again' }, syncPolicy: { automated: {} } } });
  // It syncs once and writes its name there; the first heals that, and then both rest.
  await expect.poll(async () => [(await stage.app('sharing')).status?.operationState?.phase, (await stage.map())?.metadata.annotations?.['argocd.argoproj.io/tracking-id']?.split(':')[0]], { timeout: 60_000 }).toEqual(['Succeeded', 'shared']);
  await stage.rests();

  expect(await stage.run('freeze')).toMatchObject({ exit: 0, stderr: expect.stringMatching(/its list of resources has ConfigMap \S+\/realm\)/) });
  await stage.edit('by hand');
  await stage.commit('second', { 'again/realm.json': configMap(stage.namespace, 'realm', { 'realm.json': 'third' }) });
  for (const name of ['shared', 'sharing']) {
    await argo().refresh(name);
    expect(await stage.app(name)).toMatchObject({ spec: { syncPolicy: { automated: { enabled: false } } }, status: { sync: { status: 'OutOfSync' } } });
  }
  expect(await stage.text()).toBe('by hand');
});

it('an application that the one above sends elsewhere by the merge: the upper one lands first, and the thaw sees it to its end', async () => {
  const stage = await openStage('moved');
  const lower = (path: string): object => ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'moved', namespace: 'argocd' }, spec: { ...stage.spec, source: { ...stage.spec['source'] as object, path }, syncPolicy: AUTOMATED } });
  await stage.commit('first', { 'above/moved.json': lower('deploy') });
  await kubernetes().admin.create(`${GROUP}/applications`, { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'above' }, spec: { ...stage.spec, source: { ...stage.spec['source'] as object, path: 'above' }, destination: { server: argo().server, namespace: 'argocd' }, syncPolicy: { automated: { selfHeal: true } } } });
  await stage.rests();
  expect(await stage.run('freeze')).toMatchObject({ exit: 0 });
  await stage.commit('first', { 'above/moved.json': lower('elsewhere'), 'elsewhere/realm.json': configMap(stage.namespace, 'realm', { 'realm.json': 'second' }) });

  const thaw = await stage.run('thaw');
  expect(thaw).toMatchObject({ exit: 0, stderr: expect.stringContaining('argocd/above, above it: its next sync comes first, and brings Application argocd/moved (OutOfSync), where our pause is not all that differs.') });
  // Not later than that.
  expect(await stage.text()).toBe('second');
  expect((await stage.app()).spec).toMatchObject({ source: { path: 'elsewhere' }, syncPolicy: AUTOMATED });
  expect(watched(stage)).toMatchObject({ ok: true, levels: [{ noOp: true }, { noOp: true }, {}], changes: expect.arrayContaining(['as announced: application:argocd/moved has another specification or other values']) });
});
