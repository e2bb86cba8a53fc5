// What is left of a pause that somebody took back, in the log of a real server: nothing, and then nobody is named for it.
import { expect, it } from 'vitest';
import { openClusterPort } from '../../src/kubernetes/cluster.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import { useServer } from '../harness/use.ts';
import { eventually, openPlace } from './freeze-world.ts';
import { pathOf } from './scripted-controller.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['flux'] }));

it.each([
  ['takes the field away', { suspend: null }, null], ['puts it back to what it was, and leaves an entry', { suspend: false }, 'kubectl-edit'],
] as const)('whoever %s', async (_name, spec, blamed) => {
  const place = await openPlace(kubernetes());
  const path = pathOf(place.kustomization());
  await kubernetes().admin.create(path.slice(0, path.lastIndexOf('/')), place.kustomization(), { fieldManager: 'kubectl-create' });
  // The clock of this machine is an hour behind: whoever made the object did so after the pause, by that.
  const cluster = openClusterPort({ kubeconfig: kubernetes().kubeconfig('admin'), userAgent: 'realm-rescue-test', environment: {}, readOnly: false }, { now: () => Date.now() - 3_600_000 });
  try {
    const [pause] = (await cluster.look(`kustomization:${place.namespace}/keycloak`)).pauses;
    const prepared = pause && await cluster.preparePause(pause, 'test');
    if (!prepared || !('patch' in prepared)) throw new Error('nothing to pause');
    const { written } = await cluster.send(prepared.patch);
    if (written === null) throw new Error('the server does not say when');
    const made = { ...prepared.patch, written };
    expect(await cluster.check([made])).toMatchObject([{ holds: true }]);
    // Times in the log are whole seconds.
    await eventually(async () => expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(written) + 1000));
    await kubernetes().admin.merge(path, { spec, metadata: { annotations: null } }, { fieldManager: 'kubectl-edit' });
    const { metadata } = await place.get(place.kustomization());
    expect((metadata.managedFields ?? []).map(({ manager }) => manager).toSorted()).toEqual(['kubectl-create', ...(blamed === null ? [] : [blamed])]);
    expect(await cluster.check([made])).toEqual([{ id: `pause kustomization:${place.namespace}/keycloak`, holds: false, because: expect.stringMatching(blamed === null ? /is every 10m again$/ : /is every 10m again, last written by kubectl-edit at \S+Z$/) }]);
  } finally {
    await cluster.close();
  }
});
