import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { expectRefusal } from '../bad-input/refusal.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import { sessionPlace } from '../harness/tool.ts';
import { useServer } from '../harness/use.ts';
import { beside, childOf, confirmed, eventually, generated, isDone, markOf, off, openPlace, playSet, POLICY, sent, specOf, thawed, trackedBy, usual, V1, versionOf, type Place } from './freeze-world.ts';
import { pathOf, playArgo, playKustomization, type Git, type Manifest } from './scripted-controller.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'applicationset', 'flux', 'helm'] }));
const gitOf = (...objects: readonly Manifest[]): Git => ({ revision: V1, objects });

describe.concurrent('what --from may name', () => {
  const resources = (place: Place): JsonObject => ({ resources: [{ version: 'v1', kind: 'ConfigMap', namespace: place.namespace, name: 'keycloak-realm', status: 'Synced' }] });
  const fluxLabels = (kind: string, { namespace }: Place, name = 'keycloak'): Readonly<Record<string, string>> => ({ [`${kind}.toolkit.fluxcd.io/name`]: name, [`${kind}.toolkit.fluxcd.io/namespace`]: namespace });
  const secret = (place: Place): Manifest => ({ ...place.map(), kind: 'Secret', metadata: { ...place.map().metadata, annotations: { 'argocd.argoproj.io/tracking-id': `${place.namespace}_keycloak:/Secret:${place.namespace}/keycloak-realm` } }, data: { 'realm.json': Buffer.from('{"secret":"not-for-screens"}').toString('base64') } });

  interface Case {
    /** What is there; the last one is paused. */
    readonly there: (place: Place) => readonly (Manifest & { readonly status?: JsonObject })[];
    readonly from?: (place: Place) => string;
    readonly paused: JsonObject;
  }
  const argo = { syncPolicy: off() };
  const flux = { suspend: true };
  it.each<[string, Case]>([
    ['a ConfigMap by its tracking id', { there: (place) => [place.tracked(), place.application()], paused: argo }],
    ['a key of it', { there: (place) => [place.tracked(), place.application()], from: (place) => `${place.from}/realm.json`, paused: argo }],
    ['a Secret', { there: (place) => [secret(place), place.application()], from: (place) => `secret:${place.namespace}/keycloak-realm`, paused: argo }],
    ['a ConfigMap by its label, which the application confirms', { there: (place) => [place.map({ labels: { 'app.kubernetes.io/instance': 'keycloak' } }), { ...place.application(), status: resources(place) }], paused: argo }],
    ['a ConfigMap by the list of the application alone', { there: (place) => [place.map(), { ...place.application(), status: resources(place) }], paused: argo }],
    ['the application', { there: (place) => [place.application()], from: (place) => `application:${place.namespace}/keycloak`, paused: argo }],
    ['a ConfigMap by labels of Flux', { there: (place) => [place.map({ labels: fluxLabels('kustomize', place) }), place.kustomization()], paused: flux }],
    ['a ConfigMap by an inventory of Flux', { there: (place) => [place.map(), { ...place.kustomization(), status: { inventory: { entries: [{ id: `${place.namespace}_keycloak-realm__ConfigMap`, v: 'v1' }] } } }], paused: flux }],
    ['the Kustomization', { there: (place) => [place.kustomization('keycloak', {}, { suspend: false })], from: (place) => `kustomization:${place.namespace}/keycloak`, paused: flux }],
    ['a ConfigMap of a HelmRelease', { there: (place) => [place.map({ labels: fluxLabels('helm', place), annotations: { 'meta.helm.sh/release-name': 'keycloak', 'meta.helm.sh/release-namespace': place.namespace } }), place.helmRelease()], paused: flux }],
    ['the HelmRelease', { there: (place) => [place.helmRelease()], from: (place) => `helmrelease:${place.namespace}/keycloak`, paused: flux }],
  ])('%s: paused, read back, recorded; and exactly as it was afterwards', async (_name, { there, from, paused }) => {
    const place = await openPlace(kubernetes());
    const objects = there(place);
    const controller = objects.at(-1) as Manifest;
    await place.create(...objects);
    const before = await specOf(place, controller);
    const spec = from?.(place) ?? place.from;
    const run = await place.tool(['freeze', '--from', spec, '--confirm', 'keycloak', '--json']);
    isDone(run);
    expect(await specOf(place, controller)).toEqual({ ...before, ...paused });
    const [id = ''] = place.records();
    const field = Object.keys(paused)[0] ?? '';
    expect(JSON.parse(await markOf(place, controller) ?? '')).toMatchObject({ session: id, previous: before?.[field] ?? null, frozen: paused[field] });
    const name = `${controller.kind.toLowerCase()}:${place.namespace}/keycloak`;
    expect(JSON.parse(run.stdout)).toMatchObject({ schema: 'realm-rescue/freeze/v1', session: id, sight: { source: spec, server: kubernetes().url, user: 'admin', mayPause: true, role: null }, paused: [{ id: `pause ${name}`, previous: before?.[field] ?? null }], remembered: [] });
    expect(await place.frozen()).toEqual({ [id]: [name] });
    expect(statSync(join(place.sessions, id, 'journal.jsonl')).mode & 0o777).toBe(0o600);
    isDone(await place.tool(thawed(id)));
    expect(await specOf(place, controller)).toEqual(before);
    expect(await markOf(place, controller)).toBeUndefined();
    expect(await place.frozen()).toEqual({ [id]: [] });
    expect(`${run.stdout}${run.stderr}${place.disk()}`).not.toMatch(/not-for-screens|bm90LWZvci1zY3JlZW5z/);
  });

  it.each<[string, (place: Place) => Manifest, RegExp]>([
    ['only Helm', (place) => place.map({ annotations: { 'meta.helm.sh/release-name': 'kc', 'meta.helm.sh/release-namespace': place.namespace } }), /belongs to Helm release \S+\/kc: whoever runs helm upgrade applies it/],
    ['nobody', (place) => place.map(), /no controller claims ConfigMap/],
    ['an application that is not there', (place) => place.tracked('gone'), /names application \S+\/gone, which cannot be found or read/],
  ])('%s claims it: nothing can be paused, which is said', async (_name, map, says) => {
    const place = await openPlace(kubernetes());
    await place.create(map(place));
    const run = await place.tool(confirmed(place));
    expect(run).toMatchObject({ exit: 5, stdout: '' });
    expect(run.stderr).toMatch(says);
    expect(run.stderr).toContain(`No controller is found that applies ${place.from}`);
    expect(await place.frozen()).toEqual({});
  });

  it('tells a person what it found, what it sends, what it did, and the way back', async () => {
    const place = await usual(kubernetes());
    const { stderr } = await place.tool(confirmed(place));
    const [id = ''] = place.records();
    for (const told of [
      `Context admin (${kubernetes().url}) as admin\n`, `Argo CD application ${place.namespace}/keycloak: automated {prune, selfHeal} (tracking id of Argo CD of ConfigMap ${place.namespace}/keycloak-realm)\n`,
      `PATCH  automation off on Argo CD application ${place.namespace}/keycloak`, `OK  automation off on Argo CD application ${place.namespace}/keycloak`, `To let it run again: realm-rescue thaw ${id} --session-dir ${place.sessions} --kubeconfig ${kubernetes().kubeconfig('admin')}\n`,
    ]) expect(stderr).toContain(told);
    expect(stderr).not.toMatch(/\.\.$/m);
    expect((await place.tool(['sessions'])).stdout).toMatch(new RegExp(`^${id} .* freeze of ${place.from} in admin \\(${kubernetes().url}\\) {2}FROZEN: application:${place.namespace}/keycloak; let it run again with: realm-rescue thaw ${id} --session-dir ${place.sessions}$`, 'm'));
  });
});

