import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import { useServer } from '../harness/use.ts';
import { beside, confirmed, eventually, isDone, off, openPlace, POLICY, REALM, sent, V1, type Place } from './freeze-world.ts';
import { pathOf, playArgo, playKustomization, type Controller, type Git, type Manifest } from './scripted-controller.ts';
import { noOps, OTHER, playApplication, RESUMED, staged, textOf, told } from './thaw-world.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'applicationset', 'flux'] }));

/** A workload that reads the realm, and that says who applies it. */
const workload = ({ namespace }: Place, metadata: Partial<Manifest['metadata']>, replicas = 0): Manifest => ({
  apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'keycloak', namespace, ...metadata },
  spec: { serviceName: 'keycloak', replicas, selector: { matchLabels: { app: 'keycloak' } }, template: { metadata: { labels: { app: 'keycloak' } }, spec: { containers: [{ name: 'keycloak', image: 'keycloak:1' }], volumes: [{ name: 'realm', configMap: { name: 'keycloak-realm' } }] } } },
});
const appliedBy = (place: Place, application: string): Partial<Manifest['metadata']> => ({ annotations: { 'argocd.argoproj.io/tracking-id': `${place.namespace}_${application}:apps/StatefulSet:${place.namespace}/keycloak` } });

/** The word is that of the first application. */
const thawing = (place: Place, word = 'realm'): readonly string[] => ['thaw', place.records()[0] ?? '', '--confirm', word, '--json'];

interface Two {
  readonly place: Place;
  /** Of application realm, which carries the ConfigMap and is not ours; that of application keycloak says what is live. */
  readonly git: Git;
}

/** Two applications: `realm` with a policy and a status of its own, and `keycloak`, which is automated and which the tool freezes. */
async function two({ policy, status, git: text = OTHER }: { readonly policy: JsonObject; readonly status?: JsonObject; readonly git?: string }, work: (two: Two) => Promise<void>): Promise<void> {
  const place = await openPlace(kubernetes());
  const set = workload(place, appliedBy(place, 'keycloak'));
  const git: Git = { revision: V1, objects: [place.tracked('realm', text)] };
  await place.create(place.project(), place.tracked('realm'), set, { ...place.application('realm', policy), ...(status === undefined ? {} : { status }) }, place.application());
  const play = (name: string, what: Git): Controller => playArgo(kubernetes().admin, pathOf(place.application(name)), what);
  await beside([play('realm', git), play('keycloak', { revision: V1, objects: [set] })], async () => {
    await eventually(async () => expect([(await statusOf(place, 'realm'))['sync'], (await statusOf(place, 'keycloak'))['sync']]).toMatchObject([{ status: text === REALM ? 'Synced' : 'OutOfSync' }, { status: 'Synced' }]));
    isDone(await place.tool(confirmed(place, '--confirm', 'realm')));
    expect(sent(place)).toEqual([`pause application:${place.namespace}/keycloak`]);
    await work({ place, git });
  });
}

const statusOf = async (place: Place, application: string): Promise<JsonObject> => (await place.get(place.application(application))).status ?? {};
/** What was sent since the freeze, without the namespace. */
const thawSent = (place: Place): readonly string[] => sent(place).slice(1).map((id) => String(id).replaceAll(`${place.namespace}/`, ''));

const FAILED: JsonObject = { operationState: { phase: 'Failed', message: 'one or more objects failed to apply', startedAt: '2026-11-20T22:43:07Z', finishedAt: '2026-11-20T22:43:08Z', operation: { sync: { revision: V1 } }, syncResult: { revision: V1 } } };

