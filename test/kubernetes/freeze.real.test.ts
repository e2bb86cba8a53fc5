import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { expectRefusal } from '../bad-input/refusal.ts';
import { startKubernetes, type KubernetesUser, type RealKubernetes } from '../harness/kubernetes.ts';
import { execute } from '../harness/process.ts';
import { sessionPlace, type ToolRun } from '../harness/tool.ts';
import { eventually, off, openPlace, POLICY, type Place } from './freeze-world.ts';
import { pathOf, playApplicationSet, playArgo, playKustomization, type Controller, type Git, type Manifest } from './scripted-controller.ts';

const V1 = '4f1d2c7a9b8e6d5c4f3a2b1c0d9e8f7a6b5c4d3e';
const MARK = 'realm-rescue/frozen';
let kubernetes: RealKubernetes;
let failed = false;

beforeAll(async () => {
  kubernetes = await startKubernetes({ crds: ['argo', 'applicationset', 'flux', 'helm'] });
});
beforeEach(({ onTestFailed }) => { onTestFailed(() => { failed = true; }); });
afterAll(() => kubernetes?.stop(failed));

const confirmed = (place: Place, ...more: readonly string[]): readonly string[] => ['freeze', '--from', place.from, '--confirm', 'keycloak', ...more];
const thawed = (what: string, ...more: readonly string[]): readonly string[] => ['thaw', ...(what.includes(':') ? ['--from', what] : [what]), '--confirm', 'keycloak', '--no-watch', ...more];
const specOf = async (place: Place, manifest: Manifest): Promise<JsonObject | undefined> => (await place.get(manifest)).spec;
const markOf = async (place: Place, manifest: Manifest): Promise<string | undefined> => (await place.get(manifest)).metadata.annotations?.[MARK];
const versionOf = async (place: Place, manifest: Manifest): Promise<string> => (await place.get(manifest)).metadata.resourceVersion;
/** What was sent, by id of its patch. */
const sent = (place: Place): readonly unknown[] => place.events().flatMap(({ type, id }) => (type === 'patch.sent' ? [id] : []));
const gitOf = (...objects: readonly Manifest[]): Git => ({ revision: V1, objects });

/** Runs controllers beside something, and ends them whatever becomes of it. */
async function beside<T>(controllers: readonly Controller[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    for (const controller of controllers) await controller.stop();
  }
}

/** One application that applies the ConfigMap, and has done nothing yet. */
async function usual(policy: JsonObject = POLICY): Promise<Place> {
  const place = await openPlace(kubernetes);
  await place.create(place.tracked(), place.application('keycloak', policy));
  return place;
}

function isDone(run: ToolRun): void {
  expect(run, run.stderr).toMatchObject({ exit: 0, signal: null });
}

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
    const place = await openPlace(kubernetes);
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
    expect(JSON.parse(run.stdout)).toMatchObject({ schema: 'realm-rescue/freeze/v1', session: id, sight: { source: spec, server: kubernetes.url, user: 'admin', mayPause: true, role: null }, paused: [{ id: `pause ${name}`, previous: before?.[field] ?? null }], remembered: [] });
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
    const place = await openPlace(kubernetes);
    await place.create(map(place));
    const run = await place.tool(confirmed(place));
    expect(run).toMatchObject({ exit: 5, stdout: '' });
    expect(run.stderr).toMatch(says);
    expect(run.stderr).toContain(`No controller is found that applies ${place.from}`);
    expect(await place.frozen()).toEqual({});
  });

  it('tells a person what it found, what it sends, what it did, and the way back', async () => {
    const place = await usual();
    const { stderr } = await place.tool(confirmed(place));
    const [id = ''] = place.records();
    for (const told of [
      `Context admin (${kubernetes.url}) as admin\n`, `Argo CD application ${place.namespace}/keycloak: automated {prune, selfHeal} (tracking id of Argo CD of ConfigMap ${place.namespace}/keycloak-realm)\n`,
      `PATCH  automation off on Argo CD application ${place.namespace}/keycloak`, `OK  automation off on Argo CD application ${place.namespace}/keycloak`, `To let it run again: realm-rescue thaw ${id} --session-dir ${place.sessions}\n`,
    ]) expect(stderr).toContain(told);
    expect(stderr).not.toMatch(/\.\.$/m);
    expect((await place.tool(['sessions'])).stdout).toMatch(new RegExp(`^${id} .* freeze of ${place.from} in admin \\(${kubernetes.url}\\) {2}FROZEN: application:${place.namespace}/keycloak; let it run again with: realm-rescue thaw ${id}`));
  });
});