it('with --read-only shows what it would patch, with 2, and sends nothing; what is paused already is 0', async () => {
  const place = await usual(kubernetes());
  const shown = await place.tool(['freeze', '--from', place.from, '--read-only']);
  expect(shown).toMatchObject({ exit: 2, stderr: expect.stringMatching(/PATCH {2}automation off on Argo CD application \S+\/keycloak.*\nRead-only: 1 object would be patched, and nothing was sent\.\n/) });
  expect(shown.stderr).not.toContain('Not waited for');
  const json = await place.tool(['freeze', '--from', place.from, '--read-only', '--json', '--confirm', 'keycloak', '--watch']);
  expect([json.exit, JSON.parse(json.stdout)]).toEqual([2, expect.objectContaining({ schema: 'realm-rescue/freeze/v1', watched: null, paused: [] })]);
  expect(await place.policy()).toEqual(POLICY);
  isDone(await place.tool(confirmed(place)));
  expect((await place.tool(['freeze', '--from', place.from, '--read-only'])).exit).toBe(0);
});

describe.concurrent('whoever would take the pause back', () => {
  it('applications of applications, two deep: the topmost first, and last when they run again', async () => {
    const place = await openPlace(kubernetes());
    const child = place.application('keycloak', POLICY, trackedBy(place, 'apps', 'keycloak'));
    const apps = place.application('apps', { automated: { selfHeal: true } }, trackedBy(place, 'root', 'apps'));
    const root = place.application('root', { automated: { selfHeal: true } });
    await place.create(place.tracked(), child, apps, root);
    const controllers = [playArgo(kubernetes().admin, pathOf(root), gitOf(apps), { every: 50 }), playArgo(kubernetes().admin, pathOf(apps), gitOf(child), { every: 50 })];
    await beside(controllers, async () => {
      // They do take back what is not in git.
      await kubernetes().admin.merge(pathOf(child), { spec: { syncPolicy: { automated: { enabled: false } } } });
      await eventually(async () => expect(await place.policy()).toEqual(POLICY));
      isDone(await place.tool(confirmed(place)));
      expect(await Promise.all(['root', 'apps', 'keycloak'].map((name) => place.policy(name)))).toEqual([off({ automated: { selfHeal: true } }), off({ automated: { selfHeal: true } }), off()]);
      isDone(await place.tool(thawed(place.from)));
      expect(await Promise.all([root, apps, child].map((manifest) => specOf(place, manifest)))).toEqual([root.spec, apps.spec, child.spec]);
      expect(await Promise.all([root, apps, child].map((manifest) => markOf(place, manifest)))).toEqual([undefined, undefined, undefined]);
    });
    const name = (word: string) => ['root', 'apps', 'keycloak'].map((each) => `${word} application:${place.namespace}/${each}`);
    expect(sent(place)).toEqual([...name('pause'), ...name('resume').toReversed()]);
  });

  it('a Kustomization that applies the application', async () => {
    const place = await openPlace(kubernetes());
    const child = place.application('keycloak', POLICY, { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': place.namespace } });
    const parent = place.kustomization('apps');
    await place.create(place.tracked(), child, parent);
    await beside([playKustomization(kubernetes().admin, pathOf(parent), gitOf(child), { every: 50 })], async () => {
      isDone(await place.tool(confirmed(place)));
      expect([await place.policy(), (await specOf(place, parent))?.['suspend']]).toEqual([off(), true]);
      isDone(await place.tool(thawed(place.from)));
      expect([await specOf(place, child), await specOf(place, parent)]).toEqual([child.spec, parent.spec]);
    });
  });

  it('where the second pause is refused by a rule of the cluster, the first is taken back', async () => {
    const place = await openPlace(kubernetes());
    const [child, root] = [place.application('keycloak', POLICY, trackedBy(place, 'root', 'keycloak')), place.application('root', { automated: { selfHeal: true } })];
    await place.create(place.tracked(), child, root);
    const rules = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolic';
    const name = `no-pause-${place.namespace}`;
    await kubernetes().admin.create(`${rules}ies`, { metadata: { name }, spec: { matchConstraints: { resourceRules: [{ apiGroups: ['argoproj.io'], apiVersions: ['*'], operations: ['UPDATE'], resources: ['applications'] }] }, validations: [{ expression: "object.metadata.name != 'keycloak'", message: 'keycloak is not to be touched', reason: 'Forbidden' }] } });
    await kubernetes().admin.create(`${rules}ybindings`, { metadata: { name }, spec: { policyName: name, validationActions: ['Deny'], matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': place.namespace } } } } });
    await eventually(() => expect(kubernetes().admin.merge(`${pathOf(child)}?dryRun=All`, { metadata: { labels: { x: 'y' } } })).rejects.toThrow('403'));
    expectRefusal(await place.tool(confirmed(place, '--json')), { exit: 3, says: /The cluster refuses patching Application \S+\/keycloak: .*ValidatingAdmissionPolicy '.*keycloak is not to be touched/, next: /ask who runs it/ });
    expect([await specOf(place, root), await markOf(place, root), await specOf(place, child), Object.values(await place.frozen())]).toEqual([root.spec, undefined, child.spec, [[]]]);
    expect(sent(place)).toEqual([`pause application:${place.namespace}/root`, `resume application:${place.namespace}/root`]);
    await kubernetes().admin.remove(`${rules}ybindings/${name}`);
  });

  it('one that nothing points to: the pause is not called one', async () => {
    const place = await usual(kubernetes());
    await beside([playSet(kubernetes(), place)], async () => {
      // However long the set takes for it.
      const run = await place.held(confirmed(place), /"type":"patch\.sent","id":"pause /, () => eventually(async () => expect(await place.policy()).toEqual(POLICY)));
      expect(run).toMatchObject({ exit: 5 });
      expect(run.stderr).toMatch(/realm-rescue: A pause was taken back: Application \S+\/keycloak is automated \{prune, selfHeal\} again/);
      expect(run.stderr).not.toMatch(/^OK/m);
      expect(await place.policy()).toEqual(POLICY);
    });
  });
});

describe.concurrent('a child of an ApplicationSet', () => {
  const theirs: JsonObject = { kind: 'allow', schedule: '0 6 * * *', duration: '2h', applications: ['*'] };
  const windows = async (place: Place): Promise<readonly JsonObject[] | undefined> => (await specOf(place, place.project()))?.['syncWindows'] as readonly JsonObject[] | undefined;

  it('is stopped by a deny window, and only that window goes again; one that somebody adds meanwhile stays', async () => {
    const place = await generated(kubernetes(), {}, [theirs]);
    await beside([playSet(kubernetes(), place)], async () => {
      isDone(await place.tool(confirmed(place)));
      const [id = ''] = place.records();
      expect(await place.policy()).toEqual(POLICY);
      expect(await windows(place)).toEqual([theirs, { kind: 'deny', schedule: '* * * * *', duration: '24h', applications: ['keycloak'], manualSync: false, description: `realm-rescue ${id} for ${place.namespace}/keycloak` }]);
      const added = { ...theirs, schedule: '0 7 * * *' };
      await kubernetes().admin.merge(pathOf(place.project()), { spec: { syncWindows: [added, ...(await windows(place)) ?? []] } });
      isDone(await place.tool(thawed(id)));
      expect(await windows(place)).toEqual([added, theirs]);
      expect(await place.frozen()).toEqual({ [id]: [] });
    });
  });

  it('leaves a project without windows as it was; a second freeze writes nothing, and another machine finds the window', async () => {
    const place = await generated(kubernetes());
    await beside([playSet(kubernetes(), place)], async () => {
      isDone(await place.tool(confirmed(place)));
      const version = await versionOf(place, place.project());
      const again = await place.tool(confirmed(place));
      isDone(again);
      expect(again.stderr).toMatch(/deny window for application \S+\/keycloak stands in AppProject \S+ already/);
      expect(await versionOf(place, place.project())).toBe(version);
      isDone(await place.tool(thawed(place.from), { sessions: sessionPlace() }));
      expect(await specOf(place, place.project())).toEqual(place.project().spec);
    });
  });

  it('is the one that is thawed, not its neighbour in the same project', async () => {
    const place = await generated(kubernetes());
    await place.create(await childOf(place, 'grafana'), { ...place.map({ annotations: { 'argocd.argoproj.io/tracking-id': `${place.namespace}_grafana:/ConfigMap:${place.namespace}/dashboards` } }), metadata: { name: 'dashboards', namespace: place.namespace, annotations: { 'argocd.argoproj.io/tracking-id': `${place.namespace}_grafana:/ConfigMap:${place.namespace}/dashboards` } } });
    await beside([playSet(kubernetes(), place)], async () => {
      const other = `configmap:${place.namespace}/dashboards`;
      isDone(await place.tool(confirmed(place)));
      isDone(await place.tool(['freeze', '--from', other, '--confirm', 'grafana']));
      const denied = async () => (await windows(place) ?? []).map(({ applications }) => applications);
      expect(await denied()).toEqual([['keycloak'], ['grafana']]);
      // Whichever record comes first in the directory.
      const first = Object.values(await place.frozen()).length === 2 && place.events(place.records().toSorted()[0])[0];
      const pairs = [[place.from, 'keycloak'], [other, 'grafana']] as const;
      const [one, two] = JSON.stringify(first).includes(other) ? pairs.toReversed() : pairs;
      isDone(await place.tool(['thaw', '--from', one?.[0] ?? '', '--confirm', one?.[1] ?? '', '--no-watch']));
      expect(await denied()).toEqual([[two?.[1]]]);
      isDone(await place.tool(['thaw', '--from', two?.[0] ?? '', '--confirm', two?.[1] ?? '', '--no-watch']));
      expect(await specOf(place, place.project())).toEqual(place.project().spec);
    });
  });

  it('is paused itself where the ApplicationSet leaves that alone, and thawed by the record: the annotation does not survive', async () => {
    const place = await generated(kubernetes(), { ignoreApplicationDifferences: [{ jsonPointers: ['/spec/syncPolicy'] }] });
    await beside([playSet(kubernetes(), place, { ignores: true })], async () => {
      isDone(await place.tool(confirmed(place)));
      expect(await place.policy()).toEqual(off());
      await eventually(async () => expect(await markOf(place, place.application())).toBeUndefined());
      expect(await windows(place)).toBeUndefined();
      isDone(await place.tool(thawed(place.from)));
      expect(await specOf(place, place.application())).toEqual(place.application().spec);
    });
  });
});

describe.concurrent('again', () => {
  it('a second freeze and a second thaw write nothing', async () => {
    const place = await usual(kubernetes());
    isDone(await place.tool(confirmed(place)));
    const frozen = await versionOf(place, place.application());
    const again = await place.tool(confirmed(place));
    isDone(again);
    expect(again.stderr).toMatch(/^OK {2}Argo CD application \S+\/keycloak was paused already \(automation off \{prune, selfHeal\}\)/m);
    expect(await versionOf(place, place.application())).toBe(frozen);
    const id = Object.entries(await place.frozen()).find(([, held]) => held.length > 0)?.[0] ?? '';
    expect(again.stderr).toContain(`Application ${place.namespace}/keycloak was paused by record ${id}: it is left to that record, and realm-rescue thaw ${id} (or thaw --from application:${place.namespace}/keycloak, from another machine) lets it run again`);
    isDone(await place.tool(thawed(id)));
    const live = await versionOf(place, place.application());
    for (const what of [id, place.from]) {
      const run = await place.tool(thawed(what, '--json'));
      isDone(run);
      expect(JSON.parse(run.stdout)).toMatchObject({ schema: 'realm-rescue/thaw/v1', resumed: [], ok: true });
    }
    expect(await versionOf(place, place.application())).toBe(live);
    expect(await place.policy()).toEqual(POLICY);
  });

  it.each<[string, JsonObject]>([
    ['an empty automation', { automated: {} }],
    ['one that says enabled', { automated: { enabled: true, prune: false } }],
    ['odd ones', { automated: { allowEmpty: true }, syncOptions: [], retry: { limit: -1, refresh: true }, managedNamespaceMetadata: { labels: { 'a.b/c~d': 'x y', '': '' }, annotations: { note: '{"null":null}\n' } } }],
  ])('a policy with %s comes back as it was', async (_name, policy) => {
    const place = await usual(kubernetes(), policy);
    const before = await place.policy();
    isDone(await place.tool(confirmed(place)));
    expect(await place.policy()).toMatchObject({ automated: { enabled: false } });
    // Of the annotation alone: the record is lost.
    isDone(await place.tool(thawed(place.from), { sessions: sessionPlace() }));
    expect(await place.policy()).toEqual(before);
    expect(await markOf(place, place.application())).toBeUndefined();
  });

  it('what somebody changes in the policy meanwhile stays, and the automation comes back', async () => {
    const place = await usual(kubernetes());
    isDone(await place.tool(confirmed(place)));
    await kubernetes().admin.merge(pathOf(place.application()), { spec: { syncPolicy: { retry: { limit: 9 }, syncOptions: ['Prune=false'] } } });
    isDone(await place.tool(thawed(place.from)));
    expect(await place.policy()).toEqual({ ...POLICY, retry: { ...(POLICY['retry'] as JsonObject), limit: 9 }, syncOptions: ['Prune=false'] });
  });

  it('resumed by hand or from elsewhere, the record knows it after the next look', async () => {
    const place = await usual(kubernetes());
    isDone(await place.tool(confirmed(place)));
    const [id = ''] = place.records();
    isDone(await place.tool(thawed(place.from), { sessions: sessionPlace() }));
    const live = await versionOf(place, place.application());
    isDone(await place.tool(thawed(id)));
    expect(await versionOf(place, place.application())).toBe(live);
    expect(await place.frozen()).toEqual({ [id]: [] });
  });

  it.each<[string, (place: Place) => Promise<unknown>]>([
    ['is gone', (place) => kubernetes().admin.remove(pathOf(place.map()))],
    ['says no more who applies it', (place) => kubernetes().admin.merge(pathOf(place.map()), { metadata: { annotations: null } })],
  ])('the ConfigMap %s, and the record still lets the writer run again', async (_name, happens) => {
    const place = await usual(kubernetes());
    isDone(await place.tool(confirmed(place)));
    const [id = ''] = place.records();
    await happens(place);
    isDone(await place.tool(thawed(id)));
    expect([await place.policy(), await place.frozen()]).toEqual([POLICY, { [id]: [] }]);
  });
});