describe.concurrent('what somebody else has paused', () => {
  it('an application whose sync had failed is not synced, and stays paused', () => two({ policy: off(), status: FAILED }, async ({ place }) => {
    const run = await place.tool(thawing(place));
    expect(run.exit, run.stderr).toBe(0);
    expect([await textOf(place), await place.policy('realm'), await place.policy()]).toEqual([REALM, off(), POLICY]);
    expect(thawSent(place)).toEqual(['resume application:keycloak']);
    expect(noOps(run)).toEqual({ controller: null, cluster: true, realm: null });
    expect(told(run).levels[0]?.because).toContain('realm is still paused (not by this record); nothing is known of its next sync');
  }));

  it('and a person is told of it before the word, who has it brought nothing', () => two({ policy: off() }, async ({ place }) => {
    const run = await place.tool(['thaw', place.records()[0] ?? '', '--confirm', 'realm']);
    expect(run.exit, run.stderr).toBe(0);
    expect(run.stderr).toContain(`${place.namespace}/realm: paused or without automation, and not by this record. It stays as it is`);
    expect(run.stderr).not.toContain('the next sync brings');
    expect(run.stderr).toMatch(/^\? {3}controller +.*realm is still paused/m);
  }));

  it('an operation that a person started there goes on, and what it does is no no-op', () => two({ policy: off() }, async ({ place, git }) => {
    git.broken = 'waiting for healthy state';
    await kubernetes().admin.merge(pathOf(place.application('realm')), { operation: { initiatedBy: { username: 'somebody' }, sync: { revision: V1 } } });
    await eventually(async () => expect((await statusOf(place, 'realm'))['operationState']).toMatchObject({ phase: 'Running', message: git.broken }));
    const run = await place.held(thawing(place), RESUMED, async () => { delete git.broken; });
    expect(run.exit, run.stderr).toBe(4);
    expect(thawSent(place).filter((id) => !id.includes('application:keycloak'))).toEqual([]);
    expect([(await statusOf(place, 'realm'))['operationState'], await textOf(place)]).toMatchObject([{ phase: 'Succeeded', operation: { initiatedBy: { username: 'somebody' } } }, OTHER]);
    expect(told(run).levels[1]).toMatchObject({ level: 'cluster', noOp: false, because: expect.stringMatching(/configmap:\S+\/keycloak-realm has other content/) });
  }));

  it('an application without automation that differs from git leaves that as it is', () => two({ policy: { syncOptions: ['CreateNamespace=true'] } }, async ({ place }) => {
    const run = await place.tool(thawing(place));
    expect(run.exit, run.stderr).toBe(0);
    expect(told(run).levels[0]).toMatchObject({ noOp: true, because: expect.stringMatching(/realm differs from git in ConfigMap \S+\/keycloak-realm \(OutOfSync\), is not automated, and leaves that as it is/) });
    expect([await textOf(place), await place.policy()]).toEqual([REALM, POLICY]);
  }));

  it('a Kustomization answers and does nothing: that is not called a reconciliation', async () => {
    const place = await openPlace(kubernetes());
    const of = (name: string): Partial<Manifest['metadata']> => ({ labels: { 'kustomize.toolkit.fluxcd.io/name': name, 'kustomize.toolkit.fluxcd.io/namespace': place.namespace } });
    const status: JsonObject = { conditions: [{ type: 'Ready', status: 'True', reason: 'ReconciliationSucceeded', message: 'Applied', lastTransitionTime: '2026-11-20T22:43:07Z' }], lastAppliedRevision: `main@sha1:${V1}`, lastAttemptedRevision: `main@sha1:${V1}` };
    await place.create(place.map(of('realm')), workload(place, of('keycloak')), { ...place.kustomization('realm', {}, { suspend: true }), status }, { ...place.kustomization(), status });
    const play = (name: string, object: Manifest): Controller => playKustomization(kubernetes().admin, pathOf(place.kustomization(name)), { revision: `main@sha1:${V1}`, objects: [object] });
    await beside([play('realm', place.map(of('realm'), OTHER)), play('keycloak', workload(place, of('keycloak')))], async () => {
      isDone(await place.tool(confirmed(place, '--confirm', 'realm')));
      const run = await place.tool(thawing(place));
      expect(run.exit, run.stderr).toBe(0);
      expect(told(run).levels[0]).toMatchObject({ noOp: null, because: expect.stringContaining('realm is still paused (not by this record); nothing is known of its next sync') });
      expect(told(run).levels[0]?.because).toContain('keycloak reconciled');
      expect([await textOf(place), (await place.get(place.kustomization('realm'))).spec?.['suspend'], (await place.get(place.kustomization())).spec]).toEqual([REALM, true, place.kustomization().spec]);
    });
  });
});

describe.concurrent('what nobody saw', () => {
  it('a whole sync that a self-heal wrote over at once: its controller is not called a no-op, and the objects are', () => staged(kubernetes(), async ({ place }) => {
    const history = (await statusOf(place, 'keycloak'))['history'] as readonly JsonObject[];
    const single: JsonObject = { revision: V1, resources: [{ kind: 'ConfigMap', name: 'keycloak-realm' }] };
    const run = await place.held(thawing(place, 'keycloak'), RESUMED, () => kubernetes().admin.merge(pathOf(place.application()), { status: {
      history: [...history, { id: history.length, revision: V1, deployStartedAt: '2030-01-01T00:00:01Z', deployedAt: '2030-01-01T00:00:01Z' }],
      operationState: { phase: 'Succeeded', message: 'successfully synced (all tasks run)', startedAt: '2030-01-01T00:00:02Z', operation: { sync: single }, syncResult: { revision: V1, resources: [] } },
    } }));
    expect(run.exit, run.stderr).toBe(0);
    expect(noOps(run)).toEqual({ controller: null, cluster: true, realm: null });
    expect(told(run).levels[0]?.because).toContain('keycloak synced once between two looks');
    expect(await place.policy()).toEqual(POLICY);
  }));

  it('a Job that these credentials may not list: nothing is said of the cluster', async () => {
    const place = await openPlace(kubernetes());
    const { namespace } = place;
    await kubernetes().grant(namespace, [{ apiGroups: ['', 'apps'], resources: ['configmaps', 'statefulsets', 'deployments'], verbs: ['get', 'list'] }, { apiGroups: ['argoproj.io'], resources: ['applications'], verbs: ['get', 'list', 'patch'] }]);
    await place.create(place.tracked());
    await beside([await playApplication(kubernetes(), place, { revision: V1, objects: [place.tracked()] })], async () => {
      await eventually(async () => expect((await statusOf(place, 'keycloak'))['sync']).toMatchObject({ status: 'Synced' }));
      isDone(await place.tool([...confirmed(place), '--context', 'oncall'], { user: 'oncall' }));
      const run = await place.held([...thawing(place, 'keycloak'), '--context', 'oncall'], RESUMED, () => kubernetes().admin.create(`/apis/batch/v1/namespaces/${namespace}/jobs`, { metadata: { name: 'import' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'import', image: 'keycloak-config-cli' }] } } } }), { user: 'oncall' });
      expect(run.exit, run.stderr).toBe(0);
      expect(noOps(run)).toEqual({ controller: true, cluster: null, realm: null });
      expect(told(run).levels[1]?.because).toContain(`Jobs may not be listed in ${namespace}`);
      expect(await place.policy()).toEqual(POLICY);
    });
  });
});
