import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/realm/json.ts';
import { restartRisks, unseenSources, type LiveRisk } from '../../src/kubernetes/risks.ts';
import { workloadsOf } from '../../src/kubernetes/workloads.ts';
import { applyMergePatch } from '../../src/gitops/controllers/merge-patch.ts';
import { nameOf, type KubeObject } from '../../src/gitops/controllers/object.ts';

import { fakeApi } from './fake-api.ts';

const IMPORT = { name: 'import', image: 'quay.io/keycloak/keycloak:26.0.8', args: ['import', '--file', '/realm/realm.json'] };
const SERVER = { name: 'keycloak', image: 'quay.io/keycloak/keycloak:26.0.8', args: ['start'] };
const CONFIG_CLI = { name: 'cli', image: 'adorsys/keycloak-config-cli:6.4.0-26', env: [{ name: 'KEYCLOAK_URL', value: 'http://keycloak' }] };

type Kind = 'StatefulSet' | 'Deployment' | 'Job' | 'CronJob';
const VERSIONS: Readonly<Record<Kind, string>> = { StatefulSet: 'apps/v1', Deployment: 'apps/v1', Job: 'batch/v1', CronJob: 'batch/v1' };

/** As the API server has it, with all that it adds. */
function workload(kind: Kind, pod: JsonObject, { spec = {}, metadata = {}, status = {} }: { readonly spec?: JsonObject; readonly metadata?: JsonObject; readonly status?: JsonObject } = {}): KubeObject {
  const template = { template: { metadata: { labels: { app: 'keycloak' } }, spec: pod } };
  const whole = kind === 'CronJob' ? { schedule: '0 3 * * *', jobTemplate: { spec: template }, ...spec } : { ...template, ...spec };
  return {
    apiVersion: VERSIONS[kind], kind, spec: whole, status,
    metadata: { name: 'keycloak', namespace: 'iam', uid: 'u', resourceVersion: '17', managedFields: [{ manager: 'x', fieldsV1: { 'f:args': '-Dkeycloak.migration.action=import' } }], ...metadata },
  } as KubeObject;
}

const configMap = (name: string, data: JsonObject, rest: JsonObject = {}): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'iam', resourceVersion: '5' }, data, ...rest });
const only = (workloads: readonly KubeObject[], configMaps: readonly KubeObject[] = []): LiveRisk => {
  const risks = restartRisks(workloads, { configMaps });
  expect(risks).toHaveLength(1);
  return risks[0] as LiveRisk;
};
const shownRisks = (risks: readonly LiveRisk[]) => risks.map(({ object, setting }) => `${object.resource.kind} ${object.name}: ${setting}`);
/** What is there once the patch is sent. */
const patched = (object: KubeObject, { safe }: LiveRisk): KubeObject => applyMergePatch(object, safe?.body as Json) as KubeObject;

