import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { findKeycloak } from '../../src/kubernetes/find-keycloak.ts';
import { restartRisks } from '../../src/kubernetes/risks.ts';
import { workloadsOf } from '../../src/kubernetes/workloads.ts';
import { nameOf } from '../../src/gitops/controllers/object.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import { useServer } from '../harness/use.ts';
import { useApis } from './apis.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['keycloak'] }));
const as = useApis(kubernetes);
const PASSWORD = 'päss word with = and $';

const container = (name: string, image: string, rest: JsonObject = {}): JsonObject => ({ name, image, ...rest });
const statefulSet = (pod: JsonObject): JsonObject => ({ serviceName: 'keycloak', selector: { matchLabels: { app: 'keycloak' } }, template: { metadata: { labels: { app: 'keycloak' } }, spec: pod } });

/** What a chart installs, as the server stores it. */
async function chart(namespace: string): Promise<void> {
  const create = (path: string, body: JsonObject) => kubernetes().admin.create(`${path.replace('NS', namespace)}`, body);
  await create('/api/v1/namespaces/NS/secrets', { metadata: { name: 'kc' }, stringData: { 'admin-password': PASSWORD } });
  await create('/api/v1/namespaces/NS/configmaps', { metadata: { name: 'kc-env' }, data: { KEYCLOAK_ADMIN: 'admin', KC_HTTP_RELATIVE_PATH: '/auth' } });
  await create('/api/v1/namespaces/NS/services', { metadata: { name: 'keycloak' }, spec: { selector: { app: 'keycloak' }, ports: [{ name: 'http', port: 80 }] } });
  await create('/apis/networking.k8s.io/v1/namespaces/NS/ingresses', { metadata: { name: 'keycloak' }, spec: { tls: [{ hosts: ['sso.example.com'], secretName: 'tls' }], rules: [{ host: 'sso.example.com', http: { paths: [{ path: '/auth', pathType: 'Prefix', backend: { service: { name: 'keycloak', port: { name: 'http' } } } }] } }] } });
  await create('/apis/apps/v1/namespaces/NS/statefulsets', { metadata: { name: 'keycloak' }, spec: statefulSet({
    initContainers: [container('import', 'quay.io/keycloak/keycloak:26.0.8', { args: ['import', '--file', '/realm/realm.json'], volumeMounts: [{ name: 'realm', mountPath: '/realm' }] })],
    containers: [container('keycloak', 'quay.io/keycloak/keycloak:26.0.8', { args: ['start'], envFrom: [{ configMapRef: { name: 'kc-env' } }], env: [{ name: 'KC_BOOTSTRAP_ADMIN_PASSWORD', valueFrom: { secretKeyRef: { name: 'kc', key: 'admin-password' } } }] })],
    volumes: [{ name: 'realm', configMap: { name: 'keycloak-realm' } }],
  }) });
}

