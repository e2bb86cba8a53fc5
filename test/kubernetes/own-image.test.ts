import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import type { KubeObject, ObjectMeta } from '../../src/gitops/controllers/object.ts';
import { findKeycloak } from '../../src/kubernetes/find-keycloak.ts';
import { fakeApi } from './fake-api.ts';

const workload = (name: string, container: JsonObject): KubeObject => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name, namespace: 'iam' } as ObjectMeta, spec: { template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'proxy', image: 'istio/proxyv2:1.22' }, { name: 'c', ...container }] } } } });
const hostname = (host: string): JsonObject => ({ name: 'KC_HOSTNAME', value: host });
const identity = workload('identity', { image: 'registry.example.com/acme/identity:1', args: ['start', '--optimized'], env: [{ name: 'KC_DB', value: 'postgres' }, hostname('id.example.com')] });
const find = (...objects: readonly KubeObject[]) => findKeycloak(fakeApi(objects), { namespace: 'iam', login: false });

describe('Keycloak in an image of a company\'s own name', () => {
  test('is known by what only the server is given', async () => {
    expect(await find(identity)).toMatchObject({ url: 'https://id.example.com', from: 'StatefulSet iam/identity' });
  });

  test('is no application that logs in with it', async () => {
    await expect(find(workload('portal', { image: 'registry.example.com/portal:1', command: ['npm', 'start'], env: [hostname('id.example.com')] }))).rejects.toMatchObject({ code: 'object-not-found' });
  });

  test('is not asked for where something has Keycloak\'s name', async () => {
    expect((await find(identity, workload('sso', { image: 'quay.io/keycloak/keycloak:26.0.8', args: ['start'], env: [hostname('sso.example.com')] }))).from).toBe('StatefulSet iam/sso');
  });
});