describe('an import in an init container', () => {
  const statefulSet = workload('StatefulSet', { initContainers: [IMPORT], containers: [SERVER] }, { spec: { replicas: 2 } });

  it('is named with its container, and the patch adds the one argument', () => {
    const risk = only([statefulSet]);
    expect(risk).toMatchObject({ object: { namespace: 'iam', name: 'keycloak' }, setting: 'initContainers[import]: kc.sh import without --override=false' });
    expect(risk.safe?.title).toBe('add --override=false to initContainers[import] of StatefulSet iam/keycloak; its pods restart');
    expect(risk.safe?.body).toEqual({ metadata: { resourceVersion: '17' }, spec: { template: { spec: { initContainers: [{ ...IMPORT, args: ['import', '--override=false', '--file', '/realm/realm.json'] }] } } } });
  });

  it('is no risk any more once the patch is there', () => {
    expect(restartRisks([patched(statefulSet, only([statefulSet]))], { configMaps: [] })).toEqual([]);
  });

  it('is none with --override=false, as the operator has it', () => {
    expect(restartRisks([workload('StatefulSet', { initContainers: [{ ...IMPORT, args: [...IMPORT.args, '--override=false'] }], containers: [SERVER] })], { configMaps: [] })).toEqual([]);
  });

  it('does not look at what the server keeps beside it', () => {
    const quiet = workload('StatefulSet', { containers: [SERVER] }, {
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ spec: { template: { spec: { initContainers: [IMPORT] } } } }) } }, status: { note: ['kc.sh', 'import', '--file', 'realm.json'] },
    });
    expect(restartRisks([quiet], { configMaps: [] })).toEqual([]);
  });

  it.each([
    [['import', '--file', 'x', '--override', 'true'], 'kc.sh import with --override=true', 'set --override to false in initContainers[import]'],
    [['import', '--file', 'x', '--override=true'], 'kc.sh import with --override=true', 'set --override to false in initContainers[import]'],
  ])('reads %j', (args, setting, title) => {
    const risk = only([workload('StatefulSet', { initContainers: [{ ...IMPORT, args }], containers: [SERVER] })]);
    expect(risk.setting).toBe(`initContainers[import]: ${setting}`);
    expect(risk.safe?.title).toContain(title);
  });

  it('is judged by the release of the server, where its own image does not tell one', () => {
    const object = (server: string) => workload('StatefulSet', { initContainers: [{ ...IMPORT, image: 'registry/keycloak', env: [{ name: 'KC_SPI_IMPORT_SINGLE_FILE_STRATEGY', value: 'IGNORE_EXISTING' }] }], containers: [{ ...SERVER, image: server }] });
    expect(restartRisks([object('keycloak/keycloak:26.7.4')], { configMaps: [] })).toEqual([]);
    expect(restartRisks([object('keycloak/keycloak:latest')], { configMaps: [], serverVersion: '26.7.4' })).toEqual([]);
    expect(restartRisks([object('keycloak/keycloak:26.0.8')], { configMaps: [] })).toHaveLength(1);
  });

  it('has no patch where that would leave something else', () => {
    expect(only([workload('StatefulSet', { initContainers: [IMPORT, { ...CONFIG_CLI, env: [] }], containers: [SERVER] })])).toMatchObject({ safe: null, because: expect.stringContaining('edit it by hand (kubectl edit statefulset -n iam keycloak)') });
  });

  it('reads a script within, and changes nothing else in it', () => {
    const command = ['sh', '-c', 'set -e\n# kc.sh import\n/opt/keycloak/bin/kc.sh import --dir /realm\necho "done: ok"\n'];
    const object = workload('Deployment', { initContainers: [{ ...IMPORT, args: [], command }], containers: [SERVER] });
    const after = patched(object, only([object]));
    expect(JSON.stringify(after)).toBe(JSON.stringify(object).replace('kc.sh import --dir', 'kc.sh import --override=false --dir'));
  });
});

describe('JVM properties', () => {
  it('are made harmless where they stand', () => {
    const object = workload('Deployment', { containers: [{ ...SERVER, env: [{ name: 'JAVA_OPTS_APPEND', value: '-Xmx1g -Dkeycloak.migration.action=import' }] }] });
    const risk = only([object]);
    expect(risk.setting).toBe('containers[keycloak]: -Dkeycloak.migration.action=import without -Dkeycloak.migration.strategy=IGNORE_EXISTING');
    expect(JSON.stringify(patched(object, risk))).toContain('"-Xmx1g -Dkeycloak.migration.action=import -Dkeycloak.migration.strategy=IGNORE_EXISTING"');
  });

  it('make one entry and one patch with everything else in the same object', () => {
    const object = workload('StatefulSet', { initContainers: [IMPORT], containers: [{ ...SERVER, env: [{ name: 'JAVA_OPTS_APPEND', value: '-Dkeycloak.migration.action=import' }] }] });
    const risk = only([object]);
    expect(risk.setting).toBe('initContainers[import]: kc.sh import without --override=false; containers[keycloak]: -Dkeycloak.migration.action=import without -Dkeycloak.migration.strategy=IGNORE_EXISTING');
    expect(restartRisks([patched(object, risk)], { configMaps: [] })).toEqual([]);
  });
});