describe.concurrent('whoever would take the pause back', () => {
  const trackedBy = (place: Place, parent: string, name: string): { readonly annotations: Readonly<Record<string, string>> } => ({ annotations: { 'argocd.argoproj.io/tracking-id': `${place.namespace}_${parent}:argoproj.io/Application:${place.namespace}/${name}` } });

  it('applications of applications, two deep: the topmost first, and last when they run again', async () => {
    const place = await openPlace(kubernetes);
    const child = place.application('keycloak', POLICY, trackedBy(place, 'apps', 'keycloak'));
    const apps = place.application('apps', { automated: { selfHeal: true } }, trackedBy(place, 'root', 'apps'));
    const root = place.application('root', { automated: { selfHeal: true } });
    await place.create(place.tracked(), child, apps, root);
    const controllers = [playArgo(kubernetes.admin, pathOf(root), gitOf(apps), { every: 50 }), playArgo(kubernetes.admin, pathOf(apps), gitOf(child), { every: 50 })];
    await beside(controllers, async () => {
      // They do take back what is not in git.
      await kubernetes.admin.merge(pathOf(child), { spec: { syncPolicy: { automated: { enabled: false } } } });
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
    const place = await openPlace(kubernetes);
    const child = place.application('keycloak', POLICY, { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': place.namespace } });
    const parent = place.kustomization('apps');
    await place.create(place.tracked(), child, parent);
    await beside([playKustomization(kubernetes.admin, pathOf(parent), gitOf(child), { every: 50 })], async () => {
      isDone(await place.tool(confirmed(place)));
      expect([await place.policy(), (await specOf(place, parent))?.['suspend']]).toEqual([off(), true]);
      isDone(await place.tool(thawed(place.from)));
      expect([await specOf(place, child), await specOf(place, parent)]).toEqual([child.spec, parent.spec]);
    });
  });

  it('where the second pause is refused by a rule of the cluster, the first is taken back', async () => {
    const place = await openPlace(kubernetes);
    const [child, root] = [place.application('keycloak', POLICY, trackedBy(place, 'root', 'keycloak')), place.application('root', { automated: { selfHeal: true } })];
    await place.create(place.tracked(), child, root);
    const rules = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolic';
    const name = `no-pause-${place.namespace}`;
    await kubernetes.admin.create(`${rules}ies`, { metadata: { name }, spec: { matchConstraints: { resourceRules: [{ apiGroups: ['argoproj.io'], apiVersions: ['*'], operations: ['UPDATE'], resources: ['applications'] }] }, validations: [{ expression: "object.metadata.name != 'keycloak'", message: 'keycloak is not to be touched', reason: 'Forbidden' }] } });
    await kubernetes.admin.create(`${rules}ybindings`, { metadata: { name }, spec: { policyName: name, validationActions: ['Deny'], matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': place.namespace } } } } });
    await eventually(() => expect(kubernetes.admin.merge(`${pathOf(child)}?dryRun=All`, { metadata: { labels: { x: 'y' } } })).rejects.toThrow('403'));
    expectRefusal(await place.tool(confirmed(place, '--json')), { exit: 3, says: /The cluster refuses patching Application \S+\/keycloak: .*ValidatingAdmissionPolicy '.*keycloak is not to be touched/, next: /ask who runs it/ });
    expect([await specOf(place, root), await markOf(place, root), await specOf(place, child), Object.values(await place.frozen())]).toEqual([root.spec, undefined, child.spec, [[]]]);
    expect(sent(place)).toEqual([`pause application:${place.namespace}/root`, `resume application:${place.namespace}/root`]);
    await kubernetes.admin.remove(`${rules}ybindings/${name}`);
  });

  it('one that nothing points to: the pause is not called one', async () => {
    const place = await usual();
    await beside([playApplicationSet(kubernetes.admin, pathOf(place.application()), place.application().spec ?? {})], async () => {
      const run = await place.tool(confirmed(place));
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
  const set = (place: Place, spec: JsonObject = {}): Manifest => ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', metadata: { name: 'platform', namespace: place.namespace }, spec });
  const childOf = (place: Place, owner: string, name = 'keycloak'): Manifest => place.application(name, POLICY, { ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'platform', uid: owner }] });
  async function generated(spec: JsonObject, project: (place: Place) => Manifest): Promise<{ readonly place: Place; readonly controller: Controller }> {
    const place = await openPlace(kubernetes);
    await place.create(set(place, spec), project(place), place.tracked());
    await place.create(childOf(place, (await place.get(set(place))).metadata.uid));
    return { place, controller: playApplicationSet(kubernetes.admin, pathOf(place.application()), place.application().spec ?? {}, { ignores: 'ignoreApplicationDifferences' in spec }) };
  }

  it('is stopped by a deny window, and only that window goes again; one that somebody adds meanwhile stays', async () => {
    const { place, controller } = await generated({}, (here) => here.project([theirs]));
    await beside([controller], async () => {
      isDone(await place.tool(confirmed(place)));
      const [id = ''] = place.records();
      expect(await place.policy()).toEqual(POLICY);
      expect(await windows(place)).toEqual([theirs, { kind: 'deny', schedule: '* * * * *', duration: '24h', applications: ['keycloak'], manualSync: false, description: `realm-rescue ${id}` }]);
      const added = { ...theirs, schedule: '0 7 * * *' };
      await kubernetes.admin.merge(pathOf(place.project()), { spec: { syncWindows: [added, ...(await windows(place)) ?? []] } });
      isDone(await place.tool(thawed(id)));
      expect(await windows(place)).toEqual([added, theirs]);
      expect(await place.frozen()).toEqual({ [id]: [] });
    });
  });

  it('leaves a project without windows as it was; a second freeze writes nothing, and another machine finds the window', async () => {
    const { place, controller } = await generated({}, (here) => here.project());
    await beside([controller], async () => {
      isDone(await place.tool(confirmed(place)));
      const version = await versionOf(place, place.project());
      const again = await place.tool(confirmed(place));
      isDone(again);
      expect(again.stderr).toMatch(/deny window for application keycloak stands in AppProject \S+ already/);
      expect(await versionOf(place, place.project())).toBe(version);
      isDone(await place.tool(thawed(place.from), { sessions: sessionPlace() }));
      expect(await specOf(place, place.project())).toEqual(place.project().spec);
    });
  });

  it('is the one that is thawed, not its neighbour in the same project', async () => {
    const { place, controller } = await generated({}, (here) => here.project());
    const neighbour = childOf(place, (await place.get(set(place))).metadata.uid, 'grafana');
    await place.create(neighbour, { ...place.map({ annotations: { 'argocd.argoproj.io/tracking-id': `${place.namespace}_grafana:/ConfigMap:${place.namespace}/dashboards` } }), metadata: { name: 'dashboards', namespace: place.namespace, annotations: { 'argocd.argoproj.io/tracking-id': `${place.namespace}_grafana:/ConfigMap:${place.namespace}/dashboards` } } });
    await beside([controller], async () => {
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
    const { place, controller } = await generated({ ignoreApplicationDifferences: [{ jsonPointers: ['/spec/syncPolicy'] }] }, (here) => here.project());
    await beside([controller], async () => {
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
    const place = await usual();
    isDone(await place.tool(confirmed(place)));
    const frozen = await versionOf(place, place.application());
    const again = await place.tool(confirmed(place));
    isDone(again);
    expect(again.stderr).toMatch(/^OK {2}Argo CD application \S+\/keycloak was paused already \(automation off \{prune, selfHeal\}\)/m);
    expect(await versionOf(place, place.application())).toBe(frozen);
    const id = Object.entries(await place.frozen()).find(([, held]) => held.length > 0)?.[0] ?? '';
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
    const place = await usual(policy);
    const before = await place.policy();
    isDone(await place.tool(confirmed(place)));
    expect(await place.policy()).toMatchObject({ automated: { enabled: false } });
    // Of the annotation alone: the record is lost.
    isDone(await place.tool(thawed(place.from), { sessions: sessionPlace() }));
    expect(await place.policy()).toEqual(before);
    expect(await markOf(place, place.application())).toBeUndefined();
  });

  it('what somebody changes in the policy meanwhile stays, and the automation comes back', async () => {
    const place = await usual();
    isDone(await place.tool(confirmed(place)));
    await kubernetes.admin.merge(pathOf(place.application()), { spec: { syncPolicy: { retry: { limit: 9 }, syncOptions: ['Prune=false'] } } });
    isDone(await place.tool(thawed(place.from)));
    expect(await place.policy()).toEqual({ ...POLICY, retry: { ...(POLICY['retry'] as JsonObject), limit: 9 }, syncOptions: ['Prune=false'] });
  });

  it('resumed by hand or from elsewhere, the record knows it after the next look', async () => {
    const place = await usual();
    isDone(await place.tool(confirmed(place)));
    const [id = ''] = place.records();
    isDone(await place.tool(thawed(place.from), { sessions: sessionPlace() }));
    const live = await versionOf(place, place.application());
    isDone(await place.tool(thawed(id)));
    expect(await versionOf(place, place.application())).toBe(live);
    expect(await place.frozen()).toEqual({ [id]: [] });
  });

  it.each<[string, (place: Place) => Promise<unknown>]>([
    ['is gone', (place) => kubernetes.admin.remove(pathOf(place.map()))],
    ['says no more who applies it', (place) => kubernetes.admin.merge(pathOf(place.map()), { metadata: { annotations: null } })],
  ])('the ConfigMap %s, and the record still lets the writer run again', async (_name, happens) => {
    const place = await usual();
    isDone(await place.tool(confirmed(place)));
    const [id = ''] = place.records();
    await happens(place);
    isDone(await place.tool(thawed(id)));
    expect([await place.policy(), await place.frozen()]).toEqual([POLICY, { [id]: [] }]);
  });
});

describe.concurrent('others write at the same moment', () => {
  it('to the status, every 20 ms: frozen and thawed', async () => {
    const place = await usual();
    let writes = 0;
    const stopping = new AbortController();
    const writing = (async () => {
      for (; !stopping.signal.aborted; await delay(20)) await kubernetes.admin.merge(pathOf(place.application()), { status: { reconciledAt: new Date(Date.UTC(2026, 0, 1) + 1000 * writes++).toISOString() } });
    })();
    try {
      isDone(await place.tool(confirmed(place)));
      expect(await place.policy()).toEqual(off());
      isDone(await place.tool(thawed(place.from)));
      expect(await place.policy()).toEqual(POLICY);
    } finally {
      stopping.abort();
      await writing;
    }
    expect(writes).toBeGreaterThan(20);
  });

  it('to the status, just before the patch: it is made anew, and sent', async () => {
    const place = await usual();
    isDone(await place.held(confirmed(place), /"type":"patch\.intended"/, () => kubernetes.admin.merge(pathOf(place.application()), { status: { reconciledAt: '2026-11-20T22:43:09Z' } })));
    expect(place.events().flatMap(({ type }) => (type.startsWith('patch.') ? [type] : []))).toEqual(['patch.intended', 'patch.failed', 'patch.intended', 'patch.sent']);
    expect([await place.policy(), (await place.get(place.application())).status?.['reconciledAt']]).toEqual([off(), '2026-11-20T22:43:09Z']);
  });

  it.each<[string, JsonObject, RegExp]>([
    ['to the policy: told, and not written over', { spec: { syncPolicy: { automated: { prune: false } } } }, /realm-rescue: Somebody changed spec\.syncPolicy of Application keycloak at the same moment; nothing was written over it\./],
    ['and pauses it: nothing is left to do', { spec: { syncPolicy: { automated: { enabled: false } } } }, /is paused already/],
  ])('%s', async (_name, patch, says) => {
    const place = await usual();
    let theirs: unknown;
    const run = await place.held(confirmed(place), /"type":"patch\.intended"/, async () => {
      await kubernetes.admin.merge(pathOf(place.application()), patch);
      theirs = await place.policy();
    });
    expect(run.stderr).toMatch(says);
    expect(run.exit).toBe(run.stderr.includes('Somebody') ? 5 : 0);
    expect(await place.policy()).toEqual(theirs);
    expect(await markOf(place, place.application())).toBeUndefined();
    expect(Object.values(await place.frozen())).toEqual([[]]);
  });

  it('a second freeze of the same: it is told who is at work, and sends nothing', async () => {
    const place = await usual();
    let second: ToolRun | undefined;
    isDone(await place.held(confirmed(place), /"type":"patch\.intended"/, async () => { second = await place.tool(confirmed(place, '--json')); }));
    expectRefusal(second as ToolRun, { exit: 6, says: /works on realm/, next: /Let it end/ });
    expect(Object.values(await place.frozen()).flat()).toEqual([`application:${place.namespace}/keycloak`]);
    expect(await place.policy()).toEqual(off());
  });

  it('to the windows of the project, while ours is taken out: theirs is there afterwards', async () => {
    const place = await openPlace(kubernetes);
    const theirs = { kind: 'deny', schedule: '0 22 * * *', duration: '1h', namespaces: ['other'] };
    await place.create(place.project(), place.tracked(), place.application());
    await place.create({ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', metadata: { name: 'platform', namespace: place.namespace }, spec: {} });
    const { metadata: { uid } } = await place.get({ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', metadata: { name: 'platform', namespace: place.namespace } });
    await kubernetes.admin.merge(pathOf(place.application()), { metadata: { ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'platform', uid }] } });
    isDone(await place.tool(confirmed(place)));
    const [id = ''] = place.records();
    const run = await place.held(thawed(id), /"type":"patch\.intended","patch":\{"id":"resume/, async () => {
      const { spec = {} } = await place.get(place.project());
      await kubernetes.admin.merge(pathOf(place.project()), { spec: { syncWindows: [...(spec['syncWindows'] as readonly JsonObject[]), theirs] } });
    });
    // Told rather than merged in silence; the next start has both.
    expect([0, 5]).toContain(run.exit);
    if (run.exit === 5) isDone(await place.tool(thawed(id)));
    expect((await specOf(place, place.project()))?.['syncWindows']).toEqual([theirs]);
  });
});

describe.concurrent('an operation is running', () => {
  const stuck = (place: Place): Git => ({ ...gitOf(place.tracked('keycloak', '{"realm":"other"}')), broken: 'waiting for hook Job/import' });
  const state = async (place: Place): Promise<{ phase?: string; message?: string } | undefined> => (await place.get(place.application())).status?.['operationState'] as { phase?: string; message?: string } | undefined;

  it('is shown, and goes on after a freeze; --terminate ends it', async () => {
    const place = await usual();
    await beside([playArgo(kubernetes.admin, pathOf(place.application()), stuck(place), { every: 50 })], async () => {
      await eventually(async () => expect((await state(place))?.message).toBe('waiting for hook Job/import'));
      const run = await place.tool(confirmed(place));
      isDone(run);
      expect(run.stderr).toMatch(/^RUNNING in Argo CD application \S+\/keycloak since 2\S+Z: waiting for hook Job\/import; a pause does not stop it \(--terminate does\)/m);
      expect((await state(place))?.phase).toBe('Running');
      isDone(await place.tool(confirmed(place, '--terminate')));
      await eventually(async () => expect(await state(place)).toMatchObject({ phase: 'Failed', message: 'Operation terminated' }));
      expect((await place.get(place.map())).data).toEqual(place.map().data);
    });
  });

  it('that is asked for and has not begun is ended as well', async () => {
    const place = await usual();
    await kubernetes.admin.merge(pathOf(place.application()), { operation: { sync: { revision: V1 } } });
    const run = await place.tool(confirmed(place, '--terminate'));
    isDone(run);
    expect(run.stderr).toMatch(/^RUNNING in Argo CD application \S+\/keycloak: asked for, not begun yet/m);
    await beside([playArgo(kubernetes.admin, pathOf(place.application()), stuck(place), { every: 50 })], async () => {
      await eventually(async () => expect('operation' in (await place.get(place.application()))).toBe(false));
      expect((await place.get(place.map())).data).toEqual(place.map().data);
    });
  });
});

describe.concurrent('what cannot be done is refused', () => {
  it.each<[string, (place: Place) => readonly string[], number, RegExp, RegExp]>([
    ['nobody confirms', (place) => ['freeze', '--from', place.from], 5, /1 object would be patched, and nobody confirmed it/, /--confirm keycloak/],
    ['another word confirms', (place) => ['freeze', '--from', place.from, '--confirm', 'Keycloak'], 5, /--confirm says "Keycloak", but the word is keycloak/, /--confirm keycloak/],
    ['--read-only', (place) => confirmed(place, '--read-only'), 64, /read-only: nothing is written to the cluster/, /without --read-only/],
    ['nothing is named', () => ['freeze', '--confirm', 'keycloak'], 64, /Nothing is named/, /--from configmap:NAMESPACE\/NAME/],
    ['something is named that is no such thing', (place) => ['freeze', '--from', `pod:${place.namespace}/keycloak`], 64, /"pod:\S+" does not name anything/, /configmap:NAMESPACE\/NAME/],
    ['there is no such object', (place) => ['freeze', '--from', `configmap:${place.namespace}/nothing`, '--confirm', 'keycloak'], 64, /There is no ConfigMap \S+\/nothing/, /kubectl get configmaps -A/],
    ['there is no such namespace', () => ['freeze', '--from', 'application:nowhere/nothing', '--confirm', 'nothing'], 64, /There is no Application nowhere\/nothing/, /namespace/],
    ['a thaw of nothing', () => ['thaw', '--confirm', 'keycloak'], 64, /Nothing is named to thaw/, /sessions/],
    ['a thaw of a record that is not there', () => thawed('abcd'), 64, /There is no recorded run "abcd"/, /sessions/],
  ])('%s', async (_name, args, exit, says, next) => {
    const place = await usual();
    const version = await versionOf(place, place.application());
    const run = await place.tool([...args(place), '--json']);
    expectRefusal(run, { exit, says, next });
    expect(run.stdout.trim().split('\n')).toHaveLength(1);
    expect(await versionOf(place, place.application())).toBe(version);
    expect(Object.values(await place.frozen()).flat()).toEqual([]);
  });

  it.each([['nobody confirms', [], /nobody confirmed it/], ['another word confirms', ['--confirm', 'x'], /the word is keycloak/]] as const)('a thaw that %s writes nothing, not even a wish', async (_name, more, says) => {
    const place = await usual();
    isDone(await place.tool(confirmed(place)));
    const version = await versionOf(place, place.application());
    expectRefusal(await place.tool(['thaw', place.records()[0] ?? '', ...more, '--json']), { exit: 5, says, next: /--confirm keycloak/ });
    expect(await versionOf(place, place.application())).toBe(version);
  });

  interface Config { 'contexts': { name: string; context: object }[]; 'users': { name: string; user: object }[]; 'clusters': { cluster: { server: string } }[]; 'current-context': string }
  const configured = (change: (config: Config) => void): string => {
    const config = parse(readFileSync(kubernetes.kubeconfig('admin'), 'utf8')) as Config;
    change(config);
    const file = join(sessionPlace(), 'config');
    writeFileSync(file, stringify(config), { mode: 0o600 });
    return file;
  };
  const plugin = (script: string, more: object = {}): string => configured(({ users: [user] }) => { if (user) user.user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command: 'sh', args: ['-c', script], ...more } }; });
  const answer = (status: object): string => `echo '${JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status })}'`;

  it.each<[string, () => string, readonly string[], number, RegExp, RegExp]>([
    ['no kubeconfig', () => '/nowhere/config', [], 64, /There is no kubeconfig at \/nowhere\/config/, /--kubeconfig/],
    ['an empty one', () => { const file = join(sessionPlace(), 'config'); writeFileSync(file, ''); return file; }, [], 64, /cannot be read: it is empty/, /--kubeconfig/],
    ['an unknown context', () => kubernetes.kubeconfig('admin'), ['--context', 'prod'], 64, /has no context "prod"/, /admin/],
    ['a context without its user', () => configured((config) => { config.users = []; }), [], 64, /names user "admin", which the kubeconfig does not have/, /--context/],
    ['an address that is none', () => configured(({ clusters: [cluster] }) => { if (cluster) cluster.cluster.server = 'ftp://x'; }), [], 64, /"ftp:\/\/x" of context admin is no address/, /Correct the kubeconfig/],
    ['nobody at the address', () => configured(({ clusters: [cluster] }) => { if (cluster) cluster.cluster.server = 'https://127.0.0.1:1'; }), [], 3, /No connection to the API server https:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\); nothing was sent/, /VPN/],
    ['a certificate that nobody vouches for', () => configured(({ clusters: [cluster] }) => { if (cluster) cluster.cluster = { server: cluster.cluster.server }; }), [], 3, /certificate of the API server \S+ is not trusted/, /certificate-authority/],
    ['a login plugin that is not installed', () => plugin('', { command: 'no-such-plugin', installHint: 'brew install it' }), [], 3, /login plugin "no-such-plugin" of context admin is not installed/, /brew install it/],
    ['one that fails', () => plugin('echo "session over" >&2; exit 1'), [], 3, /login plugin "sh" of context admin fails: session over/, /kubectl auth whoami/],
    ['one that says nothing of use', () => plugin('echo Please log in'), [], 3, /answers with something that is no credential/, /Run it by hand/],
    ['one that gives no login', () => plugin(answer({})), [], 3, /gives neither a token nor a certificate/, /kubectl auth whoami/],
    ['one whose login was taken back', () => plugin(answer({ token: 'revoked-token' })), [], 3, /does not take the login of context admin/, /Log in to the cluster again/],
  ])('%s', async (_name, kubeconfig, more, exit, says, next) => {
    const place = await openPlace(kubernetes);
    const run = await place.tool(['freeze', '--from', place.from, '--confirm', 'keycloak', '--json', ...more], { kubeconfig: kubeconfig() });
    expectRefusal(run, { exit, says, next });
    expect(`${run.stdout}${run.stderr}`).not.toContain('revoked-token');
    expect(place.records()).toEqual([]);
  });

  it.each<[KubernetesUser, RegExp]>([
    ['expired-cert', /login of context expired-cert, it ended at 20\d\d-\S+Z\./], ['expired-token', /login of context expired-token, it ended at 20\d\d-\S+Z\./], ['wrong-token', /does not take the login of context wrong-token\./],
  ])('%s', async (user, says) => {
    const place = await usual();
    expectRefusal(await place.tool(confirmed(place, '--json'), { user }), { exit: 3, says, next: /Log in to the cluster again/ });
    expect(await place.policy()).toEqual(POLICY);
  });
});

describe.concurrent('rights', () => {
  type Grant = readonly [group: string, resource: string, verb: string, name?: string];
  const IN_CORE = ['configmaps', 'secrets'].flatMap((resource) => ['get', 'list'].map((verb): Grant => ['', resource, verb]));
  const OF_WORKLOADS = [['apps', 'statefulsets'], ['apps', 'deployments'], ['batch', 'jobs'], ['batch', 'cronjobs']].flatMap(([group = '', resource = '']) => ['get', 'list'].map((verb): Grant => [group, resource, verb]));
  const ON = (resource: string, name: string, verbs = ['get', 'list', 'patch']): readonly Grant[] => verbs.map((verb) => ['argoproj.io', resource, verb, name]);
  const grant = (place: Place, grants: readonly Grant[]): Promise<void> => kubernetes.grant(place.namespace, grants.map(([group, resource, verb, name]) => ({ apiGroups: [group], resources: [resource], verbs: [verb], ...(name === undefined ? {} : { resourceNames: [name] }) })));

  /** By kubectl, as the tool says; where there is none, as it does it. */
  async function apply(yaml: string): Promise<void> {
    const file = join(sessionPlace(), 'role.yaml');
    writeFileSync(file, yaml);
    await execute('kubectl', ['--kubeconfig', kubernetes.kubeconfig('admin'), 'apply', '-f', file]);
  }

  it('with those to look but none to pause, the Role is printed, and enough', async () => {
    const place = await usual();
    await grant(place, [...IN_CORE, ...OF_WORKLOADS, ...ON('applications', 'keycloak', ['get', 'list'])]);
    const refused = await place.tool(confirmed(place, '--json'), { user: 'oncall' });
    expect(refused.exit, refused.stderr).toBe(3);
    expect(refused.stderr).toMatch(/^realm-rescue: oncall@example\.org may not pause the writer; nothing was sent\.$/m);
    expect([await place.policy(), await markOf(place, place.application())]).toEqual([POLICY, undefined]);
    const role = (JSON.parse(refused.stdout) as { next: readonly string[] }).next.slice(1).join('\n');
    expect(role).toContain('resourceNames: ["keycloak"]\n    verbs: ["patch"]');
    await apply(role);
    // The authorizer hears of it through a watch.
    await eventually(async () => expect((await place.tool(confirmed(place), { user: 'oncall' })).exit).toBe(0));
    expect(await place.policy()).toEqual(off());
    const thaw = await place.tool(thawed(place.from), { user: 'oncall' });
    isDone(thaw);
    expect(await place.policy()).toEqual(POLICY);
  });

  it('with none at all, one rule after the other is named, until it works', async () => {
    const place = await usual();
    const asked: string[] = [];
    for (let round = 0; round < 8; round += 1) {
      const run = await place.tool(confirmed(place, '--json'), { user: 'oncall' });
      if (run.exit === 0) break;
      expect(run.exit, run.stderr).toBe(3);
      expect(await place.policy()).toEqual(POLICY);
      const { title, next } = JSON.parse(run.stdout) as { title: string; next: readonly string[] };
      asked.push(title);
      const rule = /apiGroups \["(.*?)"\], resources \["(.*?)"\], verbs \["(.*?)"\]/.exec(next.join('\n'));
      if (rule) await grant(place, [[rule[1] ?? '', rule[2] ?? '', rule[3] ?? '']]);
      else {
        await apply(next.slice(1).join('\n'));
        await eventually(async () => expect((await place.tool(confirmed(place), { user: 'oncall' })).exit).toBe(0));
        break;
      }
    }
    expect(asked).toEqual([expect.stringMatching(/may not get configmaps in namespace/), expect.stringMatching(/may not look at what applies configmap:/)]);
    expect(await place.policy()).toEqual(off());
  });

  it.each<[string, string, string, 'refused' | 'noted' | 'not needed']>([
    ['get', '', 'configmaps', 'refused'], ['list', '', 'configmaps', 'noted'], ['list', '', 'secrets', 'not needed'], ['list', 'apps', 'statefulsets', 'noted'],
    ['get', 'argoproj.io', 'applications', 'refused'], ['list', 'argoproj.io', 'applications', 'noted'], ['patch', 'argoproj.io', 'applications', 'refused'],
  ])('without %s of "%s" %s: %s', async (verb, _group, resource, expected) => {
    const place = await usual();
    await grant(place, [...IN_CORE, ...OF_WORKLOADS, ...ON('applications', 'keycloak')].filter(([, of, what]) => of !== resource || what !== verb));
    const run = await place.tool(confirmed(place), { user: 'oncall' });
    if (expected === 'refused') {
      expect(run.exit, run.stderr).toBe(3);
      expect(run.stderr).toMatch(new RegExp(`oncall@example\\.org may not (?:${verb} ${resource}|pause the writer|look at what applies)[^]*resources:? \\["${resource}"\\][^]*verbs:? \\["${verb}"\\]`));
      expect([await place.policy(), await markOf(place, place.application()), Object.values(await place.frozen()).flat()]).toEqual([POLICY, undefined, []]);
    } else {
      isDone(run);
      if (expected === 'noted') expect(run.stderr).toMatch(new RegExp(`^Note: .*(?:may not ${verb}|${verb}) ${resource}`, 'm'));
      expect(await place.policy()).toEqual(off());
    }
  });

  it.each<[string, string]>([['get', 'appprojects'], ['patch', 'appprojects']])('of a child of an ApplicationSet, without %s of %s: refused, and nothing is half done', async (verb, resource) => {
    const place = await openPlace(kubernetes);
    const set: Manifest = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', metadata: { name: 'platform', namespace: place.namespace }, spec: {} };
    await place.create(set, place.project(), place.tracked());
    await place.create(place.application('keycloak', POLICY, { ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'platform', uid: (await place.get(set)).metadata.uid }] }));
    await grant(place, [...IN_CORE, ...OF_WORKLOADS, ...ON('applications', 'keycloak'), ...ON('appprojects', 'default'), ...ON('applicationsets', 'platform', ['get'])].filter(([, of, what]) => of !== resource || what !== verb));
    await beside([playApplicationSet(kubernetes.admin, pathOf(place.application()), place.application().spec ?? {})], async () => {
      const run = await place.tool(confirmed(place), { user: 'oncall' });
      expect(run.exit, run.stderr).toBe(3);
      expect(run.stderr).toMatch(new RegExp(`oncall@example\\.org may not (?:${verb} ${resource}|pause the writer)[^]*resources:? \\["${resource}"\\]`));
      expect([await place.policy(), await specOf(place, place.project()), Object.values(await place.frozen()).flat()]).toEqual([POLICY, place.project().spec, []]);
    });
  });

  it('an ApplicationSet that may not be read is taken for one that takes back: a deny window', async () => {
    const place = await openPlace(kubernetes);
    const set: Manifest = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', metadata: { name: 'platform', namespace: place.namespace }, spec: {} };
    await place.create(set, place.project(), place.tracked());
    await place.create(place.application('keycloak', POLICY, { ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'platform', uid: (await place.get(set)).metadata.uid }] }));
    await grant(place, [...IN_CORE, ...OF_WORKLOADS, ...ON('applications', 'keycloak'), ...ON('appprojects', 'default')]);
    await beside([playApplicationSet(kubernetes.admin, pathOf(place.application()), place.application().spec ?? {})], async () => {
      isDone(await place.tool(confirmed(place), { user: 'oncall' }));
      expect((await specOf(place, place.project()))?.['syncWindows']).toEqual([expect.objectContaining({ kind: 'deny', applications: ['keycloak'] })]);
      isDone(await place.tool(thawed(place.from), { user: 'oncall' }));
      expect(await specOf(place, place.project())).toEqual(place.project().spec);
    });
  });
});

describe.concurrent('kill -9 at a line of the journal', () => {
  const KILLER = new URL('../harness/kill-at.mjs', import.meta.url).href;
  const killAt = (line: number) => ({ env: { NODE_OPTIONS: `--import=${KILLER}`, REALM_RESCUE_TEST_KILL_AT: String(line) } });
  const policies = (place: Place) => Promise.all(['root', 'keycloak'].map((name) => place.policy(name)));
  const ROOT: JsonObject = { automated: { selfHeal: true } };

  async function withParent(): Promise<Place> {
    const place = await openPlace(kubernetes);
    await place.create(place.tracked(), place.application('root', ROOT), place.application('keycloak', POLICY, { annotations: { 'argocd.argoproj.io/tracking-id': `${place.namespace}_root:argoproj.io/Application:${place.namespace}/keycloak` } }));
    return place;
  }

  /** What is paused is what is said to be, and is as it was once the record is thawed. */
  async function thawsExactly(place: Place, id: string): Promise<void> {
    const named = Object.values(await place.frozen()).flat();
    const paused = (await Promise.all(['root', 'keycloak'].map(async (name) => ({ name, off: JSON.stringify(await place.policy(name)).includes('"enabled":false') })))).filter((each) => each.off);
    // One that was about to be paused may be named as well: whether it is has not been looked at.
    for (const { name } of paused) expect(named).toContain(`application:${place.namespace}/${name}`);
    const run = await place.tool(thawed(id));
    // A record that had seen nothing yet has paused nothing.
    if (paused.length > 0 || run.exit !== 64) isDone(run);
    expect(await policies(place)).toEqual([ROOT, POLICY]);
    expect(await Promise.all(['root', 'keycloak'].map((name) => markOf(place, place.application(name))))).toEqual([undefined, undefined]);
    expect(Object.values(await place.frozen()).flat()).toEqual([]);
  }

  it('of a freeze: it is told what is paused, and the thaw brings it back', async () => {
    const place = await withParent();
    isDone(await place.tool(confirmed(place)));
    const lines = place.events().length;
    expect(lines).toBeGreaterThanOrEqual(8);
    await Promise.all(Array.from({ length: lines }, async (_, index) => {
      const here = await withParent();
      expect((await here.tool(confirmed(here), killAt(index + 1))).signal).toBe('SIGKILL');
      expect(here.events()).toHaveLength(index + 1);
      await thawsExactly(here, here.records()[0] ?? '');
    }));
  });

  it('of a thaw: the same', async () => {
    const place = await withParent();
    isDone(await place.tool(confirmed(place)));
    const begun = place.events().length;
    isDone(await place.tool(thawed(place.from)));
    const lines = place.events().length;
    expect(lines - begun).toBeGreaterThanOrEqual(7);
    await Promise.all(Array.from({ length: lines - begun }, async (_, index) => {
      const here = await withParent();
      isDone(await here.tool(confirmed(here)));
      expect((await here.tool(thawed(here.from), killAt(begun + index + 1))).signal).toBe('SIGKILL');
      await thawsExactly(here, here.records()[0] ?? '');
    }));
  });
});

describe('the API server goes away', () => {
  const ROOT: JsonObject = { automated: { selfHeal: true } };
  async function withParent(): Promise<Place> {
    const place = await openPlace(kubernetes);
    await place.create(place.tracked(), place.application('root', ROOT), place.application('keycloak', POLICY, { annotations: { 'argocd.argoproj.io/tracking-id': `${place.namespace}_root:argoproj.io/Application:${place.namespace}/keycloak` } }));
    return place;
  }

  it('before the first patch: nothing was sent', async () => {
    const place = await usual();
    await kubernetes.halt();
    try {
      expectRefusal(await place.tool(confirmed(place, '--json')), { exit: 3, says: /No connection to the API server \S+ \(ECONNREFUSED\); nothing was sent/, next: /VPN/ });
      expect(place.records()).toEqual([]);
    } finally {
      await kubernetes.start();
    }
    expect(await place.policy()).toEqual(POLICY);
  });

  it.each([
    ['between two patches', /"type":"patch\.sent","id":"pause application:[^"]*\/root"/],
    ['just as the second is to be sent', /"type":"patch\.intended","patch":\{"id":"pause application:[^"]*\/keycloak"/],
  ])('%s: what is paused is named, and a thaw brings it back', async (_name, at) => {
    const place = await withParent();
    const run = await place.held(confirmed(place, '--json'), at, () => kubernetes.halt());
    const [id = ''] = place.records();
    try {
      expect(run.exit, run.stderr).toBe(3);
      // The second may have been on its way: that is not known, and said.
      expect(run.stderr).toMatch(/realm-rescue: (?:No|The) connection to the API server .*Still paused: Application \S+\/root\./);
      expect(run.stderr).toContain(`realm-rescue thaw ${id}`);
      expect((await place.frozen())[id]).toContain(`application:${place.namespace}/root`);
    } finally {
      await kubernetes.start();
    }
    expect([await place.policy('root'), await place.policy()]).toEqual([off(ROOT), POLICY]);
    isDone(await place.tool(thawed(id)));
    expect([await place.policy('root'), await place.policy()]).toEqual([ROOT, POLICY]);
    expect(await place.frozen()).toEqual({ [id]: [] });
  });

  it('after a patch, whose answer never comes: it may have happened, and the thaw looks first', async () => {
    const place = await withParent();
    const sockets = new Set<Socket>();
    let swallow = false;
    const { port } = new URL(kubernetes.url);
    const between = createServer((near) => {
      const far = connect(Number(port), '127.0.0.1');
      for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined).on('close', () => { near.destroy(); far.destroy(); }));
      near.pipe(far);
      far.on('data', (bytes) => { if (!swallow) near.write(bytes); });
    }).listen(0, '127.0.0.1');
    await once(between, 'listening');
    const kubeconfig = join(sessionPlace(), 'config');
    writeFileSync(kubeconfig, readFileSync(kubernetes.kubeconfig('admin'), 'utf8').replace(`:${port}`, `:${(between.address() as AddressInfo).port}`));
    try {
      const running = place.held(confirmed(place, '--json'), /"type":"patch\.intended","patch":\{"id":"pause application:[^"]*\/keycloak"/, async () => { swallow = true; }, { kubeconfig });
      await eventually(async () => expect(await place.policy()).toEqual(off()));
      for (const socket of sockets) socket.destroy();
      swallow = false;
      const run = await running;
      const [id = ''] = place.records();
      expect(run.exit, run.stderr).toBe(3);
      expect(run.stderr).toMatch(/lost after a write had been sent \(\S+\); it may or may not have happened\. .*Whether Application \S+\/keycloak is paused is not known\./);
      expect((await place.frozen())[id]).toContain(`application:${place.namespace}/keycloak`);
      isDone(await place.tool(thawed(id), { kubeconfig }));
      expect([await place.policy('root'), await place.policy(), await place.frozen()]).toEqual([ROOT, POLICY, { [id]: [] }]);
    } finally {
      between.close();
      for (const socket of sockets) socket.destroy();
    }
  });
});

describe('an older Argo CD, and another cluster', () => {
  let old: RealKubernetes;
  beforeAll(async () => {
    old = await startKubernetes({ crds: ['argo-2.14'] });
  });
  afterAll(() => old?.stop(failed));

  it.each<[string, JsonObject]>([['a whole policy', POLICY], ['nothing but automation', { automated: {} }]])('without `enabled` in its schema the automation is taken out, and %s comes back', async (_name, policy) => {
    const place = await openPlace(old);
    await place.create(place.tracked(), place.application('keycloak', policy));
    const before = await place.policy();
    isDone(await place.tool(confirmed(place)));
    const { automated: _automated, ...rest } = policy;
    expect(await place.policy() ?? {}).toEqual(rest);
    isDone(await place.tool(thawed(place.from), { sessions: sessionPlace() }));
    expect(await place.policy()).toEqual(before);
    expect(await markOf(place, place.application())).toBeUndefined();
  });

  it('with objects of the same names: a record is not thawed there, nor taken for one of there', async () => {
    const [here, there] = [await openPlace(kubernetes, 'twin'), await openPlace(old, 'twin')];
    for (const place of [here, there]) await place.create(place.tracked());
    await here.create(here.application());
    // Paused by hand, with a policy of its own behind it.
    const theirs = { syncOptions: ['Prune=false'] };
    await there.create(there.application('keycloak', theirs));
    isDone(await here.tool(confirmed(here)));
    const [id = ''] = here.records();
    const elsewhere = { kubeconfig: old.kubeconfig('admin') };
    const version = await versionOf(there, there.application());
    expectRefusal(await here.tool(thawed(id, '--json'), elsewhere), { exit: 64, says: new RegExp(`Record ${id} is of the cluster at ${kubernetes.url}, and this is ${old.url}`), next: /--context/ });
    expectRefusal(await here.tool([...thawed(id, '--json'), '--context', 'nobody']), { exit: 64, says: /has no context "nobody"/, next: /admin/ });
    const run = await here.tool(thawed(here.from), elsewhere);
    isDone(run);
    expect(run.stderr).toMatch(/^Nothing of configmap:twin\/keycloak-realm is paused by realm-rescue/m);
    expect(await versionOf(there, there.application())).toBe(version);
    expect(await here.frozen()).toEqual({ [id]: ['application:twin/keycloak'] });
    isDone(await here.tool(thawed(id)));
    expect(await here.policy()).toEqual(POLICY);
  });
});
