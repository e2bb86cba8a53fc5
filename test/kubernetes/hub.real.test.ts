import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import { useServer } from '../harness/use.ts';
import { freeze, isDone, isPausedFrom, listing, TRACKING, type There } from './find-writer-world.ts';
import { off, openPlace, POLICY, type Place } from './freeze-world.ts';
import { pathOf, type Manifest } from './scripted-controller.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'flux'] }));

describe.concurrent('a hub', () => {
  const map = (place: Place, application: string): Manifest => place.map({ annotations: { [TRACKING]: `${application}:/ConfigMap:${place.namespace}/keycloak-realm` } });
  const goingTo = (manifest: There, destination: JsonObject): There => ({ ...manifest, spec: { ...manifest.spec, destination } });

  it('an application that goes to another cluster is left alone, though it lists such an object', async () => {
    const place = await openPlace(kubernetes());
    await place.create(place.tracked(), { ...goingTo(place.application(), { server: 'https://10.1.2.3:6443', namespace: place.namespace }), status: listing(place, '', 'ConfigMap', 'keycloak-realm') });
    const run = await place.tool(freeze(place.from));
    expect(run).toMatchObject({ exit: 5, stdout: '' });
    expect(run.stderr).toMatch(/Application \S+\/keycloak goes to another cluster \(https:\/\/10\.1\.2\.3:6443\) and is left alone: .*--from application:\S+\/keycloak/);
    expect(await place.policy()).toEqual(POLICY);
  });

  it.each<[string, (place: Place) => JsonObject]>([
    ['its address as this kubeconfig has it', ({ namespace }) => ({ server: `${kubernetes().url}/`, namespace })],
    ['in-cluster', ({ namespace }) => ({ name: 'in-cluster', namespace })],
  ])('one that goes to this cluster by %s is paused', async (_name, destination) => {
    const place = await openPlace(kubernetes());
    const application = goingTo(place.application(), destination(place));
    await place.create(place.tracked(), application);
    await isPausedFrom(place, place.from, application);
  });

  it('one that goes to a cluster by a name that nobody can look up is paused where the object names it, which is said, and left alone where it does not', async () => {
    const place = await openPlace(kubernetes());
    const application: There = { ...goingTo(place.application(), { name: 'prod-eu', namespace: place.namespace }), status: listing(place, '', 'ConfigMap', 'keycloak-realm') };
    await place.create(place.map(), application);
    const unclaimed = await place.tool(freeze(place.from));
    expect(unclaimed).toMatchObject({ exit: 5 });
    expect(unclaimed.stderr).toContain('goes to another cluster (prod-eu) and is left alone');
    await kubernetes().admin.merge(pathOf(place.map()), { metadata: place.tracked().metadata });
    const run = await place.tool(freeze(place.from));
    isDone(run);
    expect(run.stderr).toContain('goes to the cluster that Argo CD calls prod-eu, which is taken for this one');
    expect(await place.policy()).toEqual(off());
  });

  it('an application that is in no namespace here: how to go on is told', async () => {
    const place = await openPlace(kubernetes());
    await place.create(map(place, 'only-in-the-hub'));
    const run = await place.tool(freeze(place.from));
    expect(run).toMatchObject({ exit: 5 });
    expect(run.stderr).toContain('names application only-in-the-hub, which cannot be found or read: it may apply it again. This cluster has none of that name, so an Argo CD of another cluster (a hub) may apply it: freeze it there with --context HUB --from application:NAMESPACE/only-in-the-hub.');
  });

  it.each<[string, boolean, boolean]>([['both', true, true], ['the one of the hub alone', true, false], ['neither', false, false]])('of two of one name that of this cluster is paused, where %s list the object', async (_name, hub, own) => {
    const [place, other] = [await openPlace(kubernetes()), await openPlace(kubernetes())];
    const status = listing(place, '', 'ConfigMap', 'keycloak-realm');
    const name = `keycloak-${place.namespace}`;
    const application: There = { ...place.application(name), ...(own ? { status } : {}) };
    await place.create(map(place, name), application);
    const elsewhere = goingTo(other.application(name), { server: 'https://10.1.2.3:6443', namespace: place.namespace });
    await other.create({ ...elsewhere, ...(hub ? { status } : {}) });
    const run = await place.tool(['freeze', '--from', place.from, '--confirm', name]);
    isDone(run);
    expect([await place.policy(name), await other.policy(name)]).toEqual([off(), POLICY]);
    expect(run.stderr).toContain(`Note: Application ${other.namespace}/${name} goes to another cluster (https://10.1.2.3:6443) and is left alone`);
  });

  it('of two of one name that go here, the one that lists the object is paused', async () => {
    // The one that comes first in a list is not the one that is meant.
    const [other, place] = [await openPlace(kubernetes()), await openPlace(kubernetes())].sort((a, b) => (a.namespace < b.namespace ? -1 : 1)) as [Place, Place];
    const name = `keycloak-${place.namespace}`;
    await other.create(other.application(name));
    await place.create(map(place, name), { ...place.application(name), status: listing(place, '', 'ConfigMap', 'keycloak-realm') } as There);
    isDone(await place.tool(['freeze', '--from', place.from, '--confirm', name]));
    expect([await place.policy(name), await other.policy(name)]).toEqual([off(), POLICY]);
  });

  it('the application of the hub, named itself: paused, and objects of the same names here are not looked at', async () => {
    const place = await openPlace(kubernetes());
    const application: There = { ...goingTo(place.application(), { name: 'prod-eu', namespace: place.namespace }), status: listing(place, '', 'ConfigMap', 'keycloak-realm') };
    await place.create(place.map(), application);
    const { objects, notes } = await isPausedFrom(place, `application:${place.namespace}/keycloak`, application);
    expect(objects).toEqual([]);
    expect(notes).toContainEqual(expect.stringMatching(/^Application \S+\/keycloak goes to another cluster \(prod-eu\): what carries the realm there/));
  });

  it('a Kustomization with a kubeConfig is left alone, too', async () => {
    const place = await openPlace(kubernetes());
    const controller = place.kustomization('keycloak', {}, { kubeConfig: { secretRef: { name: 'prod-eu' } } });
    await place.create(place.map({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'keycloak', 'kustomize.toolkit.fluxcd.io/namespace': place.namespace } }), controller);
    const run = await place.tool(freeze(place.from));
    expect(run).toMatchObject({ exit: 5 });
    expect(run.stderr).toMatch(/Kustomization \S+\/keycloak goes to another cluster \(that of its kubeConfig prod-eu\) and is left alone/);
    expect((await place.get(controller)).spec?.['suspend']).toBeUndefined();
  });
});