describe('what comes from a ConfigMap', () => {
  const reading = (container: JsonObject, volumes: JsonObject[] = []) => workload('StatefulSet', { containers: [{ ...SERVER, ...container }], volumes });
  const env = configMap('env', { JAVA_OPTS_APPEND: '-Dkeycloak.migration.action=import', OTHER: 'x' });

  it.each([
    ['all variables', { envFrom: [{ configMapRef: { name: 'env' } }] }],
    ['one variable', { env: [{ name: 'JAVA_OPTS_APPEND', valueFrom: { configMapKeyRef: { name: 'env', key: 'JAVA_OPTS_APPEND' } } }] }],
  ])('is patched there: %s', (_, container) => {
    const risk = only([reading(container)], [env]);
    expect(risk.object).toEqual(nameOf('configmap', 'iam', 'env'));
    expect(risk.setting).toBe('data["JAVA_OPTS_APPEND"]: -Dkeycloak.migration.action=import without -Dkeycloak.migration.strategy=IGNORE_EXISTING');
    expect(risk.because).toContain('StatefulSet iam/keycloak reads it whenever a pod starts');
    expect(risk.safe?.body).toEqual({ metadata: { resourceVersion: '5' }, data: { JAVA_OPTS_APPEND: '-Dkeycloak.migration.action=import -Dkeycloak.migration.strategy=IGNORE_EXISTING' } });
  });

  it('is found in a script that is mounted', () => {
    const scripts = configMap('scripts', { 'import.sh': '#!/bin/sh\nkc.sh import --file /x/realm.json\n', 'realm.json': '{"realm":"primary"}' });
    const risk = only([reading({ command: ['sh', '/scripts/import.sh'] }, [{ name: 's', projected: { sources: [{ configMap: { name: 'scripts' } }] } }])], [scripts]);
    expect(risk.setting).toBe('data["import.sh"]: kc.sh import without --override=false');
    expect(risk.safe?.body).toEqual({ metadata: { resourceVersion: '5' }, data: { 'import.sh': '#!/bin/sh\nkc.sh import --override=false --file /x/realm.json\n' } });
  });

  it('makes an import harmless, too', () => {
    const importing = workload('StatefulSet', { initContainers: [{ ...IMPORT, envFrom: [{ configMapRef: { name: 'env' } }] }], containers: [SERVER] });
    expect(restartRisks([importing], { configMaps: [configMap('env', { KC_OVERRIDE: 'false' })] })).toEqual([]);
    expect(shownRisks(restartRisks([importing], { configMaps: [] }))).toEqual(['StatefulSet keycloak: initContainers[import]: kc.sh import without --override=false']);
  });

  it('counts only where it is used, and as what', () => {
    expect(restartRisks([reading({})], { configMaps: [env] })).toEqual([]);
    // As a file a variable is none.
    expect(restartRisks([reading({}, [{ name: 'v', configMap: { name: 'env' } }])], { configMaps: [env] })).toEqual([]);
    expect(restartRisks([reading({ envFrom: [{ configMapRef: { name: 'env' } }] })], { configMaps: [{ ...env, metadata: { ...env.metadata, namespace: 'other' } }] })).toEqual([]);
  });

  it('is to be changed before the workload, whose patch restarts the pods', () => {
    const both = workload('StatefulSet', { initContainers: [IMPORT], containers: [{ ...SERVER, envFrom: [{ configMapRef: { name: 'env' } }] }] });
    const risks = restartRisks([both], { configMaps: [env] });
    expect(risks.map(({ object }) => object.resource.kind)).toEqual(['ConfigMap', 'StatefulSet']);
    expect(risks[1]?.because).toContain('That start also imports by ConfigMap iam/env: make that safe first.');
  });

  it('keeps the workload from being patched where it cannot be changed itself', () => {
    const both = workload('StatefulSet', { initContainers: [IMPORT], containers: [{ ...SERVER, envFrom: [{ configMapRef: { name: 'env' } }] }] });
    const [map, statefulSet] = restartRisks([both], { configMaps: [{ ...env, immutable: true }] });
    expect(map).toMatchObject({ safe: null, because: expect.stringContaining('It is immutable: make one of another name') });
    expect(statefulSet).toMatchObject({ safe: null, because: expect.stringContaining('A patch of it would restart its pods, and that start also imports by ConfigMap iam/env: correct that first.') });
  });

  it('is said where it was not read', () => {
    const object = workload('StatefulSet', { initContainers: [{ ...IMPORT, envFrom: [{ secretRef: { name: 'more' } }] }], containers: [{ ...SERVER, env: [
      { name: 'JAVA_OPTS', valueFrom: { secretKeyRef: { name: 'java', key: 'opts' } } }, { name: 'KC_DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }, { name: 'KC_OVERRIDE', valueFrom: { configMapKeyRef: { name: 'env', key: 'x' } } },
    ] }] });
    expect(only([object], [env]).because).toContain('Secret iam/more and Secret iam/java, which other variables come from, were not read.');
    expect(unseenSources([object], { configMaps: [] })).toEqual(['StatefulSet iam/keycloak takes variables from Secret iam/more and Secret iam/java and ConfigMap iam/env, which were not read: an import that is set there is not seen']);
    expect(unseenSources([workload('StatefulSet', { containers: [SERVER] })], { configMaps: [] })).toEqual([]);
  });
});

describe('what a restart costs', () => {
  const because = (image: string, spec: JsonObject, kind: Kind = 'StatefulSet', env: JsonObject[] = []) =>
    only([workload(kind, { containers: [{ ...SERVER, image, env: [{ name: 'JAVA_OPTS_APPEND', value: '-Dkeycloak.migration.action=import' }, ...env] }] }, { spec })]).because;

  it.each([
    ['quay.io/keycloak/keycloak:26.7.4', { replicas: 1 }, 'Keycloak 26.7.4 keeps user sessions in the database unless that is switched off: they survive.'],
    ['quay.io/keycloak/keycloak:24.0.5', { replicas: 1 }, 'Keycloak 24.0.5 keeps user sessions in the memory of its pods: everybody has to log in again.'],
    ['quay.io/keycloak/keycloak:25.0.6', { replicas: 2 }, 'Keycloak 25.0.6 keeps user sessions in the memory of its pods: they survive as long as the pods restart one after the other.'],
    ['registry/keycloak:latest', { replicas: 1 }, 'the release is not known, and before 26 they are in the memory of the pods: then everybody has to log in again.'],
  ])('of %s with %j', (image, spec, words) => {
    expect(because(image, spec)).toContain(words);
  });

  it('goes by the features that are switched, and by how the pods are replaced', () => {
    expect(because('keycloak/keycloak:26.0.8', { replicas: 1 }, 'StatefulSet', [{ name: 'KC_FEATURES_DISABLED', value: 'impersonation,persistent-user-sessions' }])).toContain('switched off): everybody has to log in again');
    expect(because('keycloak/keycloak:25.0.6', { replicas: 1 }, 'StatefulSet', [{ name: 'KC_FEATURES', value: 'persistent-user-sessions' }])).toContain('they survive.');
    expect(because('keycloak/keycloak:24.0.5', { replicas: 3, strategy: { type: 'Recreate' } }, 'Deployment')).toMatch(/all at once.*everybody has to log in again/);
    expect(because('keycloak/keycloak:24.0.5', { replicas: 3 })).toMatch(/one after the other, which empties their caches: what is still there of the old realm has to be captured before/);
  });

  it('is nothing where pods are replaced by hand', () => {
    const risk = only([workload('StatefulSet', { initContainers: [IMPORT], containers: [SERVER] }, { spec: { updateStrategy: { type: 'OnDelete' } } })]);
    expect(risk.safe?.title).toMatch(/none is restarted$/);
    expect(risk.because).not.toContain('restarts the pods');
  });
});

describe('what no patch reaches', () => {
  it('is a Job: its hook runs whatever is paused', () => {
    const job = (metadata: JsonObject, status: JsonObject = {}) => only([workload('Job', { containers: [CONFIG_CLI] }, { metadata, status })]);
    const helm = job({ annotations: { 'helm.sh/hook': 'post-install,post-upgrade' } });
    expect(helm).toMatchObject({ setting: 'containers[cli]: keycloak-config-cli', safe: null });
    expect(helm.because).toMatch(/It is a post-install,post-upgrade hook of Helm: it runs at each upgrade, and under Argo CD at each sync, whatever is paused\. .*kubectl delete job -n iam keycloak/);
    expect(job({ annotations: { 'argocd.argoproj.io/hook': 'PostSync' } }).because).toContain('It is a PostSync hook of Argo CD: it runs at each sync');
    expect(job({}).because).toContain('It has not ended: it may be importing now.');
    expect(job({}, { conditions: [{ type: 'Complete', status: 'True' }] }).because).toContain('It has ended and does not start by itself');
  });

  it('is told where it comes from', () => {
    expect(restartRisks([workload('Job', { containers: [CONFIG_CLI] }, { metadata: { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'x' }] } })], { configMaps: [] })).toEqual([]);
  });

  it('is what an operator puts back', () => {
    const risk = only([workload('StatefulSet', { initContainers: [IMPORT], containers: [SERVER] }, { metadata: { ownerReferences: [{ apiVersion: 'k8s.keycloak.org/v2alpha1', kind: 'Keycloak', name: 'sso' }] } })]);
    expect(risk).toMatchObject({ safe: null, because: expect.stringContaining('The operator puts every change of it back: change Keycloak iam/sso instead.') });
  });
});