describe('on a real server', () => {
  it('Keycloak of a chart is found with its administrator, in the namespace or wherever it is', async () => {
    const namespace = await kubernetes().namespace('iam');
    await chart(namespace);
    const found = { url: 'https://sso.example.com/auth', username: 'admin', password: PASSWORD, from: `StatefulSet ${namespace}/keycloak`, notes: [] };
    expect(await findKeycloak(as('admin'), { namespace })).toEqual(found);
    expect(await findKeycloak(as('admin', namespace), { namespace: null })).toEqual(found);
  });

  it('the custom resource of the operator is found by its status and its Secret', async () => {
    const namespace = await kubernetes().namespace('iam');
    const path = `/apis/k8s.keycloak.org/v2alpha1/namespaces/${namespace}/keycloaks`;
    await kubernetes().admin.create(path, { apiVersion: 'k8s.keycloak.org/v2alpha1', kind: 'Keycloak', metadata: { name: 'sso' }, spec: { instances: 1, hostname: { hostname: 'sso.example.com' } } });
    await kubernetes().admin.create(`/api/v1/namespaces/${namespace}/secrets`, { metadata: { name: 'sso-initial-admin' }, type: 'kubernetes.io/basic-auth', stringData: { username: 'temp-admin', password: PASSWORD } });
    expect(await findKeycloak(as('admin'), { namespace })).toMatchObject({ url: 'https://sso.example.com', username: 'temp-admin', password: PASSWORD, from: `Keycloak ${namespace}/sso` });
    await kubernetes().admin.merge(`${path}/sso/status`, { status: { endpoints: { admin: 'https://admin.example.com' } } });
    expect(await findKeycloak(as('admin'), { namespace })).toMatchObject({ url: 'https://admin.example.com' });
  });

  it('whoever may not read Secrets is told the rule, and finds the address without it', async () => {
    const namespace = await kubernetes().namespace('iam');
    await chart(namespace);
    await expect(findKeycloak(as('oncall'), { namespace })).rejects.toMatchObject({ code: 'missing-role', next: expect.arrayContaining([`Have added to a Role in namespace ${namespace}: apiGroups ["apps"], resources ["statefulsets"], verbs ["list"].`]) });
    await kubernetes().grant(namespace, [{ apiGroups: ['apps'], resources: ['statefulsets', 'deployments'], verbs: ['list'] }, { apiGroups: ['k8s.keycloak.org'], resources: ['keycloaks'], verbs: ['list'] },
      { apiGroups: [''], resources: ['services'], verbs: ['list'] }, { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['list'] }, { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }]);
    await expect(findKeycloak(as('oncall'), { namespace })).rejects.toMatchObject({ code: 'missing-role', next: [`Have added to a Role in namespace ${namespace}: apiGroups [""], resources ["secrets"], verbs ["get"].`, expect.stringContaining('KEYCLOAK_PASSWORD')] });
    expect(await findKeycloak(as('oncall'), { namespace, login: false })).toMatchObject({ url: 'https://sso.example.com/auth', username: null });
    await kubernetes().revokeAll();
  });

  it('the patch of a risk is taken by the server, changes what it names, and leaves no risk behind', async () => {
    const namespace = await kubernetes().namespace('iam');
    await kubernetes().admin.create(`/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: 'keycloak-realm' }, data: { 'realm.json': '{"realm":"primary"}' } });
    await chart(namespace);
    await kubernetes().admin.create(`/apis/batch/v1/namespaces/${namespace}/cronjobs`, { metadata: { name: 'cli' }, spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [container('cli', 'adorsys/keycloak-config-cli:6.4.0', { env: [{ name: 'KEYCLOAK_URL', value: 'x' }] })] } } } } } });
    const api = as('admin');
    const look = async () => workloadsOf(api, namespace, [nameOf('configmap', namespace, 'keycloak-realm')]);
    const before = await look();
    const risks = restartRisks(before.workloads, before);
    expect(risks.map(({ safe }) => safe?.title)).toEqual([`add --override=false to initContainers[import] of StatefulSet ${namespace}/keycloak; its pods restart`, `add IMPORT_BEHAVIORS_CHECKSUM_CHANGED=fail to containers[cli] of CronJob ${namespace}/cli; its next Job has it`]);
    for (const { object, safe } of risks) expect(await api.patch(object, safe?.body ?? {})).toMatchObject({ warnings: [] });
    const after = await look();
    expect(restartRisks(after.workloads, after)).toEqual([]);
    const spec = (around: typeof after) => JSON.stringify(around.workloads.find(({ kind }) => kind === 'StatefulSet')?.['spec']);
    expect(spec(after)).toBe(spec(before).replace('"import","--file"', '"import","--override=false","--file"'));
    // Sent again it meets a newer version.
    await expect(api.patch(risks[0]?.object ?? nameOf('pod', null, ''), risks[0]?.safe?.body ?? {})).rejects.toMatchObject({ code: 'changed-meanwhile' });
  });
});
