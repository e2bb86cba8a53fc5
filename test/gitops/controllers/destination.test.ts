import { expect, test } from 'vitest';
import type { Json } from '../../../src/realm/json.ts';
import { otherCluster } from '../../../src/gitops/controllers/destination.ts';
import { application, helmRelease, kustomization } from './objects.ts';

const SERVER = 'https://api.prod.example.com:6443';
const going = (destination: Json) => otherCluster(application({ spec: { destination: { server: null, name: null, ...(destination as object) } } }), SERVER);

test.each<[string, Json, string | null]>([
  ['nowhere in particular', {}, null],
  ['its own server', { server: 'https://kubernetes.default.svc' }, null],
  ['its own server with a slash', { server: 'https://kubernetes.default.svc/' }, null],
  ['the address of this kubeconfig', { server: SERVER }, null],
  ['the same with a slash', { server: `${SERVER}/` }, null],
  ['in-cluster', { name: 'in-cluster' }, null],
  ['empty fields', { server: '', name: '' }, null],
  ['another server', { server: 'https://10.1.2.3:6443' }, 'https://10.1.2.3:6443'],
  ['another path of the same server', { server: `${SERVER}/k8s/clusters/c-1` }, `${SERVER}/k8s/clusters/c-1`],
  ['another port', { server: 'https://api.prod.example.com:7443' }, 'https://api.prod.example.com:7443'],
  ['another name', { name: 'prod-eu' }, 'prod-eu'],
  ['no address at all', { server: 'prod' }, 'prod'],
])('an application that goes to %s', (_name, destination, other) => expect(going(destination)).toBe(other));

test('Flux goes elsewhere with a kubeConfig', () => {
  expect([kustomization(), helmRelease()].map((object) => otherCluster(object, SERVER))).toEqual([null, null]);
  expect(otherCluster(kustomization({ spec: { kubeConfig: { secretRef: { name: 'eu' } } } }), SERVER)).toBe('that of its kubeConfig eu');
  expect(otherCluster(helmRelease({ spec: { kubeConfig: { configMapRef: { name: 'eu' } } } }), SERVER)).toBe('that of its kubeConfig eu');
});