describe('a CronJob', () => {
  it('is given the guard of keycloak-config-cli', () => {
    const object = workload('CronJob', { containers: [CONFIG_CLI] });
    const risk = only([object]);
    expect(risk.safe?.title).toBe('add IMPORT_BEHAVIORS_CHECKSUM_CHANGED=fail to containers[cli] of CronJob iam/keycloak; its next Job has it');
    expect(risk.because).toContain('It runs on the schedule "0 3 * * *", whatever is paused.');
    expect(restartRisks([patched(object, risk)], { configMaps: [] })).toEqual([]);
  });

  it('is suspended where nothing else makes it safe, and is none when it is', () => {
    const object = workload('CronJob', { containers: [{ ...CONFIG_CLI, env: [] }] });
    const risk = only([object]);
    expect(risk.safe).toEqual({ title: 'suspend CronJob iam/keycloak; it starts no Job until spec.suspend is false again', body: { metadata: { resourceVersion: '17' }, spec: { suspend: true } } });
    expect(restartRisks([patched(object, risk)], { configMaps: [] })).toEqual([]);
  });
});

it('a KeycloakRealmImport is none: the operator imports only where there is no such realm', () => {
  expect(restartRisks([{ apiVersion: 'k8s.keycloak.org/v2alpha1', kind: 'KeycloakRealmImport', metadata: { name: 'primary', namespace: 'iam' }, spec: { keycloakCRName: 'sso', realm: { realm: 'primary', clients: [] } } }], { configMaps: [] })).toEqual([]);
});

describe('workloadsOf', () => {
  const reader = (kind: Kind, name: string, pod: JsonObject) => workload(kind, { containers: [{ name: 'c', image: 'registry/tool:1' }], ...pod }, { metadata: { name } });
  const objects = [
    reader('StatefulSet', 'mounts', { volumes: [{ name: 'v', configMap: { name: 'realm' } }] }),
    reader('Deployment', 'projects', { volumes: [{ name: 'v', projected: { sources: [{ configMap: { name: 'realm' } }] } }] }),
    reader('Job', 'takes', { containers: [{ name: 'c', image: 'x', envFrom: [{ configMapRef: { name: 'realm' } }, { configMapRef: { name: 'more' } }] }] }),
    reader('CronJob', 'takes-one', { containers: [{ name: 'c', image: 'x', env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'realm', key: 'a' } } }] }] }),
    reader('Deployment', 'server', { containers: [SERVER] }), reader('Deployment', 'operator', { containers: [{ name: 'o', image: 'quay.io/keycloak/keycloak-operator:26.0.8' }] }),
    reader('Deployment', 'unrelated', {}), reader('Deployment', 'secret', { volumes: [{ name: 'v', secret: { secretName: 'realm' } }] }),
    configMap('realm', { 'realm.json': '{}' }), configMap('more', { A: 'b' }),
  ];
  const names = (list: readonly KubeObject[]) => list.map(({ metadata }) => metadata.name);

  it('are those that read the carrier, and those that look like Keycloak, with kind and version', async () => {
    const { workloads, configMaps, notes, scope } = await workloadsOf(fakeApi(objects), 'iam', [nameOf('configmap', 'iam', 'realm')]);
    expect([scope.workloads.map(({ name }) => name), scope.configMaps?.map(({ name }) => name).toSorted()]).toEqual([['mounts', 'projects', 'server', 'takes', 'takes-one'], ['more', 'realm']]);
    expect(names(workloads)).toEqual(['mounts', 'projects', 'server', 'takes', 'takes-one']);
    expect(workloads.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`).slice(0, 2)).toEqual(['apps/v1 StatefulSet', 'apps/v1 Deployment']);
    expect(names(configMaps).toSorted()).toEqual(['more', 'realm']);
    expect(notes).toEqual([]);
    expect(names((await workloadsOf(fakeApi(objects), 'iam', [nameOf('secret', 'iam', 'realm')])).workloads)).toEqual(['server', 'secret']);
  });

  it('leave out what may not be read, and say so', async () => {
    const { workloads, configMaps, notes, scope } = await workloadsOf(fakeApi(objects, { forbidden: (verb, plural, _, name) => plural === 'cronjobs' || (verb === 'get' && name === 'more') }), 'iam', [nameOf('configmap', 'iam', 'realm')]);
    expect(names(workloads)).not.toContain('takes-one');
    // What the pods of the others read may be any.
    expect(scope.configMaps).toBeNull();
    expect(names(configMaps)).toEqual(['realm']);
    expect(notes).toEqual(['These credentials may not list cronjobs in namespace iam: whether one of them imports at a start is not known', 'These credentials may not read ConfigMap iam/more: an import that is set there is not seen']);
  });
});
